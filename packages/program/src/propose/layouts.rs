//! Leaf sizes and rows.

use std::{collections::BTreeMap, sync::Arc};

use tequio_attestation::{Layout, TensorId};

use crate::{
    analysis::{
        cone::{Area, Cone},
        leaves::{Shown, shown},
    },
    graph::{Graph, Tensor},
};

/// Leaves of 64 to 1,024 bytes.
const LEAF_LOG2: core::ops::RangeInclusive<u8> = 6..=10;

/// The layout of every input, constant and committed tensor: the one with the smallest worst opening; of equals the one
/// that is hashed the fastest. A tensor that nothing reads gets the first one possible.
pub fn choose(graph: &Graph, committed: &[bool], cones: &[Arc<Cone>]) -> Vec<Option<Layout>> {
    let mut read: BTreeMap<TensorId, Vec<&[Area]>> = BTreeMap::new();
    for cone in cones {
        cone.shown().for_each(|(id, areas)| read.entry(id).or_default().push(areas));
    }
    let mut layouts = vec![None; graph.tensors().len()];
    for (id, tensor) in graph.iter() {
        if tensor.node().is_none() || committed[id.0 as usize] {
            let areas = read.get(&id).map_or(&[][..], Vec::as_slice);
            layouts[id.0 as usize] = Some(best(tensor, areas));
        }
    }
    layouts
}

fn best(tensor: &Tensor, reads: &[&[Area]]) -> Layout {
    let cost = |layout: &Layout| {
        let worst = reads.iter().map(|areas| shown(&tensor.ty, layout, areas).bytes()).max().unwrap_or(0);
        (worst, hashing(tensor, layout))
    };
    // One row of leaves of 1,024 bytes always is a candidate.
    let whole = Layout { leaf_log2: *LEAF_LOG2.end(), row: tensor.ty.shape.elements() };
    candidates(tensor).min_by_key(cost).unwrap_or(whole)
}

/// Possible layouts, smallest leaves and longest rows first. Only a constant may be cut into rows that make it much
/// longer to hash: nobody hashes it twice.
fn candidates(tensor: &Tensor) -> impl Iterator<Item = Layout> {
    let most = (tensor.bytes().div_ceil(64) * 2 + 1) * 5 / 4;
    let fits = move |layout: &Layout| tensor.constant().is_some() || hashing(tensor, layout) <= most;
    let rows = rows(tensor);
    LEAF_LOG2
        .flat_map(move |leaf_log2| {
            rows.clone().into_iter().filter_map(move |row| Layout::new(leaf_log2, row, &tensor.ty).ok())
        })
        .filter(fits)
}

/// Products of the last axes, longest first.
fn rows(tensor: &Tensor) -> Vec<u32> {
    let mut row = 1;
    let mut rows: Vec<u32> = Vec::new();
    for &dim in tensor.ty.shape.dims().iter().rev() {
        row *= dim;
        rows.push(row);
    }
    rows.push(1);
    rows.sort_unstable_by(|a, b| b.cmp(a));
    rows.dedup();
    rows
}

/// Compressions that hashing a tensor takes.
fn hashing(tensor: &Tensor, layout: &Layout) -> u64 {
    let row = layout.row as u64 * tensor.ty.dtype.bytes() as u64;
    let rows = tensor.ty.shape.elements() as u64 / layout.row as u64;
    rows * row.div_ceil(64) + layout.leaves(&tensor.ty) as u64
}

/// What a check is shown, each tensor laid out as is best for this check.
pub fn least(graph: &Graph, cone: &Cone, bytes: impl Fn(Shown) -> u64) -> u64 {
    let least = |(id, areas): (TensorId, &[Area])| {
        let tensor = graph.tensor(id);
        candidates(tensor).map(|layout| bytes(shown(&tensor.ty, &layout, areas))).min().unwrap_or(u64::MAX)
    };
    cone.shown().map(least).fold(0, u64::saturating_add)
}
