//! How far the reads of a box of output elements can reach.

use crate::{
    op::{Op, Operands, is_dense},
    types::{MAX_RANK, Shape, Type},
};

type Lengths = [u32; MAX_RANK];

/// Lengths of a box certain to hold every element of operand number `operand` that is read when a box of lengths `of`,
/// anywhere in the output, is evaluated. `of` has the output's rank; longer lengths count as the output's. The answer
/// has the operand's rank and is nowhere longer than it.
pub fn extent(op: &Op, ins: Operands<'_>, out: &Type, operand: usize, of: &Shape) -> Shape {
    let shape = |operand: usize| ins.get(operand).map_or(Shape::SCALAR, |ty| ty.shape);
    let whole = shape(operand);
    let of = Shape::capped(out.shape.rank(), of.padded(), &out.shape).padded();
    let [n, y, x, c, last, ..] = of;
    let input = shape(0).padded();
    let weight = shape(1).padded();

    let lengths = match (op, operand) {
        (Op::Conv2d(w), 0) => {
            let [_, kh, kw, ..] = weight;
            let [sy, sx] = w.stride;
            let [dy, dx] = w.dilation;
            lengths([n, span(y, sy, kh, dy), span(x, sx, kw, dx), u32::MAX])
        }
        (Op::Conv3d(w), 0) => {
            let ([_, kd, kh, kw, ..], [sz, sy, sx], [dz, dy, dx]) = (weight, w.stride, w.dilation);
            lengths([n, span(y, sz, kd, dz), span(x, sy, kh, dy), span(c, sx, kw, dx), u32::MAX])
        }
        (Op::Conv3d(_), 1) => lengths([last, u32::MAX, u32::MAX, u32::MAX, u32::MAX]),
        (Op::Conv3d(_), 2) => lengths([last]),
        (Op::TransposeConv2d(t), 0) => {
            let [_, kh, kw, ..] = weight;
            let [sy, sx] = t.stride;
            lengths([n, met(y, sy, kh), met(x, sx, kw), u32::MAX])
        }
        (Op::Conv2d(_) | Op::TransposeConv2d(_), 1) => lengths([c, u32::MAX, u32::MAX, u32::MAX]),
        (Op::Conv2d(_) | Op::DepthwiseConv2d(_) | Op::TransposeConv2d(_), 2) => lengths([c]),
        (Op::DepthwiseConv2d(w), 0) => {
            let [kh, kw, _, m, ..] = weight;
            let [sy, sx] = w.stride;
            let [dy, dx] = w.dilation;
            lengths([n, span(y, sy, kh, dy), span(x, sx, kw, dx), touched(c, m)])
        }
        (Op::DepthwiseConv2d(_), 1) => {
            let [_, _, _, m, ..] = weight;
            lengths([u32::MAX, u32::MAX, touched(c, m), if c > 1 { m } else { 1 }])
        }
        (Op::MatMul, 0) => lengths([n, y, u32::MAX]),
        (Op::MatMul, 1) => lengths([n, u32::MAX, x]),
        (Op::AvgPool2d(p) | Op::MaxPool2d(p), 0) => {
            let [ky, kx] = p.kernel;
            let [sy, sx] = p.stride;
            lengths([n, span(y, sy, ky, 1), span(x, sx, kx, 1), c])
        }
        (Op::Rescale(r), 1 | 2) => {
            let channels = of.get(out.shape.rank().saturating_sub(1)).copied().unwrap_or(1);
            lengths([if r.per_channel { channels } else { 1 }])
        }
        (op, _) if is_dense(op) || matches!(op, Op::AvgPool2d(_)) => [1; MAX_RANK],
        (Op::Rescale(_), 3 | 4) | (Op::Mul, 2) | (Op::Negate, 1 | 2) | (Op::Pad { .. }, 1) => [1; MAX_RANK],
        (Op::Table, 1) => whole.padded(),
        (Op::ArgMax { axis }, 0) => inserted(of, usize::from(*axis), input),
        (Op::Transpose { perms }, 0) => transposed(of, perms),
        (Op::Tile, 0) => tiled(of, input, out.shape.padded()),
        (Op::Gather, 0) | (Op::Scatter, 2) => lengths([n, u32::MAX, x]),
        (Op::Gather, 1) => lengths([n, y]),
        (Op::Resize(r), 0) => {
            let [scale_y, scale_x] = r.scale;
            lengths([n, around(y, scale_y, r.bilinear), around(x, scale_x, r.bilinear), c])
        }
        (Op::Scatter, 1) => lengths([n, u32::MAX]),
        (Op::Reshape, 0) => reshaped(of, &out.shape, &whole),
        // Same position, broadcast or moved as a whole; a reduced axis is read from end to end.
        _ => reduced(of, op.reduced()),
    };
    Shape::capped(whole.rank(), lengths, &whole)
}

/// These, and 1 along further axes.
fn lengths<const N: usize>(of: [u32; N]) -> Lengths {
    let mut all = [1; MAX_RANK];
    all.iter_mut().zip(of).for_each(|(slot, len)| *slot = len);
    all
}

