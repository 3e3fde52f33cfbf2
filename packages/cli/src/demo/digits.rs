//! The digit classifier that comes with the binary. `models/digits/PROVENANCE.md` says where it is from.

use anyhow::Result;
use tequio_program::Plan;
use tequio_tensor::DType;

use crate::{
    model::{Inputs, Model},
    npy,
};

const PROGRAM: &[u8] = include_bytes!("../../models/digits/digits.tosa");
const PLAN: &str = include_str!("../../models/digits/digits.plan.json");
const INPUTS: &[u8] = include_bytes!("../../models/digits/test_inputs.npy");
const LABELS: &[u8] = include_bytes!("../../models/digits/test_labels.npy");

/// The program, the test images, and what they show.
pub fn load() -> Result<(Model, Inputs, Option<Vec<u8>>)> {
    let model = Model::new(PROGRAM.to_vec(), Some(Plan::from_json(PLAN)?))?;
    let inputs = model.shards(vec![npy::decode(INPUTS, DType::I8)?])?;
    let labels = npyz::NpyFile::new(LABELS)?.into_vec::<u8>()?;
    Ok((model, inputs, Some(labels)))
}
