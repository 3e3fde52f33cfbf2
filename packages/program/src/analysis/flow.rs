//! Flow: what every element costs, passed back to the inputs along routes.

mod along;
mod edge;
mod element;
mod field;
mod spread;
#[cfg(test)]
mod tests;

use edge::Edge;
use field::{Field, dims};
use tequio_attestation::TensorId;
use tequio_tensor::{Shape, cost, extent};

use crate::{
    graph::{Graph, TensorSource},
    limits::{MAX_ELEMENTS, MAX_FLOW_READS},
    refused::Refused,
};

/// Fractional bits of a flow.
pub(crate) const FRACTION: u32 = 16;

/// Refuses what [`largest_arrivals`] should not be asked to do.
pub(crate) fn limited(graph: &Graph, routes: &[Option<u8>]) -> Result<(), Refused> {
    let elements = graph.iter().map(|(_, tensor)| tensor.ty.shape.elements() as u64).sum();
    let reads = graph.iter().map(|(id, _)| reads(graph, id, routes[id.0 as usize])).fold(0, u64::saturating_add);
    for (what, found, limit) in [
        ("elements in a shard's tensors", elements, MAX_ELEMENTS),
        ("reads to pass their cost back", reads, MAX_FLOW_READS),
    ] {
        if found > limit {
            return Err(Refused::TooMany { what, found: found as usize, limit: limit as usize });
        }
    }
    Ok(())
}

/// Reads that passing back one tensor's flow takes at most, element by element.
pub(crate) fn reads(graph: &Graph, id: TensorId, route: Option<u8>) -> u64 {
    let Some(edge) = Edge::of(graph, id, route) else { return 0 };
    let elements = edge.out.shape.elements();
    if edge.is_same_place() {
        return elements.into();
    }
    let one = Shape::ones(edge.out.shape.rank());
    let each = |at| extent(&edge.node.op, &edge.types, edge.out, at, &one).elements() as u64;
    let all = (0..edge.types.len()).map(each).fold(0, u64::saturating_add);
    all.saturating_mul((elements / edge.group()).into())
}

/// For each tensor the largest flow that arrives at one of its elements from the ops that read it, in MAC equivalents
/// with [`FRACTION`] fractional bits. What arrives at an element of an op's output, and what it costs itself, is
/// spread evenly, rounded up, over the elements it reads of the op's route operand, as often as it reads each. It ends
/// at inputs, at constants and where nothing of the route operand is read.
///
/// Flow is conserved but for rounding, so that no sum exceeds the program's cost by more than one unit of the last
/// place for each element read: far from 2^128.
pub(crate) fn largest_arrivals(graph: &Graph, routes: &[Option<u8>]) -> Vec<u128> {
    arrivals(graph, routes, spread::spread)
}

fn arrivals(graph: &Graph, routes: &[Option<u8>], spread: impl Fn(&Edge<'_>, Field) -> Field) -> Vec<u128> {
    let mut arrived: Vec<Option<Field>> = vec![None; graph.tensors().len()];
    let mut largest = vec![0; arrived.len()];
    for (id, tensor) in graph.iter().rev() {
        let flow = arrived[id.0 as usize].take();
        largest[id.0 as usize] = flow.as_ref().map_or(0, Field::largest);
        let Some(edge) = Edge::of(graph, id, routes[id.0 as usize]) else { continue };
        if !matches!(graph.tensor(edge.target).source, TensorSource::Op(_)) {
            continue;
        }
        let mut flow = flow.unwrap_or_else(|| Field::uniform(dims(&tensor.ty.shape), 0));
        flow.raise((cost(&edge.node.op, &edge.types, edge.out) as u128) << FRACTION);
        let back = spread(&edge, flow);
        match &mut arrived[edge.target.0 as usize] {
            Some(into) => into.add(back),
            none => *none = Some(back),
        }
    }
    largest
}
