//! The classes that outputs name.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use tequio_tensor::Type;

use super::scales::{Port, Scales};
use crate::{failure::Usage, output::table};

/// The class with the highest score, of each item.
#[derive(Default, Serialize)]
#[serde(transparent)]
pub struct Labels(pub Vec<Label>);

#[derive(Serialize)]
pub struct Label {
    /// Of the first shard the first is 0.
    pub item: u64,
    pub label: String,
    /// What the element stands for, or the element.
    pub score: f32,
}

/// Reads labels off one output.
pub struct Labeller {
    output: usize,
    port: Port,
    ty: Type,
}

impl Labeller {
    /// Of the first output that has labels.
    pub fn new(scales: &Scales, outputs: &[Type]) -> Result<Self> {
        let labelled = scales.outputs.iter().zip(outputs).enumerate().find(|(_, (port, _))| !port.labels.is_empty());
        let (output, (port, ty)) = labelled
            .ok_or_else(|| Usage::new("no output has labels", "give them to `tequio program import` with --labels"))?;
        Ok(Self { output, port: port.clone(), ty: *ty })
    }

    /// The labels of a shard's items, of equal scores the first; the first item is `first`.
    pub fn read(&self, outputs: &[Vec<u8>], first: u64) -> impl Iterator<Item = Label> {
        let Self { output, port, ty } = self;
        let size = ty.dtype.bytes();
        let items = outputs[*output].chunks(size * port.labels.len());
        (first..).zip(items).filter_map(move |(item, scores)| {
            let scores = scores.chunks(size).map(|element| {
                let element = ty.dtype.read(element);
                port.scale.map_or(element as f32, |scale| scale.number(element, ty.dtype))
            });
            let best = port.labels.iter().zip(scores).reduce(|best, other| if other.1 > best.1 { other } else { best });
            best.map(|(label, score)| Label { item, label: label.clone(), score })
        })
    }

    /// Items of a shard.
    pub fn items(&self) -> u64 {
        u64::from(self.ty.shape.elements()) / self.port.labels.len() as u64
    }
}

impl Labels {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        let mut table = table(["item", "label", "score"], &[0, 2]);
        for Label { item, label, score } in &self.0 {
            table.add_row([item.to_string(), label.clone(), score.to_string()]);
        }
        write!(f, "{table}")
    }
}
