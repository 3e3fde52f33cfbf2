//! The digit classifier that comes with the binary.

use anyhow::Result;

use crate::{
    model::{Inputs, Model},
    npy::Array,
};

/// The program, the test images, and what they show.
pub fn load() -> Result<(Model, Inputs, Option<Vec<u8>>)> {
    let digits = tequio_models::digits();
    let model = Model::new(digits.program.to_vec(), digits.plan)?;
    let dims = vec![digits.labels.len() as u64, 8, 8, 1];
    let inputs = model.shards(vec![Array { dims, bytes: digits.inputs }])?;
    Ok((model, inputs, Some(digits.labels)))
}
