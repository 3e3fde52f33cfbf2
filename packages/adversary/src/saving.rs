//! What a cheat saves.

use std::ops::Range;

use tequio_attestation::{Manifest, TensorId};
use tequio_tensor::Type;

/// The share of the whole cost, in 1/2³², that a replay from slot `cut` on saves: what is computed after the last tensor
/// before it.
pub fn saved_by_replay(manifest: &Manifest, cut: u32) -> u64 {
    let first = manifest.committed().get((cut as usize).wrapping_sub(1)).map_or(0, |(id, _)| id.0 + 1);
    share(manifest, first..manifest.header.tensors)
}

/// The share of the whole cost, in 1/2³², that skipping the tensor in `slot` saves: its own and that of the virtual
/// tensors since the one before.
pub fn saved_by_skip(manifest: &Manifest, slot: u32) -> u64 {
    let committed = manifest.committed();
    let first = committed.get((slot as usize).wrapping_sub(1)).map_or(0, |(id, _)| id.0 + 1);
    share(manifest, first..committed[slot as usize].0.0 + 1)
}

/// The slot whose tensor costs the most to compute.
pub fn heaviest(manifest: &Manifest) -> u32 {
    (0..manifest.header.committed).max_by_key(|slot| saved_by_skip(manifest, *slot)).unwrap_or(0)
}

/// The share of the whole cost, in 1/2³², that lies in a range of tensors.
fn share(manifest: &Manifest, tensors: Range<u32>) -> u64 {
    let cost = |id: u32| {
        let tensor = manifest.descriptor(TensorId(id));
        tensor.node().map_or(0, |node| {
            let types: Vec<Type> = node.operands.iter().map(|operand| manifest.operand_type(operand)).collect();
            tequio_tensor::cost(&node.op, &types, &tensor.ty) as u128 * tensor.ty.shape.elements() as u128
        })
    };
    ((tensors.map(cost).sum::<u128>() << 32) / manifest.header.cost.max(1) as u128) as u64
}
