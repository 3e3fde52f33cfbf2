//! Passing flow back a whole tensor at a time.

use tequio_attestation::TensorId;
use tequio_tensor::{MAX_RANK, Op, is_convolution};

use super::{
    along::Along,
    axes::axes,
    edge::Edge,
    element,
    field::{Field, dims},
    reach::{in_line, reaches_all, scattered},
};
use crate::analysis::route::target;

/// What [`element::spread`] gives, by operand, without looking at each element where what is read follows from positions
/// alone and all of it differs.
pub fn spread(edge: &Edge<'_>, flow: Field) -> Vec<(usize, Field)> {
    let operands = 0..edge.types.len();
    let joined = |operand: &usize| edge.joined(edge.route, *operand);
    let follows = !edge.is_chosen() || edge.is_blind();
    if follows && !falls_through(edge) && operands.clone().filter(joined).all(|operand| edge.is_whole(operand)) {
        let through = |operand: usize| (operand, along(&edge.through(operand), flow.clone()));
        return operands.filter(joined).map(through).collect();
    }
    let arrived = operands.zip(element::spread(edge, &flow.elements())).filter(|(_, into)| !into.is_empty());
    arrived.map(|(operand, into)| (operand, Field::of_elements(dims(&edge.types[operand].shape), into))).collect()
}

/// Whether flow through any operand that is computed goes back a whole tensor at a time where all of it differs.
pub fn is_at_once(edge: &Edge<'_>) -> bool {
    let is_computed = |at: &usize| !edge.graph.is_constant(&edge.node.operands[*at]);
    (0..edge.types.len())
        .filter(is_computed)
        .map(|at| edge.through(at))
        .all(|edge| !edge.is_chosen() && (edge.is_same_place() || is_moved(&edge) || axes(&edge).is_some()))
}

fn is_moved(edge: &Edge<'_>) -> bool {
    matches!((&edge.node.op, edge.route), (Op::Reshape | Op::Transpose { .. }, 0))
}

/// Through the edge's own route.
fn along(edge: &Edge<'_>, flow: Field) -> Field {
    let source = dims(&edge.source().shape);
    if edge.is_same_place() {
        return flow;
    }
    match (&edge.node.op, edge.route) {
        (Op::Reshape, 0) => return flow.reshaped(source),
        (Op::Transpose { perms }, 0) => {
            let rank = edge.out.shape.rank();
            let order = |axis| if axis < rank { perms[axis] as usize } else { axis };
            return flow.transposed(core::array::from_fn(order));
        }
        _ => {}
    }
    match axes(edge) {
        Some(axes) => boxed(edge, flow, axes),
        None => {
            let into = core::mem::take(&mut element::spread(edge, &flow.elements())[edge.route]);
            if into.is_empty() { Field::uniform(source, 0) } else { Field::of_elements(source, into) }
        }
    }
}

/// Of an op that reads boxes.
fn boxed(edge: &Edge<'_>, mut flow: Field, axes: [Along; MAX_RANK]) -> Field {
    let source = dims(&edge.source().shape);
    flow = flow.reshaped(in_line(edge));
    if let Some(axis) = edge.shared() {
        flow = flow.summed(axis);
    }
    // Of a choice that isn't known each candidate gets all.
    if !edge.is_blind() {
        let reads = |axis: usize| -> Vec<u128> {
            (0..flow.dims()[axis]).map(|at| axes[axis].taps(at, source[axis]).count.into()).collect()
        };
        let reads = core::array::from_fn(reads);
        flow = flow.shared(&reads);
    }
    scattered(edge, &axes, flow)
}

/// Whether some elements may read nothing of the route operand: of a convolution, where it reads the bias alone.
fn falls_through(edge: &Edge<'_>) -> bool {
    is_convolution(&edge.node.op) && edge.route < 2 && !edge.is_closed(2) && !reaches_all(edge)
}

/// The tensors to which an op's flow may go: the one at the end of its route, and the others where some elements read
/// nothing there that differs.
pub fn targets(edge: &Edge<'_>) -> Vec<TensorId> {
    let joins = (0..edge.types.len()).any(|at| at != edge.route && edge.joined(edge.route, at)) || falls_through(edge);
    match target(edge.node, edge.route as u8) {
        Some(id) if edge.is_whole(edge.route) && !joins => vec![id],
        _ => {
            let all = (0..edge.types.len()).filter(|at| !edge.is_closed(*at));
            all.filter_map(|at| target(edge.node, at as u8)).collect()
        }
    }
}
