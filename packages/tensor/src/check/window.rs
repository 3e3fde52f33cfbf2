//! Rules of convolutions, matmul and pools.

use super::{
    Invalid, Place,
    facts::{Facts, within},
    profile::{MAX_KERNEL, MAX_STRIDE, SHORT},
};
use crate::{
    op::{Pool2d, Transposed2d, Window2d, Window3d},
    types::DType,
};

pub(super) fn conv2d(f: &Facts<'_>, w: &Window2d) -> Result<(), Invalid> {
    conv_types(f, 4)?;
    let [n, ih, iw, ic, ..] = f.dims(0);
    let [oc, kh, kw, ..] = f.dims(1);
    f.length(Place::Operand(1), 3, i64::from(ic))?;
    conv_lengths(f, w, n, [ih, iw], [kh, kw], oc)
}

pub(super) fn conv3d(f: &Facts<'_>, w: &Window3d) -> Result<(), Invalid> {
    conv_types(f, 5)?;
    let [n, depth, height, width, ic, ..] = f.dims(0);
    let [oc, kernel_z, kernel_y, kernel_x, ..] = f.dims(1);
    f.length(Place::Operand(1), 4, i64::from(ic))?;
    let [front, back, top, bottom, left, right] = w.pad;
    let lengths = [depth, height, width].into_iter().zip([kernel_z, kernel_y, kernel_x]);
    let windows = w.stride.into_iter().zip(w.dilation).zip([[front, back], [top, bottom], [left, right]]);
    for ((axis, (len, kernel)), ((stride, dilation), pad)) in (1..).zip(lengths).zip(windows) {
        Along { axis, len, kernel, stride, dilation, pad }.check(f)?;
    }
    conv_channels(f, n, oc)
}

pub(super) fn depthwise_conv2d(f: &Facts<'_>, w: &Window2d) -> Result<(), Invalid> {
    conv_types(f, 4)?;
    let [n, ih, iw, c, ..] = f.dims(0);
    let [kh, kw, _, m, ..] = f.dims(1);
    f.length(Place::Operand(1), 2, i64::from(c))?;
    conv_lengths(f, w, n, [ih, iw], [kh, kw], c.saturating_mul(m))
}

pub(super) fn transpose_conv2d(f: &Facts<'_>, t: &Transposed2d) -> Result<(), Invalid> {
    conv_types(f, 4)?;
    let [n, ih, iw, ic, ..] = f.dims(0);
    let [oc, kh, kw, ..] = f.dims(1);
    f.length(Place::Operand(1), 3, i64::from(ic))?;
    let ([top, bottom, left, right], [stride_y, stride_x]) = (t.out_pad, t.stride);
    let axes = [(1, ih, kh, stride_y, [top, bottom]), (2, iw, kw, stride_x, [left, right])];
    for (axis, len, kernel, stride, pad) in axes {
        let [kernel, stride] = [kernel, stride].map(i64::from);
        within("stride", stride, 1, i64::from(MAX_STRIDE))?;
        within("kernel", kernel, 1, i64::from(MAX_KERNEL))?;
        let mut wanted = i64::from(len).saturating_sub(1).saturating_mul(stride).saturating_add(kernel);
        for pad in pad.map(i64::from) {
            // It crops less than the kernel.
            within("out_pad", pad, 1i64.saturating_sub(kernel), i64::from(i32::MAX))?;
            wanted = wanted.saturating_add(pad);
        }
        f.length(Place::Output, axis, wanted)?;
    }
    conv_channels(f, n, oc)
}

/// `rank` is that of input, weight and output.
fn conv_types(f: &Facts<'_>, rank: usize) -> Result<(), Invalid> {
    use DType::*;
    let (weights, out): (&[DType], _) = match f.dtype(0) {
        I8 => (&[I8, I4], I32),
        I16 => (&[I8], I48),
        found => return Err(Invalid::DType { place: Place::Operand(0), found }),
    };
    f.typed(Place::Operand(1), weights)?;
    f.typed(Place::Operand(2), &[out])?;
    f.typed(Place::Output, &[out])?;
    for place in [Place::Operand(0), Place::Operand(1), Place::Output] {
        f.rank(place, rank, rank)?;
    }
    f.rank(Place::Operand(2), 1, 1)?;
    f.vector(3, f.dtype(0), 1)?;
    f.vector(4, f.dtype(1), 1)
}

