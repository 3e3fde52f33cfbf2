//! What a program's inputs and outputs stand for: the file beside it that an import writes.
//!
//! `model.tosa` has it in `model.scales.json`. It counts for the program whose SHA-256 it names; beside another it is as
//! if it were not there.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tequio_program::Graph;
use tequio_tensor::Type;

use crate::{failure::Usage, file, npy::Form, scale::Scale};

/// Most bytes of a file of scales: names of a million classes.
const MOST: u64 = 64 << 20;

/// What a program's inputs and outputs stand for, in graph order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scales {
    /// Hexadecimal SHA-256 of the program.
    program: String,
    pub inputs: Vec<Port>,
    pub outputs: Vec<Port>,
}

/// An input or output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Port {
    /// In the program.
    pub name: String,
    /// In the model that was imported.
    pub called: String,
    /// Its type, as in `4x10xint8`.
    pub ty: String,
    /// None of plain integers.
    #[serde(default, rename = "quantised", skip_serializing_if = "Option::is_none")]
    pub scale: Option<Scale>,
    /// A name for each place along the last axis, of an output that scores classes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
}

/// Where a program's scales are.
pub fn scales_path(program: &Path) -> PathBuf {
    program.with_extension("scales.json")
}

impl Scales {
    pub fn new(program: &[u8], inputs: Vec<Port>, outputs: Vec<Port>) -> Self {
        Self { program: sha256(program), inputs, outputs }
    }

    /// Those beside the program at `path`, whose bytes are `program`, if there are any.
    pub fn beside(path: &Path, program: &[u8], graph: &Graph) -> Result<Option<Self>> {
        let beside = scales_path(path);
        if !beside.exists() {
            return Ok(None);
        }
        let scales = Self::parse(&file::read(&beside, MOST)?).with_context(|| cannot_be_used(&beside))?;
        if scales.program != sha256(program) {
            tracing::warn!("{} is of another program, and not used", beside.display());
            return Ok(None);
        }
        let inputs: Vec<Type> = graph.tensors()[..graph.inputs()].iter().map(|input| input.ty).collect();
        let outputs: Vec<Type> = graph.outputs().iter().map(|id| graph.tensor(*id).ty).collect();
        scales.fit(Some(&inputs), &outputs).with_context(|| cannot_be_used(&beside))?;
        Ok(Some(scales))
    }

    /// Those in a file, for a program with these outputs.
    pub fn read(path: &Path, outputs: &[Type]) -> Result<Self> {
        let scales = Self::parse(&file::read(path, MOST)?).and_then(|scales| {
            scales.fit(None, outputs)?;
            Ok(scales)
        });
        scales.with_context(|| cannot_be_used(path))
    }

    /// How each output is written: as elements, or as the numbers that they stand for.
    pub fn forms(scales: Option<&Self>, outputs: &[Type], floats: bool) -> Result<Vec<Form>> {
        let form = |(port, ty): (usize, &Type)| {
            let port = scales.map(|scales| &scales.outputs[port]);
            let scale = port.and_then(|port| port.scale);
            if let Some(port) = port.filter(|_| floats && scale.is_none()) {
                let what = format!("output {} stands for itself: it has no scale", port.name);
                bail!(Usage::new(what, "leave --floats out"));
            }
            Ok(Form { dtype: ty.dtype, scale, floats })
        };
        outputs.iter().enumerate().map(form).collect()
    }

    /// Writes them beside the program at `path`.
    pub fn keep(&self, path: &Path) -> Result<()> {
        file::write_json(&scales_path(path), self)
    }

    fn parse(text: &[u8]) -> Result<Self> {
        Ok(serde_json::from_slice(text)?)
    }

    /// Whether they are of inputs and outputs of these types.
    fn fit(&self, inputs: Option<&[Type]>, outputs: &[Type]) -> Result<()> {
        let sides = [("inputs", &self.inputs, inputs), ("outputs", &self.outputs, Some(outputs))];
        for (side, ports, types) in sides {
            let Some(types) = types else { continue };
            ensure!(ports.len() == types.len(), "it has {} {side}, the program {}", ports.len(), types.len());
            ports.iter().zip(types).try_for_each(|(port, ty)| port.fit(ty))?;
        }
        Ok(())
    }
}

impl Port {
    fn fit(&self, ty: &Type) -> Result<()> {
        let Self { name, ty: said, scale, labels, .. } = self;
        ensure!(*said == ty.to_string(), "it has {name} as {said}, the program as {ty}");
        ensure!(scale.is_none_or(|scale| scale.fits(ty.dtype)), "the scale of {name} makes no sense");
        let (count, classes) = (labels.len(), classes(ty));
        ensure!(count == 0 || count == classes, "{name} has {classes} classes, and {count} labels");
        Ok(())
    }
}

/// The length of the last axis.
pub fn classes(ty: &Type) -> usize {
    ty.shape.dims().last().copied().unwrap_or(1) as usize
}

fn cannot_be_used(path: &Path) -> String {
    format!("the scales {} cannot be used", path.display())
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
