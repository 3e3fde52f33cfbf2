//! Passing flow back a whole tensor at a time.

use tequio_tensor::{MAX_RANK, Op, is_elementwise};

use super::{
    along::Along,
    edge::Edge,
    element,
    field::{Field, dims},
};

/// What [`element::spread`] gives, by operand, without looking at each element where what is read follows from positions
/// alone and all of it differs.
pub fn spread(edge: &Edge<'_>, flow: Field) -> Vec<(usize, Field)> {
    let operands = 0..edge.types.len();
    let through = |operand: usize, flow: &Field| (operand, along(&edge.through(operand), flow.clone()));
    match (&edge.node.op, edge.route) {
        (Op::Concat { .. }, _) if operands.clone().all(|operand| edge.is_whole(operand)) => {
            return operands.map(|operand| through(operand, &flow)).collect();
        }
        (Op::Select, 1 | 2) if edge.is_blind() && edge.is_whole(1) && edge.is_whole(2) => {
            return (1..3).map(|side| through(side, &flow)).collect();
        }
        (Op::Gather, 0) if edge.is_blind() && edge.is_whole(0) => return vec![through(0, &flow)],
        // Outputs in the gaps of a transposed convolution read the bias alone.
        (Op::Concat { .. } | Op::TransposeConv2d(_), _) => {}
        _ if edge.is_whole(edge.route) && !edge.is_chosen() => return vec![through(edge.route, &flow)],
        _ => {}
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
            let mut into = element::spread(edge, &flow.elements());
            Field::of_elements(source, core::mem::take(&mut into[edge.route]))
        }
    }
}

/// Of an op that reads boxes.
fn boxed(edge: &Edge<'_>, mut flow: Field, axes: [Along; MAX_RANK]) -> Field {
    let source = dims(&edge.source().shape);
    if let Op::ArgMax { axis } = edge.node.op {
        // The axis that it drops is there with one position.
        let mut dims = source;
        dims[axis as usize] = 1;
        flow = flow.reshaped(dims);
    }
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
    (0..MAX_RANK).fold(flow, |flow, axis| flow.scattered(axis, axes[axis], source[axis]))
}

/// How the op reads the route operand; `None` if known values say what it reads, or for operands that are constants.
fn axes(edge: &Edge<'_>) -> Option<[Along; MAX_RANK]> {
    let (op, route) = (&edge.node.op, edge.route);
    let mut axes = [Along::Same; MAX_RANK];
    match (op, route) {
        (Op::Conv2d(w) | Op::DepthwiseConv2d(w), 0) => {
            let weight = &edge.types[1].shape;
            let first = if matches!(op, Op::Conv2d(_)) { 1 } else { 0 };
            for side in 0..2 {
                let (stride, pad, dilation) = (w.stride[side], w.pad[2 * side], w.dilation[side]);
                axes[1 + side] = Along::Window { stride, pad, dilation, kernel: weight.dim(first + side) };
            }
            axes[3] = if first == 1 { Along::Whole } else { Along::Block(weight.dim(3)) };
        }
        (Op::AvgPool2d(p) | Op::MaxPool2d(p), 0) => {
            for side in 0..2 {
                let (stride, pad, kernel) = (p.stride[side], p.pad[2 * side], p.kernel[side]);
                axes[1 + side] = Along::Window { stride, pad, dilation: 1, kernel };
            }
        }
        (Op::MatMul, 0) | (Op::Gather, 1) => axes[2] = Along::Whole,
        (Op::Gather, 0) if edge.is_blind() => axes[1] = Along::Whole,
        (Op::MatMul, 1) => axes[1] = Along::Whole,
        (
            Op::ReduceSum { axis }
            | Op::ReduceMax { axis }
            | Op::ReduceMin { axis }
            | Op::ReduceProduct { axis }
            | Op::ReduceAll { axis }
            | Op::ReduceAny { axis }
            | Op::ArgMax { axis },
            0,
        ) => axes[*axis as usize] = Along::Whole,
        (Op::Pad { before, .. }, 0) => axes = before.map(|before| Along::From(-(before as i64))),
        (Op::Slice { start }, 0) => axes = start.map(|start| Along::From(start as i64)),
        (Op::Concat { axis }, _) => {
            let before = edge.types[..route].iter().map(|ty| ty.shape.dim(*axis as usize) as i64);
            axes[*axis as usize] = Along::From(-before.sum::<i64>());
        }
        (Op::Reverse { axis }, 0) => axes[*axis as usize] = Along::Reverse,
        (Op::Tile, 0) => axes = [Along::Repeat; MAX_RANK],
        _ => return own(edge),
    }
    Some(axes)
}

/// Of an op that reads the operand at its own position, broadcast along lengths of 1.
fn own(edge: &Edge<'_>) -> Option<[Along; MAX_RANK]> {
    let operands = match edge.node.op {
        Op::Rescale(_) | Op::Negate | Op::Table => 1,
        Op::Select if edge.route == 0 || edge.is_blind() => 3,
        Op::Select => 0,
        _ => 2,
    };
    if !is_elementwise(&edge.node.op) || edge.route >= operands {
        return None;
    }
    let (source, out) = (dims(&edge.source().shape), dims(&edge.out.shape));
    let along = |axis: usize| if source[axis] == out[axis] { Along::Same } else { Along::Whole };
    Some(core::array::from_fn(along))
}
