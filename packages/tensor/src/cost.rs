//! What one output element costs, and how much it reads.

use crate::{
    op::{Op, Operands, is_dense},
    types::{Shape, Type},
};

/// Cost of one output element in multiply-accumulates: the whole window for convolutions and matmul (padding counted;
/// of a transposed convolution's, the most taps that meet one output), elements read for pools and reductions, 4 for a
/// bilinear RESIZE, 2 for RESCALE, 1 for other arithmetic, 0 for moving data.
pub fn cost(op: &Op, ins: Operands<'_>, _out: &Type) -> u64 {
    match op {
        Op::Rescale(_) => 2,
        Op::Resize(r) => {
            if r.bilinear {
                4
            } else {
                0
            }
        }
        Op::Identity
        | Op::Reshape
        | Op::Transpose { .. }
        | Op::Slice { .. }
        | Op::Concat { .. }
        | Op::Reverse { .. }
        | Op::Tile
        | Op::Pad { .. }
        | Op::Gather
        | Op::Scatter => 0,
        _ => terms(op, ins).unwrap_or(1),
    }
}

/// Steps that evaluating one output element takes: its cost, but of SCATTER, which moves rows and looks for each element
/// at every index, the indices.
pub fn steps(op: &Op, ins: Operands<'_>, out: &Type) -> u64 {
    cost(op, ins, out).max(terms(op, ins).unwrap_or(0))
}

/// Most elements that one output element reads, of all operands together.
pub(crate) fn reads(op: &Op, ins: Operands<'_>) -> u64 {
    let each = match op {
        op if is_dense(op) => 2,
        _ => 1,
    };
    terms(op, ins).unwrap_or(0).saturating_mul(each).saturating_add(5)
}

/// Number of terms that an operator sums, compares or multiplies.
fn terms(op: &Op, ins: Operands<'_>) -> Option<u64> {
    let dim = |operand: usize, axis| u64::from(ins.get(operand).map_or(Shape::SCALAR, |ty| ty.shape).dim(axis));
    match op {
        Op::Conv2d(_) => Some(dim(1, 1).saturating_mul(dim(1, 2)).saturating_mul(dim(1, 3))),
        Op::Conv3d(_) => Some((1..5).map(|axis| dim(1, axis)).fold(1, u64::saturating_mul)),
        Op::DepthwiseConv2d(_) => Some(dim(1, 0).saturating_mul(dim(1, 1))),
        Op::TransposeConv2d(t) => {
            let taps = |axis, stride: u32| dim(1, axis).div_ceil(u64::from(stride.max(1)));
            let [y, x] = t.stride;
            Some(taps(1, y).saturating_mul(taps(2, x)).saturating_mul(dim(1, 3)))
        }
        Op::MatMul => Some(dim(0, 2)),
        Op::Scatter => Some(dim(1, 1)),
        Op::AvgPool2d(pool) | Op::MaxPool2d(pool) => {
            let [y, x] = pool.kernel;
            Some(u64::from(y).saturating_mul(u64::from(x)))
        }
        _ => op.reduced().map(|axis| dim(0, axis)),
    }
}
