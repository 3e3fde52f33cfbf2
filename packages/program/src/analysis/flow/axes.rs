//! How ops read boxes of their operands, axis by axis.

use tequio_tensor::{MAX_RANK, Op, is_elementwise};

use super::{along::Along, edge::Edge, field::dims};

/// How the op reads the route operand; `None` if known values say what it reads, or for operands that are constants.
pub fn axes(edge: &Edge<'_>) -> Option<[Along; MAX_RANK]> {
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
        (Op::Conv3d(w), 0) => {
            for side in 0..3 {
                let (stride, pad, dilation) = (w.stride[side], w.pad[2 * side], w.dilation[side]);
                axes[1 + side] = Along::Window { stride, pad, dilation, kernel: edge.types[1].shape.dim(1 + side) };
            }
            axes[4] = Along::Whole;
        }
        (Op::TransposeConv2d(t), 0) => {
            let weight = &edge.types[1].shape;
            for side in 0..2 {
                let (stride, pad, kernel) = (t.stride[side], t.out_pad[2 * side], weight.dim(1 + side));
                axes[1 + side] = Along::Transposed { stride, pad, kernel };
            }
            axes[3] = Along::Whole;
        }
        (Op::AvgPool2d(p) | Op::MaxPool2d(p), 0) => {
            for side in 0..2 {
                let (stride, pad, kernel) = (p.stride[side], p.pad[2 * side], p.kernel[side]);
                axes[1 + side] = Along::Window { stride, pad, dilation: 1, kernel };
            }
        }
        (Op::Resize(r), 0) => [axes[1], axes[2]] = [0, 1].map(|side| Along::Resized(*r, side)),
        (Op::MatMul, 0) | (Op::Gather, 1) => axes[2] = Along::Whole,
        (Op::Gather, 0) | (Op::Scatter, 2) if edge.is_blind() => axes[1] = Along::Whole,
        (Op::Scatter, 0) if edge.is_blind() => {}
        (Op::Scatter, 1) => [axes[1], axes[2]] = [Along::Whole; 2],
        (Op::MatMul, 1) => axes[1] = Along::Whole,
        (Op::Pad { before, .. }, 0) => axes = before.map(|before| Along::From(-(before as i64))),
        (Op::Slice { start }, 0) => axes = start.map(|start| Along::From(start as i64)),
        (Op::Concat { axis }, _) => {
            let before = edge.types[..route].iter().map(|ty| ty.shape.dim(*axis as usize) as i64);
            axes[*axis as usize] = Along::From(-before.sum::<i64>());
        }
        (Op::Reverse { axis }, 0) => axes[*axis as usize] = Along::Reverse,
        (Op::Tile, 0) => axes = [Along::Repeat; MAX_RANK],
        _ => match op.reduced().filter(|_| route == 0) {
            Some(axis) => axes[axis] = Along::Whole,
            None => return own(edge),
        },
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
