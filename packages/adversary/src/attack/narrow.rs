//! *Steer* narrow tensors.

use std::collections::{BTreeMap, BTreeSet};

use tequio_attestation::{Operand, Source, TensorId};
use tequio_tensor::Op;

use super::{Cheat, Target};
use crate::{element::encode, known::Known, steer::steer};

/// For every pool, reduction and argmax over a committed tensor: changes as few of its elements as it takes for the
/// narrow one to be what it was, and replays everything behind.
pub fn steers(target: Target<'_>, old: &Known, new: &Known) -> Vec<(String, Cheat)> {
    let manifest = target.manifest;
    let mut cheats = vec![];
    for (id, tensor) in (0..).map(TensorId).zip(&manifest.tensors) {
        let Some(node) = tensor.node() else { continue };
        let Some(Operand::Tensor(wide)) = node.operands.first() else { continue };
        let Source::Committed { slot, .. } = manifest.descriptor(*wide).source else { continue };
        let slots = slot as usize;
        let (honest, past) = (&new.trace.slots[slots], &old.trace.slots[slots]);
        let shown = match node.op {
            Op::AvgPool2d(_)
            | Op::MaxPool2d(_)
            | Op::ReduceMax { .. }
            | Op::ReduceMin { .. }
            | Op::ReduceSum { .. } => steer(manifest, id, slot, honest, past),
            Op::ArgMax { axis } => {
                let ty = manifest.descriptor(*wide).ty;
                encode(&won(&new.values[wide.0 as usize], &old.values[wide.0 as usize], &ty, axis.into()), ty.dtype)
            }
            _ => continue,
        };
        let behind: BTreeSet<u32> =
            (slot + 1..manifest.header.committed).filter(|at| is_behind(target, *at, id)).collect();
        let mut claims: BTreeMap<u32, Vec<u8>> =
            behind.iter().map(|at| (*at, old.trace.slots[*at as usize].clone())).collect();
        claims.insert(slot, shown);
        cheats.push((format!("steer slot {slot} through tensor {}", id.0), target.claim(old, new, &behind, &claims)));
    }
    cheats
}

/// Whether a committed tensor depends on `on`, a virtual one or a committed one.
pub fn is_behind(target: Target<'_>, slot: u32, on: TensorId) -> bool {
    let id = target.manifest.committed()[slot as usize].0;
    let mut reached = BTreeSet::from([on]);
    for at in on.0 + 1..=id.0 {
        let node = target.manifest.descriptor(TensorId(at)).node();
        let reads = |operand: &Operand| matches!(operand, Operand::Tensor(read) if reached.contains(read));
        if node.is_some_and(|node| node.operands.iter().any(reads)) {
            reached.insert(TensorId(at));
        }
    }
    reached.contains(&id)
}

/// `values` with the old ones' winner along an axis made the winner, by one element where that does.
fn won(values: &[i64], old: &[i64], ty: &tequio_tensor::Type, axis: usize) -> Vec<i64> {
    let dims = ty.shape.dims();
    let (length, inner) = (dims[axis] as usize, dims[axis + 1..].iter().product::<u32>() as usize);
    let mut values = values.to_vec();
    for line in 0..values.len() / length {
        let at = |position: usize| (line / inner * length + position) * inner + line % inner;
        let best = |values: &[i64]| (0..length).rev().max_by_key(|position| values[at(*position)]).unwrap_or(0);
        let wanted = best(old);
        if best(&values) != wanted {
            let most = ty.dtype.max();
            (0..wanted)
                .filter(|position| values[at(*position)] == most)
                .collect::<Vec<_>>()
                .into_iter()
                .for_each(|position| values[at(position)] = most - 1);
            values[at(wanted)] = most;
        }
    }
    values
}
