//! Bound on what one draw adds to an opening.

use tequio_attestation::{Descriptor, Header, Layout, TensorId, depth};
use tequio_tensor::Type;

use crate::{
    analysis::{
        cone::{Area, Cone},
        leaves::{Shown, shown},
    },
    scheme::Scheme,
};

/// Bytes of a digest.
const DIGEST: u64 = 32;
/// A byte says of each leaf how its payload is written. That is never more bytes than the payload has.
const FORM: u64 = 1;
/// The number of draws and the drawn tensor, as varints, and the input tree's shard count.
const NUMBERS: u64 = 5 + 5 + 8;

/// Bytes of leaves that checking an element of the cone's root is shown at most.
pub(crate) fn payload(scheme: &Scheme<'_>, cone: &Cone) -> u64 {
    cone.shown().map(|(id, areas)| scheme.shown(id, areas).payload).sum()
}

/// Most bytes of an opening of one draw that falls on the cone's root, the paths above a shard's root and an input's
/// shard not counted. `descriptors` may lack right intervals and roots: their lengths don't depend on them.
pub(crate) fn bound(scheme: &Scheme<'_>, cone: &Cone, header: &Header, descriptors: &[Descriptor]) -> u64 {
    let described: Vec<(u64, u64)> =
        cone.areas.keys().map(|id| (id.0 as u64, descriptors[id.0 as usize].encode_shown().len() as u64)).collect();
    let (mut constants, mut inputs, mut job, mut committed) = (0, Vec::new(), Vec::new(), Vec::new());
    for (id, areas) in cone.shown() {
        let bytes = scheme.bytes(id, areas);
        if let Ok(slot) = scheme.slots.binary_search_by_key(&id, |slot| slot.id) {
            committed.push((slot as u64, bytes));
        } else if (id.0 as usize) < scheme.graph.inputs() {
            let scope = if scheme.job[id.0 as usize] { &mut job } else { &mut inputs };
            scope.push((id.0 as u64, bytes));
        } else {
            // Of a constant of which no leaf is read there is the root.
            constants += bytes.max(DIGEST);
        }
    }
    let trees = multiproof(&described, descriptors.len() as u64)
        + scopes(&inputs, &job, scheme)
        + multiproof(&committed, scheme.slots.len() as u64);
    header.encode().len() as u64 + NUMBERS + trees + constants
}

/// Most bytes of inputs of both scopes. Where some are the job's, one of the two trees may be there by its root alone.
fn scopes(shards: &[(u64, u64)], job: &[(u64, u64)], scheme: &Scheme<'_>) -> u64 {
    let of = |inputs| multiproof(inputs, scheme.graph.inputs() as u64);
    if scheme.job.contains(&true) { of(shards).max(DIGEST) + of(job).max(DIGEST) } else { of(shards) }
}

/// Most bytes of some of the `leaves` (index and bytes, ascending) of a tree over `count` leaves, with the digests that
/// the rest of the tree takes. A leaf may be left out where its digest is longer.
fn multiproof(leaves: &[(u64, u64)], count: u64) -> u64 {
    fn below(leaves: &[(u64, u64)], first: u64, levels: u8, count: u64) -> u64 {
        if leaves.is_empty() || levels == 0 {
            return leaves.first().map_or(0, |(_, bytes)| *bytes);
        }
        let middle = first + (1 << (levels - 1));
        let (left, right) = leaves.split_at(leaves.partition_point(|(index, _)| *index < middle));
        let digest = |from: u64| if from < count { DIGEST } else { 0 };
        let absent = [digest(first), digest(middle)];
        let shown = [below(left, first, levels - 1, count), below(right, middle, levels - 1, count)];
        match (left.is_empty(), right.is_empty()) {
            (false, true) => shown[0] + absent[1],
            (true, false) => absent[0] + shown[1],
            // At least one side is shown.
            _ => (shown[0] + shown[1]).max(shown[0] + absent[1]).max(absent[0] + shown[1]),
        }
    }
    below(leaves, 0, depth(count), count)
}

/// What leaving out some of `leaves` leaves adds at most. Where an op reads with gaps, a leaf that it does not read has a
/// digest in its place, and that is longer than a short leaf. Two siblings that are both left out have one in common,
/// higher up, so only one of each pair counts; and of each row only the last leaf may be short.
fn gaps(ty: &Type, layout: &Layout, leaves: u64) -> u64 {
    let shortest = layout.payload_len(ty, layout.leaves(ty) - 1) as u64;
    let rows = (ty.shape.elements() / layout.row) as u64;
    // A tensor of which no leaf is read has no tree in the opening.
    let left_out = if leaves > 1 { leaves.div_ceil(2).min(rows) } else { 0 };
    left_out * DIGEST.saturating_sub(shortest)
}

impl Scheme<'_> {
    fn shown(&self, id: TensorId, areas: &[Area]) -> Shown {
        // Every tensor that is shown has a layout: the plan was laid over the graph.
        let tensor = self.graph.tensor(id);
        self.layouts[id.0 as usize].map(|layout| shown(&tensor.ty, &layout, areas)).unwrap_or_default()
    }

    /// Most bytes of what an opening shows of a tensor: leaves, and digests of the tensor's own tree.
    fn bytes(&self, id: TensorId, areas: &[Area]) -> u64 {
        let (tensor, shown) = (self.graph.tensor(id), self.shown(id, areas));
        let Some(layout) = self.layouts[id.0 as usize] else { return 0 };
        let is_whole = shown.leaves == layout.leaves(&tensor.ty) as u64;
        // Nothing lies beside the whole tensor.
        let beside = if is_whole { 0 } else { DIGEST * shown.digests };
        shown.leaves * FORM + shown.payload + beside + gaps(&tensor.ty, &layout, shown.leaves)
    }
}
