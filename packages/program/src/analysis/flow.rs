//! Flow: what every element costs, passed back along routes to the inputs that differ.

mod along;
mod axes;
mod edge;
mod element;
mod field;
mod lines;
mod reach;
mod spread;
#[cfg(test)]
mod tests;

pub(crate) use edge::Edge;
use field::{Field, dims};
pub(crate) use reach::{read, readers, reads_all_weights};
pub(crate) use spread::targets;
use tequio_attestation::Operand;
use tequio_tensor::{Op, Shape, extent, is_convolution};

use super::{mask::Mask, reads::is_blind, route::target, work::Work};
use crate::{
    graph::{Graph, Tensor},
    limits::{MAX_ELEMENTS, MAX_FLOW_READS},
    refused::Refused,
};

/// Fractional bits of a flow.
pub(crate) const FRACTION: u32 = 16;

/// Refuses what [`largest_arrivals`] should not be asked to do.
pub(crate) fn limited(graph: &Graph) -> Result<(), Refused> {
    // Nothing flows to constants.
    let flowing = graph.iter().filter(|(_, tensor)| tensor.constant().is_none());
    let elements = flowing.map(|(_, tensor)| tensor.ty.shape.elements() as u64).sum();
    at_most("elements in a shard's tensors", elements, MAX_ELEMENTS)?;
    at_most("reads to pass their cost back", reads(graph), MAX_FLOW_READS)
}

fn at_most(what: &'static str, found: u64, limit: u64) -> Result<(), Refused> {
    if found > limit { Err(Refused::TooMany { what, found: found as usize, limit: limit as usize }) } else { Ok(()) }
}

/// Reads that passing back all flow takes at most: element by element only where some of an operand may differ and some
/// not, or where values choose what is read.
pub(crate) fn reads(graph: &Graph) -> u64 {
    let mut even: Vec<bool> = Vec::with_capacity(graph.tensors().len());
    let mut reads = 0u64;
    for tensor in graph.tensors() {
        let (all, is_even) = reads_of(graph, tensor, &even);
        reads = reads.saturating_add(all);
        even.push(is_even);
    }
    reads
}

/// Of one tensor, and whether all of it differs or nothing, whatever the scenario.
fn reads_of(graph: &Graph, tensor: &Tensor, even: &[bool]) -> (u64, bool) {
    let Some(edge) = Edge::of(graph, tensor, Some(0), &[]) else { return (0, true) };
    let are_even = edge.node.operands.iter().all(|operand| match operand {
        Operand::Tensor(id) => even[id.0 as usize],
        Operand::Scalar { .. } => true,
    });
    let is_even = are_even && spreads_evenly(&edge);
    let elements: u64 = edge.out.shape.elements().into();
    if edge.is_same_place() || (are_even && spread::is_at_once(&edge)) {
        return (elements, is_even);
    }
    let one = Shape::ones(edge.out.shape.rank());
    let each = |at| match edge.node.op {
        // A known index names one row.
        Op::Gather | Op::Scatter if edge.through(at).is_chosen() && !is_blind(graph, edge.node) => 1,
        // As many weights as what they are multiplied with.
        Op::TransposeConv2d(_) if at == 1 => extent(&edge.node.op, &edge.types, edge.out, 0, &one).elements() as u64,
        _ => extent(&edge.node.op, &edge.types, edge.out, at, &one).elements() as u64,
    };
    let all = (0..edge.types.len()).map(each).fold(0, u64::saturating_add);
    // Outputs that share what they read of the first operand are gone through one by one where the route is another.
    let is_grouped = match edge.node.op {
        Op::MatMul => graph.is_constant(&edge.node.operands[1]),
        Op::Conv3d(_) | Op::TransposeConv2d(_) => {
            edge.node.operands[1..].iter().all(|operand| graph.is_constant(operand))
        }
        _ => true,
    };
    let groups = if is_grouped { elements / u64::from(edge.group()) } else { elements };
    (all.saturating_mul(groups), is_even)
}

/// Whether all elements of an op's output differ if all of an operand does.
fn spreads_evenly(edge: &Edge<'_>) -> bool {
    match &edge.node.op {
        Op::Concat { .. } | Op::Select | Op::Scatter => false,
        Op::Pad { before, after } => before.iter().chain(after).all(|pad| *pad == 0),
        op if is_convolution(op) => reach::reaches_all(edge),
        _ => true,
    }
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
