//! CONV2D, CONV3D and DEPTHWISE_CONV2D.

use super::site::{Rows, Site, flat};
use crate::{
    Read,
    op::{Window2d, Window3d},
};

/// The taps of a window along one axis that fall inside the input: padding contributes nothing and isn't visited.
/// Yields (position in the kernel, position in the input).
#[derive(Clone, Copy)]
pub(super) struct Taps {
    kernel: u32,
    end: u32,
    input: u32,
    dilation: u32,
}

impl Taps {
    /// Output position `at`, a kernel of `kernel` taps, an input of `len` elements.
    pub fn new(at: u32, stride: u32, pad: u32, dilation: u32, kernel: u32, len: u32) -> Self {
        let dilation = dilation.max(1);
        let first = i64::from(at).wrapping_mul(i64::from(stride)).wrapping_sub(i64::from(pad));
        let step = i64::from(dilation);
        // Number of taps before input position `to`: ⌈(to − first) / dilation⌉.
        let reach = |to: i64| {
            let taps = to.wrapping_sub(first).wrapping_add(step).wrapping_sub(1).checked_div(step).unwrap_or(0);
            taps.clamp(0, i64::from(kernel)) as u32
        };
        let start = reach(0);
        let input = first.wrapping_add(i64::from(start).wrapping_mul(step)) as u32;
        Self { kernel: start, end: reach(i64::from(len)), input, dilation }
    }
}

impl Taps {
    fn taps(&self) -> u32 {
        self.end.saturating_sub(self.kernel)
    }
}

impl Iterator for Taps {
    type Item = (u32, u32);

    fn next(&mut self) -> Option<(u32, u32)> {
        if self.kernel >= self.end {
            return None;
        }
        let tap = (self.kernel, self.input);
        self.kernel = self.kernel.wrapping_add(1);
        self.input = self.input.wrapping_add(self.dilation);
        Some(tap)
    }
}

/// The taps along y and x of the window at output position (`y`, `x`).
fn window(w: &Window2d, [y, x]: [u32; 2], kernel: [u32; 2], [height, width]: [u32; 2]) -> (Taps, Taps) {
    let [stride_y, stride_x] = w.stride;
    let [dilation_y, dilation_x] = w.dilation;
    let [top, _, left, _] = w.pad;
    let [kernel_y, kernel_x] = kernel;
    (
        Taps::new(y, stride_y, top, dilation_y, kernel_y, height),
        Taps::new(x, stride_x, left, dilation_x, kernel_x, width),
    )
}

pub(super) fn conv2d<R: Read + ?Sized>(s: &mut Site<R>, w: &Window2d) -> Result<i64, R::Error> {
    let [n, oy, ox, oc, ..] = s.at();
    let [_, ih, iw, ic, ..] = s.dims(0);
    let [_, kh, kw, ..] = s.dims(1);
    let taps = window(w, [oy, ox], [kh, kw], [ih, iw]);
    let operands = operands(s)?;
    let acc = bias(s, oc)?;
    Ok(acc.wrapping_add(plane(s, taps, operands, [n, oc], [ih, iw, ic], [kh, kw])?))
}

pub(super) fn conv3d<R: Read + ?Sized>(s: &mut Site<R>, w: &Window3d) -> Result<i64, R::Error> {
    let [n, oz, oy, ox, oc, ..] = s.at();
    let [_, id, ih, iw, ic, ..] = s.dims(0);
    let [_, kd, kh, kw, ..] = s.dims(1);
    let ([front, _, top, bottom, left, right], [stride_z, y, x], [dilation_z, down, across]) =
        (w.pad, w.stride, w.dilation);
    let sides = Window2d { pad: [top, bottom, left, right], stride: [y, x], dilation: [down, across] };
    let taps = window(&sides, [oy, ox], [kh, kw], [ih, iw]);
    let operands = operands(s)?;
    let mut acc = bias(s, oc)?;
    for (kz, z) in Taps::new(oz, stride_z, front, dilation_z, kd, id) {
        let planes = [n.wrapping_mul(id).wrapping_add(z), oc.wrapping_mul(kd).wrapping_add(kz)];
        acc = acc.wrapping_add(plane(s, taps, operands, planes, [ih, iw, ic], [kh, kw])?);
    }
    Ok(acc)
}

/// Rows of input and weight, with their zero points.
fn operands<R: Read + ?Sized>(s: &mut Site<R>) -> Result<[Rows; 2], R::Error> {
    Ok([Rows::one(0, s.scalar(3)?), Rows::one(1, s.scalar(4)?)])
}

/// The products of one plane of the input with one of the weight, whose numbers are `planes`.
fn plane<R: Read + ?Sized>(
    s: &mut Site<R>,
    (rows, columns): (Taps, Taps),
    [mut input, mut weight]: [Rows; 2],
    [image, filter]: [u32; 2],
    [height, width, channels]: [u32; 3],
    [kernel_y, kernel_x]: [u32; 2],
) -> Result<i64, R::Error> {
    input.row = rows.dilation.wrapping_mul(width).wrapping_mul(channels);
    weight.row = kernel_x.wrapping_mul(channels);
    input.start = flat([1, height, width, channels], [image, rows.input, columns.input, 0]);
    weight.start = flat([1, kernel_y, kernel_x, channels], [filter, rows.kernel, columns.kernel, 0]);
    if columns.dilation == 1 {
        // Taps side by side are one row.
        return s.dot(input, weight, [rows.taps(), columns.taps().wrapping_mul(channels)]);
    }
    let mut acc = 0i64;
    for _ in rows {
        let (mut x, mut y) = (input, weight);
        for _ in columns {
            acc = acc.wrapping_add(s.dot(x, y, [1, channels])?);
            (x, y) = (x.skip(columns.dilation.wrapping_mul(channels)), y.skip(channels));
        }
        (input, weight) = (input.skip_rows(1), weight.skip_rows(1));
    }
    Ok(acc)
}

pub(super) fn depthwise_conv2d<R: Read + ?Sized>(s: &mut Site<R>, w: &Window2d) -> Result<i64, R::Error> {
    let [n, oy, ox, oc, ..] = s.at();
    let [batch, ih, iw, channels, ..] = s.dims(0);
    let [kh, kw, _, multiplier, ..] = s.dims(1);
    let c = oc.checked_div(multiplier).unwrap_or(0);
    let m = oc.checked_rem(multiplier).unwrap_or(0);
    let (rows, columns) = window(w, [oy, ox], [kh, kw], [ih, iw]);
    let [mut input, mut weight] = operands(s)?;
    (input.step, weight.step) = (columns.dilation.wrapping_mul(channels), channels.wrapping_mul(multiplier));
    (input.row, weight.row) = (rows.dilation.wrapping_mul(iw).wrapping_mul(channels), kw.wrapping_mul(weight.step));
    input.start = flat([batch, ih, iw, channels], [n, rows.input, columns.input, c]);
    weight.start = flat([kh, kw, channels, multiplier], [rows.kernel, columns.kernel, c, m]);
    let acc = bias(s, oc)?;
    Ok(acc.wrapping_add(s.dot(input, weight, [rows.taps(), columns.taps()])?))
}

/// A bias of one element serves every channel.
pub(super) fn bias<R: Read + ?Sized>(s: &mut Site<R>, channel: u32) -> Result<i64, R::Error> {
    let index = if s.shape(2).elements() == 1 { 0 } else { channel };
    s.read(2, index)
}
