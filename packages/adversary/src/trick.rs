//! What cheats show instead of an honest trace.

use std::collections::BTreeMap;

use tequio_attestation::{Manifest, ShardTrace, Source};

use crate::{
    backend::Scene,
    follow::{Followed, follow},
};

/// *Skip*: fills the tensor in `slot` with plausible values, the honest ones in another order, and computes the rest
/// from there.
pub fn skip(manifest: &Manifest, inputs: &[Vec<u8>], honest: &ShardTrace, slot: u32) -> Followed {
    let width = manifest.descriptor(manifest.committed()[slot as usize].0).ty.dtype.bytes();
    let guess: Vec<u8> = honest.slots[slot as usize].rchunks(width).flatten().copied().collect();
    follow(manifest, inputs, &BTreeMap::from([(slot, guess)]))
}

/// *Replay*: computes the tensors below slot `cut` honestly, and shows `old`, the trace of another input, from there on.
pub fn replay(manifest: &Manifest, inputs: &[Vec<u8>], old: &ShardTrace, cut: u32) -> Followed {
    let claims = (cut..).zip(&old.slots[cut as usize..]).map(|(slot, bytes)| (slot, bytes.clone())).collect();
    follow(manifest, inputs, &claims)
}

/// *Guess*: leaves out what is the same in all of `old`, traces of other inputs, in the tensor in `slot`, and computes the
/// rest. It saves little more than γ, and is mostly right.
pub fn guess(manifest: &Manifest, inputs: &[Vec<u8>], honest: &ShardTrace, old: &[ShardTrace], slot: u32) -> Followed {
    let (slot_, width) = (slot as usize, manifest.descriptor(manifest.committed()[slot as usize].0).ty.dtype.bytes());
    let mut claimed = honest.slots[slot_].clone();
    for (at, own) in claimed.chunks_mut(width).enumerate() {
        let mut values = old.iter().map(|trace| &trace.slots[slot_][at * width..(at + 1) * width]);
        if let Some(first) = values.next()
            && values.all(|value| value == first)
        {
            own.copy_from_slice(first);
        }
    }
    follow(manifest, inputs, &BTreeMap::from([(slot, claimed)]))
}

/// *Sabotage*: everything as it should be but one element of the first output, another one in each shard.
pub fn sabotage(scene: &Scene) -> ShardTrace {
    let mut shown = scene.honest.clone();
    let Some(output) = scene.manifest.header.outputs.first() else { return shown };
    let tensor = scene.manifest.descriptor(*output);
    if let Source::Committed { slot, .. } = tensor.source {
        let element = scene.shard % u64::from(tensor.ty.shape.elements());
        let byte = element as usize * tensor.ty.dtype.bytes();
        shown.slots[slot as usize][byte] ^= 1;
    }
    shown
}
