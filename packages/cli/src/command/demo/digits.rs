//! The digit classifier that comes with the binary.

use anyhow::Result;
use tequio_attestation::Inputs;

use crate::model::Model;

/// The program, the test images, and what they show.
pub fn load() -> Result<(Model, Inputs, Option<Vec<u8>>)> {
    let digits = tequio_models::digits();
    let model = Model::new(digits.program.to_vec(), digits.plan)?;
    let inputs = model.shards(&[digits.labels.len() as u64, 8, 8, 1], digits.inputs)?;
    Ok((model, inputs, Some(digits.labels)))
}
