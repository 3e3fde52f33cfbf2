//! AVG_POOL2D and MAX_POOL2D.

use super::{
    conv::Taps,
    rescale::{apply_scale_32, clip},
    site::{Site, flat},
};
use crate::{DType, Read, op::Pool2d};

/// Folds the elements of the input under the window, padding left out; gives the result and how many they were.
fn pool<R: Read + ?Sized>(
    s: &mut Site<R>,
    p: &Pool2d,
    init: i64,
    with: fn(i64, i64) -> i64,
) -> Result<(i64, u32), R::Error> {
    let [n, oy, ox, c, ..] = s.at();
    let [batch, ih, iw, channels, ..] = s.dims(0);
    let [kernel_y, kernel_x] = p.kernel;
    let [stride_y, stride_x] = p.stride;
    let [top, _, left, _] = p.pad;
    let columns = Taps::new(ox, stride_x, left, 1, kernel_x, iw);
    let (mut acc, mut count) = (init, 0u32);
    for (_, y) in Taps::new(oy, stride_y, top, 1, kernel_y, ih) {
        for (_, x) in columns {
            acc = with(acc, s.read(0, flat([batch, ih, iw, channels], [n, y, x, c]))?);
            count = count.wrapping_add(1);
        }
    }
    Ok((acc, count))
}

pub(super) fn max_pool2d<R: Read + ?Sized>(s: &mut Site<R>, p: &Pool2d) -> Result<i64, R::Error> {
    Ok(pool(s, p, s.out.dtype.min(), i64::max)?.0)
}

pub(super) fn avg_pool2d<R: Read + ?Sized>(s: &mut Site<R>, p: &Pool2d) -> Result<i64, R::Error> {
    let (input_zp, output_zp) = (s.scalar(1)?, s.scalar(2)?);
    let (sum, count) = pool(s, p, 0, i64::wrapping_add)?;
    let acc = sum.wrapping_sub(input_zp.wrapping_mul(i64::from(count)));
    let (multiplier, shift) = reciprocal_scale(count);
    let scaled = apply_scale_32(acc, multiplier, shift, false);
    let value = DType::I32.wrap(scaled.wrapping_add(output_zp));
    Ok(clip(value, s.out.dtype.min(), s.out.dtype.max()))
}

/// The multiplier and shift that divide by `count`. A count of 0 (no such window passes the check) counts as 1.
fn reciprocal_scale(count: u32) -> (i64, i64) {
    let count = count.max(1);
    let k = 32u32.wrapping_sub(count.wrapping_sub(1).leading_zeros());
    let numerator = ((1i64 << 30) | 1).wrapping_shl(k);
    let multiplier = numerator.checked_div(i64::from(count)).unwrap_or(0);
    (multiplier, i64::from(k).wrapping_add(30))
}
