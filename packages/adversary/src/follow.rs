//! What a shard's tensors are if some of them are what somebody claims.

use std::{borrow::Cow, collections::BTreeMap};

use tequio_attestation::{Manifest, Operand, ShardTrace, Source, TensorId};

use crate::{
    element::{computed, decode, encode},
    known::Known,
};

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
    follow_knowing(manifest, inputs, claims, &[])
}

/// The same, faster: a tensor that reads what it read in a shard of `known` is what it was there.
pub fn follow_knowing(
    manifest: &Manifest,
    inputs: &[Vec<u8>],
    claims: &BTreeMap<u32, Vec<u8>>,
    known: &[&Known],
) -> Followed {
    // Of every tensor, its elements and for each known shard whether they are the same there.
    let mut values: Vec<(Cow<'_, [i64]>, Vec<bool>)> = Vec::with_capacity(manifest.tensors.len());
    let slots = manifest.header.committed as usize;
    let mut followed = Followed { trace: ShardTrace { slots: vec![vec![]; slots] }, wrong: vec![vec![]; slots] };
    for (at, tensor) in manifest.tensors.iter().enumerate() {
        let id = TensorId(at as u32);
        let reads = |known: usize| {
            let is_same = |operand: &Operand| match operand {
                Operand::Tensor(read) => values[read.0 as usize].1[known],
                Operand::Scalar { .. } => true,
            };
            tensor.node().is_some_and(|node| node.operands.iter().all(is_same))
        };
        let mut value = match tensor.source {
            Source::Input { .. } => decode(&inputs[at], tensor.ty.dtype).into(),
            Source::Constant { .. } => decode(&manifest.constants[at], tensor.ty.dtype).into(),
            _ => match (0..known.len()).find(|known| reads(*known)) {
                Some(same) => Cow::Borrowed(&known[same].values[at][..]),
                None => computed(manifest, id, |read| &values[read.0 as usize].0).into(),
            },
        };
        if let Source::Committed { slot, .. } = tensor.source {
            let slot = slot as usize;
            let claim = match claims.get(&(slot as u32)) {
                Some(bytes) => decode(bytes, tensor.ty.dtype).into(),
                None => value.clone(),
            };
            followed.wrong[slot] = value.iter().zip(&*claim).map(|(computed, claimed)| computed != claimed).collect();
            followed.trace.slots[slot] = encode(&claim, tensor.ty.dtype);
            value = claim;
        }
        let same = known.iter().map(|known| *value == *known.values[at]).collect();
        values.push((value, same));
    }
    followed
}
