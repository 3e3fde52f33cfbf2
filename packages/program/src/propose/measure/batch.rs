//! Items of a batch.

use crate::analysis::weighing::Weighing;

/// The length with which all inputs and this tensor begin, 1 if there is none.
pub fn batch(weighing: &Weighing<'_>, id: usize) -> usize {
    let graph = weighing.graph;
    let leading = |id: usize| graph.tensors()[id].ty.shape.dims().first().copied().unwrap_or(1);
    let all = (0..graph.inputs()).map(leading).chain([leading(id)]);
    let first = leading(id);
    if all.into_iter().all(|length| length == first) { first as usize } else { 1 }
}
