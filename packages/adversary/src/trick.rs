//! What cheats show instead of an honest trace.

use std::collections::BTreeMap;

use tequio_attestation::{Manifest, ShardTrace};

use crate::follow::{Followed, follow};

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
