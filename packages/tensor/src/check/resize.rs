//! Rules of RESIZE.

use super::{
    Invalid, Place,
    facts::{Facts, within},
    profile::{MAX_RESIZED, MAX_SCALE},
};
use crate::{op::Resize, types::DType};

pub(super) fn resize(f: &Facts<'_>, r: &Resize) -> Result<(), Invalid> {
    use DType::*;
    let out = match (f.dtype(0), r.bilinear) {
        (I8, true) => I32,
        (I16, true) => I48,
        (same @ (I8 | I16), false) => same,
        (found, _) => return Err(Invalid::DType { place: Place::Operand(0), found }),
    };
    f.typed(Place::Output, &[out])?;
    f.rank(Place::Operand(0), 4, 4)?;
    f.rank(Place::Output, 4, 4)?;
    let [n, height, width, c, ..] = f.dims(0);
    f.length(Place::Output, 0, i64::from(n))?;
    f.length(Place::Output, 3, i64::from(c))?;
    let ([scale_y, scale_x], [offset_y, offset_x], [border_y, border_x]) = (r.scale, r.offset, r.border);
    along(f, 1, height, scale_y, offset_y, border_y)?;
    along(f, 2, width, scale_x, offset_x, border_x)
}

fn along(f: &Facts<'_>, axis: usize, len: u32, scale: [u32; 2], offset: i32, border: i32) -> Result<(), Invalid> {
    let [numerator, denominator] = scale.map(i64::from);
    let [offset, border, len, out] = [offset.into(), border.into(), len.into(), f.out.shape.dim(axis).into()];
    for len in [len, out] {
        within("resized length", len, 1, MAX_RESIZED)?;
    }
    within("scale's numerator", numerator, 1, 1 << 11)?;
    let most = numerator.saturating_mul(16);
    within("scale's denominator", denominator, 1, most.saturating_sub(1))?;
    within("scale", numerator.checked_div(denominator).unwrap_or(0), 0, MAX_SCALE)?;
    within("offset", offset, numerator.saturating_neg(), most.saturating_sub(1))?;
    within("border", border, most.saturating_neg(), numerator.saturating_sub(1))?;
    // The last output position lies exactly the border behind the last input position.
    let last = |len: i64, step: i64| len.saturating_sub(1).saturating_mul(step);
    let wanted = last(out, denominator).saturating_add(offset).saturating_sub(last(len, numerator));
    within("border", border, wanted, wanted)
}