fn conv_lengths(
    f: &Facts<'_>,
    w: &Window2d,
    batch: u32,
    input: [u32; 2],
    kernel: [u32; 2],
    channels: u32,
) -> Result<(), Invalid> {
    let [top, bottom, left, right] = w.pad;
    let [[height, width], [kernel_y, kernel_x]] = [input, kernel];
    let ([stride_y, stride_x], [dilation_y, dilation_x]) = (w.stride, w.dilation);
    let y =
        Along { axis: 1, len: height, kernel: kernel_y, stride: stride_y, dilation: dilation_y, pad: [top, bottom] };
    let x = Along { axis: 2, len: width, kernel: kernel_x, stride: stride_x, dilation: dilation_x, pad: [left, right] };
    y.check(f)?;
    x.check(f)?;
    conv_channels(f, batch, channels)
}

fn conv_channels(f: &Facts<'_>, batch: u32, channels: u32) -> Result<(), Invalid> {
    f.length(Place::Output, 0, i64::from(batch))?;
    f.length(Place::Output, f.out.shape.rank().saturating_sub(1), i64::from(channels))?;
    if f.shape(2).dim(0) == 1 { Ok(()) } else { f.length(Place::Operand(2), 0, i64::from(channels)) }
}

/// A window along one axis.
struct Along {
    axis: usize,
    len: u32,
    kernel: u32,
    stride: u32,
    dilation: u32,
    pad: [u32; 2],
}

impl Along {
    fn check(&self, f: &Facts<'_>) -> Result<(), Invalid> {
        let [before, after] = self.pad.map(i64::from);
        let kernel_most = i64::from(MAX_KERNEL);
        within("stride", i64::from(self.stride), 1, i64::from(MAX_STRIDE))?;
        within("dilation", i64::from(self.dilation), 1, kernel_most)?;
        let reach = i64::from(self.kernel).saturating_mul(i64::from(self.dilation));
        within("kernel times dilation", reach, 1, kernel_most)?;
        within("pad", before, 0, kernel_most)?;
        within("pad", after, 0, kernel_most)?;
        // The windows must end exactly where the padded input does.
        let taken = i64::from(self.kernel).saturating_sub(1).saturating_mul(i64::from(self.dilation)).saturating_add(1);
        let padded = i64::from(self.len).saturating_add(before).saturating_add(after);
        let room = padded.saturating_sub(taken);
        let stride = i64::from(self.stride);
        if room < 0 || room.checked_rem(stride) != Some(0) {
            return Err(Invalid::Attribute { name: "kernel reach", found: taken, least: 1, most: padded });
        }
        f.length(Place::Output, self.axis, room.checked_div(stride).unwrap_or(0).saturating_add(1))
    }
}

pub(super) fn matmul(f: &Facts<'_>) -> Result<(), Invalid> {
    use DType::*;
    let out = match f.dtype(0) {
        I8 => I32,
        I16 => I48,
        found => return Err(Invalid::DType { place: Place::Operand(0), found }),
    };
    f.typed(Place::Operand(1), &[f.dtype(0)])?;
    f.typed(Place::Output, &[out])?;
    f.rank(Place::Operand(0), 3, 3)?;
    f.rank(Place::Operand(1), 3, 3)?;
    let [n, h, c, ..] = f.dims(0);
    let [_, _, w, ..] = f.dims(1);
    f.shaped(Place::Operand(1), &[n, c, w])?;
    f.shaped(Place::Output, &[n, h, w])?;
    f.vector(2, f.dtype(0), 1)?;
    f.vector(3, f.dtype(1), 1)
}

pub(super) fn avg_pool2d(f: &Facts<'_>, p: &Pool2d) -> Result<(), Invalid> {
    f.vector(1, f.dtype(0), 1)?;
    f.vector(2, f.out.dtype, 1)?;
    max_pool2d(f, p)
}

pub(super) fn max_pool2d(f: &Facts<'_>, p: &Pool2d) -> Result<(), Invalid> {
    f.typed(Place::Operand(0), SHORT)?;
    f.typed(Place::Output, &[f.dtype(0)])?;
    f.rank(Place::Operand(0), 4, 4)?;
    f.rank(Place::Output, 4, 4)?;
    let [n, height, width, c, ..] = f.dims(0);
    let ([kernel_y, kernel_x], [stride_y, stride_x]) = (p.kernel, p.stride);
    let [top, bottom, left, right] = p.pad;
    for (pad, kernel) in [(top, kernel_y), (bottom, kernel_y), (left, kernel_x), (right, kernel_x)] {
        within("pad", i64::from(pad), 0, i64::from(kernel).saturating_sub(1))?;
    }
    let y = Along { axis: 1, len: height, kernel: kernel_y, stride: stride_y, dilation: 1, pad: [top, bottom] };
    let x = Along { axis: 2, len: width, kernel: kernel_x, stride: stride_x, dilation: 1, pad: [left, right] };
    y.check(f)?;
    x.check(f)?;
    f.length(Place::Output, 0, i64::from(n))?;
    f.length(Place::Output, 3, i64::from(c))
}
