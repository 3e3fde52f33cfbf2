//! TRANSPOSE_CONV2D.

use super::{
    conv::bias,
    site::{Rows, Site, flat},
};
use crate::{Read, op::Transposed2d};

/// The taps along one axis that bring an input element to output position `at`: (position in the kernel, position in
/// the input), every stride-th of the kernel.
fn taps(at: u32, stride: u32, pad: i32, kernel: u32, len: u32) -> impl Iterator<Item = (u32, u32)> + Clone {
    let stride = i64::from(stride.max(1));
    let at = i64::from(at).wrapping_sub(i64::from(pad));
    // Input y meets the output through tap at − y · stride, which is below the kernel's length.
    let last = at.checked_div_euclid(stride).unwrap_or(0);
    let first = at.wrapping_sub(i64::from(kernel)).checked_div_euclid(stride).unwrap_or(0).wrapping_add(1);
    let from = first.max(0);
    let until = last.wrapping_add(1).min(i64::from(len));
    (from..until.max(from)).map(move |y| (at.wrapping_sub(y.wrapping_mul(stride)) as u32, y as u32)).rev()
}

pub(super) fn transpose_conv2d<R: Read + ?Sized>(s: &mut Site<R>, t: &Transposed2d) -> Result<i64, R::Error> {
    let [n, oy, ox, oc, ..] = s.at();
    let [batch, ih, iw, ic, ..] = s.dims(0);
    let [filters, kh, kw, ..] = s.dims(1);
    let ([stride_y, stride_x], [top, _, left, _]) = (t.stride, t.out_pad);
    let (mut input, mut weight) = (Rows::one(0, s.scalar(3)?), Rows::one(1, s.scalar(4)?));
    let mut acc = bias(s, oc)?;
    let columns = taps(ox, stride_x, left, kw, iw);
    for (ky, y) in taps(oy, stride_y, top, kh, ih) {
        for (kx, x) in columns.clone() {
            input.start = flat([batch, ih, iw, ic], [n, y, x, 0]);
            weight.start = flat([filters, kh, kw, ic], [oc, ky, kx, 0]);
            acc = acc.wrapping_add(s.dot(input, weight, [1, ic])?);
        }
    }
    Ok(acc)
}
