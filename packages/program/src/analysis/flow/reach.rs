//! Which elements read which, a whole tensor at a time where positions alone say so.

use tequio_tensor::{MAX_RANK, Op};

use super::{
    along::Along,
    axes::axes,
    edge::Edge,
    field::{Dims, Field, dims},
};
use crate::analysis::mask::Mask;

/// The output's lengths in line with those of the route operand: an axis that an argmax drops is there with one
/// position.
pub fn in_line(edge: &Edge<'_>) -> Dims {
    match edge.node.op {
        Op::ArgMax { axis } => {
            let mut lengths = dims(&edge.source().shape);
            lengths[axis as usize] = 1;
            lengths
        }
        _ => dims(&edge.out.shape),
    }
}

/// Which output elements read an element of `mask` of the route operand; `None` if positions alone don't say.
pub fn readers(edge: &Edge<'_>, mask: &Mask) -> Option<Mask> {
    let (axes, out) = (axes(edge)?, in_line(edge));
    let field = Field::of_mask(dims(&edge.source().shape), mask);
    let along = |field: Field, axis: usize| field.gathered(axis, axes[axis], out[axis]);
    Some((0..MAX_RANK).fold(field, along).mask())
}

/// Which elements of the route operand the output's elements of `mask` read; `None` if positions alone don't say.
pub fn read(edge: &Edge<'_>, mask: &Mask) -> Option<Mask> {
    let axes = axes(edge)?;
    Some(scattered(edge, &axes, Field::of_mask(in_line(edge), mask)).mask())
}

/// What the route operand's elements get if every output element gives its number to each that it reads.
pub fn scattered(edge: &Edge<'_>, axes: &[Along; MAX_RANK], flow: Field) -> Field {
    let source = dims(&edge.source().shape);
    (0..MAX_RANK).fold(flow, |flow, axis| flow.scattered(axis, axes[axis], source[axis]))
}

/// Whether every output element of a convolution reads some of its input, not the bias alone: no window lies in the
/// padding altogether, and no output between or beside transposed ones.
pub fn reaches_all(edge: &Edge<'_>) -> bool {
    let edge = edge.through(0);
    let (source, out) = (&edge.source().shape, &edge.out.shape);
    let reaches = |along: Along, axis: usize| (0..out.dim(axis)).all(|at| along.taps(at, source.dim(axis)).count > 0);
    axes(&edge).is_some_and(|axes| (0..MAX_RANK).all(|axis| reaches(axes[axis], axis)))
}

/// Whether a convolution's output elements together read every weight. Left out may be ends of a window that lie in the
/// padding wherever it stops, or, of a transposed one, outside the output.
pub fn reads_all_weights(edge: &Edge<'_>) -> bool {
    let [input, weight, out] = [&edge.types[0].shape, &edge.types[1].shape, &edge.out.shape];
    (0..out.rank() - 2).all(|side| {
        let (axis, first) = (1 + side, if matches!(edge.node.op, Op::DepthwiseConv2d(_)) { 0 } else { 1 });
        let (input, out) = (input.dim(axis) as i64, out.dim(axis) as i64);
        let window = |stride, pad: u32, dilation: u32| (out, stride, -(pad as i64), dilation as i64, input);
        // Of `many` places in steps of a stride, tap k lies `offset + k * step` after each, and counts below `end`.
        let (many, stride, offset, step, end) = match edge.node.op {
            Op::Conv2d(w) | Op::DepthwiseConv2d(w) => window(w.stride[side], w.pad[2 * side], w.dilation[side]),
            Op::Conv3d(w) => window(w.stride[side], w.pad[2 * side], w.dilation[side]),
            Op::TransposeConv2d(t) => (input, t.stride[side], t.out_pad[2 * side].into(), 1, out),
            _ => return false,
        };
        let stride = stride.max(1) as i64;
        (0..weight.dim(first + side) as i64).all(|tap| {
            let offset = offset + tap * step;
            let first = (-offset + stride - 1).div_euclid(stride).max(0);
            first < many && first * stride + offset < end
        })
    })
}
