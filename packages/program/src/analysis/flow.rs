//! Flow: what every element costs, passed back along routes to the inputs that differ.

mod along;
mod edge;
mod element;
mod field;
mod spread;
#[cfg(test)]
mod tests;

use edge::Edge;
use field::{Field, dims};
use tequio_tensor::{Shape, extent};

use super::{mask::Mask, route::target, work::Work};
use crate::{
    graph::{Graph, Tensor},
    limits::{MAX_ELEMENTS, MAX_FLOW_READS},
    refused::Refused,
};

/// Fractional bits of a flow.
pub(crate) const FRACTION: u32 = 16;

/// Refuses what [`largest_arrivals`] should not be asked to do.
pub(crate) fn limited(graph: &Graph) -> Result<(), Refused> {
    let elements = graph.iter().map(|(_, tensor)| tensor.ty.shape.elements() as u64).sum();
    for (what, found, limit) in [
        ("elements in a shard's tensors", elements, MAX_ELEMENTS),
        ("reads to pass their cost back", reads(graph), MAX_FLOW_READS),
    ] {
        if found > limit {
            return Err(Refused::TooMany { what, found: found as usize, limit: limit as usize });
        }
    }
    Ok(())
}

/// Reads that passing back all flow takes at most, element by element.
pub(crate) fn reads(graph: &Graph) -> u64 {
    graph.tensors().iter().map(|tensor| reads_of(graph, tensor)).fold(0, u64::saturating_add)
}

fn reads_of(graph: &Graph, tensor: &Tensor) -> u64 {
    let Some(edge) = Edge::of(graph, tensor, Some(0), &[]) else { return 0 };
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
/// spread evenly, rounded up, over the elements it reads of the op's route operand and that differ (`open`), as often
/// as it reads each. It ends at inputs: an element that differs reads one that does.
///
/// Flow is conserved but for rounding, and where a choice isn't known: there every candidate gets all of it.
pub(crate) fn largest_arrivals(graph: &Graph, work: &Work, open: &[Mask], routes: &[Option<u8>]) -> Vec<u128> {
    arrivals(graph, work, open, routes, spread::spread)
}

fn arrivals(
    graph: &Graph,
    work: &Work,
    open: &[Mask],
    routes: &[Option<u8>],
    spread: impl Fn(&Edge<'_>, Field) -> Vec<(usize, Field)>,
) -> Vec<u128> {
    let mut arrived: Vec<Option<Field>> = vec![None; graph.tensors().len()];
    let mut largest = vec![0; arrived.len()];
    for (id, tensor) in graph.iter().rev() {
        let at = id.0 as usize;
        let flow = arrived[at].take();
        largest[at] = flow.as_ref().map_or(0, Field::largest);
        let Some(edge) = Edge::of(graph, tensor, routes[at], open) else { continue };
        let mut flow = flow.unwrap_or_else(|| Field::uniform(dims(&tensor.ty.shape), 0));
        flow = flow.capped();
        flow.raise_where(&open[at].and(&work.live[at]), (work.each[at] as u128) << FRACTION);
        for (operand, back) in spread(&edge, flow) {
            let Some(read) = target(edge.node, operand as u8) else { continue };
            match &mut arrived[read.0 as usize] {
                Some(into) => into.add(back),
                none => *none = Some(back),
            }
        }
    }
    largest
}
