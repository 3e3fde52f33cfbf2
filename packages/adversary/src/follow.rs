//! What a shard's tensors are if some of them are what somebody claims.

use std::collections::BTreeMap;

use tequio_attestation::{Manifest, Operand, ShardTrace, Source};
use tequio_tensor::{Read, Type, eval};

use crate::element::{decode, encode};

/// The elements of every tensor of one shard, evaluated with [`tequio_tensor::eval`] alone, and which committed ones do
/// not follow from what they read.
pub struct Followed {
    pub trace: ShardTrace,
    /// By slot and element: whether a draw of it is caught.
    pub wrong: Vec<Vec<bool>>,
}

impl Followed {
    /// The chance, in 1/2³², that one draw of this shard falls on an element that is wrong.
    pub fn caught_by_one_draw(&self, manifest: &Manifest) -> u64 {
        let shares = manifest.tensors.iter().filter_map(|tensor| match tensor.source {
            Source::Committed { slot, interval, .. } => {
                let wrong = &self.wrong[slot as usize];
                let tickets = interval.last as u64 - interval.first as u64 + 1;
                let count = wrong.iter().filter(|wrong| **wrong).count() as u128;
                Some((tickets as u128 * count / wrong.len().max(1) as u128) as u64)
            }
            _ => None,
        });
        shares.sum()
    }
}

/// Evaluates a shard, but takes `claims` (bytes by slot) for what they are: later tensors are computed from them.
pub fn follow(manifest: &Manifest, inputs: &[Vec<u8>], claims: &BTreeMap<u32, Vec<u8>>) -> Followed {
    let mut values: Vec<Vec<i64>> = Vec::with_capacity(manifest.tensors.len());
    let slots = manifest.header.committed as usize;
    let mut followed = Followed { trace: ShardTrace { slots: vec![vec![]; slots] }, wrong: vec![vec![]; slots] };
    for (id, tensor) in manifest.tensors.iter().enumerate() {
        let mut value = match &tensor.source {
            Source::Input { .. } => decode(&inputs[id], tensor.ty.dtype),
            Source::Constant { .. } => decode(&manifest.constants[id], tensor.ty.dtype),
            Source::Committed { node, .. } | Source::Virtual { node } => {
                let mut operands = Operands { values: &values, operands: &node.operands };
                let types: Vec<Type> = node.operands.iter().map(|operand| manifest.operand_type(operand)).collect();
                (0..tensor.ty.shape.elements())
                    .map(|index| match eval(&node.op, &types, &tensor.ty, index, &mut operands) {
                        Ok(value) => value,
                        Err(never) => match never {},
                    })
                    .collect()
            }
        };
        if let Source::Committed { slot, .. } = tensor.source {
            let claim = claims.get(&slot).map(|bytes| decode(bytes, tensor.ty.dtype)).unwrap_or_else(|| value.clone());
            followed.wrong[slot as usize] =
                value.iter().zip(&claim).map(|(computed, claimed)| computed != claimed).collect();
            followed.trace.slots[slot as usize] = encode(&claim, tensor.ty.dtype);
            value = claim;
        }
        values.push(value);
    }
    followed
}

pub struct Operands<'a> {
    pub values: &'a [Vec<i64>],
    pub operands: &'a [Operand],
}

impl Read for Operands<'_> {
    type Error = std::convert::Infallible;

    fn read(&mut self, operand: usize, index: u32) -> Result<i64, Self::Error> {
        Ok(match self.operands[operand] {
            Operand::Tensor(id) => self.values[id.0 as usize][index as usize],
            Operand::Scalar { value, .. } => value,
        })
    }
}