/// Input positions from the first to the last that `len` neighbouring windows cover.
fn span(len: u32, stride: u32, kernel: u32, dilation: u32) -> u32 {
    let steps = u64::from(len.saturating_sub(1)).saturating_mul(u64::from(stride));
    let taps = u64::from(kernel.saturating_sub(1)).saturating_mul(u64::from(dilation));
    u32::try_from(steps.saturating_add(taps).saturating_add(1)).unwrap_or(u32::MAX)
}

/// Input positions of a transposed convolution that add to `len` neighbouring outputs.
fn met(len: u32, stride: u32, kernel: u32) -> u32 {
    len.saturating_add(kernel.saturating_sub(1)).div_ceil(stride.max(1))
}

/// Input positions from the first to the last that `len` neighbouring positions of a resized axis read.
fn around(len: u32, [numerator, denominator]: [u32; 2], bilinear: bool) -> u32 {
    let steps = u64::from(len.saturating_sub(1)).saturating_mul(u64::from(denominator));
    let more = if bilinear { numerator.saturating_sub(1) } else { 0 };
    let reach = steps.saturating_add(u64::from(more)).div_ceil(u64::from(numerator.max(1)));
    u32::try_from(reach.saturating_add(1)).unwrap_or(u32::MAX)
}

/// Most blocks of `block` that a run of `len` can touch, wherever it starts.
fn touched(len: u32, block: u32) -> u32 {
    let straddle = len.saturating_sub(1).saturating_add(block.saturating_sub(1));
    straddle.checked_div(block).unwrap_or(len).saturating_add(1)
}

fn reduced(mut of: Lengths, axis: Option<usize>) -> Lengths {
    if let Some(along) = axis.and_then(|axis| of.get_mut(axis)) {
        *along = u32::MAX;
    }
    of
}

/// ARGMAX drops `axis`: put it back, read from end to end.
fn inserted(of: Lengths, axis: usize, input: Lengths) -> Lengths {
    let mut kept = of.into_iter();
    let mut lengths = input;
    for (at, slot) in lengths.iter_mut().enumerate() {
        if at != axis {
            *slot = kept.next().unwrap_or(1);
        }
    }
    lengths
}

fn transposed(of: Lengths, perms: &[u8; MAX_RANK]) -> Lengths {
    // An axis that no permutation entry names (none after the check) is read from end to end.
    let mut lengths = [u32::MAX; MAX_RANK];
    for (len, perm) in of.into_iter().zip(perms).rev() {
        if let Some(slot) = lengths.get_mut(usize::from(*perm)) {
            *slot = len;
        }
    }
    lengths
}

/// A run of more than one element can wrap wherever an axis really repeats.
fn tiled(mut of: Lengths, input: Lengths, out: Lengths) -> Lengths {
    for ((len, input), out) in of.iter_mut().zip(input).zip(out) {
        if *len > 1 && input < out {
            *len = input;
        }
    }
    of
}

/// RESHAPE keeps the flat order. A box that is one run of it (lengths 1, then any, then whole axes) touches few blocks
/// of each input axis; any other box may touch everything.
fn reshaped(of: Lengths, out: &Shape, input: &Shape) -> Lengths {
    let Some((runs, unit)) = run(of, out) else { return input.padded() };
    let total = u64::from(out.elements());
    let mut lengths = input.padded();
    let mut block = 1u64;
    for slot in lengths.iter_mut().rev() {
        let around = block.saturating_mul(u64::from(*slot));
        if blocks(runs, unit, around, total) == 1 {
            let inside = blocks(runs, unit, block, total);
            *slot = u32::try_from(inside).unwrap_or(u32::MAX).min(*slot);
        }
        block = around;
    }
    lengths
}

/// The box as a run of so many units of so many elements, starting at a multiple of the unit; `None` if it isn't one.
fn run(of: Lengths, out: &Shape) -> Option<(u64, u64)> {
    let mut unit = 1u64;
    let mut axes = of.into_iter().zip(out.padded()).rev();
    for (len, dim) in axes.by_ref() {
        if len < dim {
            return axes.all(|(len, _)| len == 1).then_some((u64::from(len), unit));
        }
        unit = unit.saturating_mul(u64::from(dim));
    }
    Some((1, unit))
}

/// Most blocks of `block` elements that a run can touch.
fn blocks(runs: u64, unit: u64, block: u64, total: u64) -> u64 {
    let rem = |a: u64, b: u64| a.checked_rem(b).unwrap_or(0);
    let div = |a: u64, b: u64| a.checked_div(b).unwrap_or(0);
    let straddled = |len: u64, block: u64| {
        div(len.saturating_sub(1).saturating_add(block.saturating_sub(1)), block).saturating_add(1)
    };
    let most = if rem(block, unit) == 0 {
        straddled(runs, div(block, unit))
    } else if rem(unit, block) == 0 {
        div(runs.saturating_mul(unit), block)
    } else {
        straddled(runs.saturating_mul(unit), block)
    };
    most.min(div(total, block).max(1))
}
