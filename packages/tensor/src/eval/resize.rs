//! RESIZE.

use super::site::{Site, flat};
use crate::{Read, op::Resize};

impl Resize {
    /// The one or two neighbouring positions of `len` that output position `at` reads along y (`side` 0) or x (1), each
    /// with its weight: the second isn't read where that is 0.
    pub fn taps(&self, side: usize, at: u32, len: u32) -> [(u32, i64); 2] {
        let [numerator, denominator] = self.scale.get(side).copied().unwrap_or([1; 2]).map(i64::from);
        let offset = self.offset.get(side).copied().unwrap_or(0);
        let numerator = numerator.max(1);
        let place = i64::from(at).wrapping_mul(denominator).wrapping_add(i64::from(offset));
        let before = place.checked_div_euclid(numerator).unwrap_or(0);
        let rest = place.checked_rem_euclid(numerator).unwrap_or(0);
        let inside = |at: i64| at.clamp(0, i64::from(len.max(1)).wrapping_sub(1)) as u32;
        let [here, next] = [before, before.wrapping_add(1)].map(inside);
        if !self.bilinear {
            return [(if rest.wrapping_mul(2) < numerator { here } else { next }, 1), (0, 0)];
        }
        let behind = if here == next { 0 } else { rest };
        [(here, numerator.wrapping_sub(behind)), (next, behind)]
    }
}

pub(super) fn resize<R: Read + ?Sized>(s: &mut Site<R>, r: &Resize) -> Result<i64, R::Error> {
    let [n, oy, ox, c, ..] = s.at();
    let [batch, ih, iw, channels, ..] = s.dims(0);
    let columns = r.taps(1, ox, iw);
    let mut acc = 0i64;
    for (y, of_row) in r.taps(0, oy, ih) {
        for (x, of_column) in columns {
            let weight = of_row.wrapping_mul(of_column);
            if weight != 0 {
                let value = s.read(0, flat([batch, ih, iw, channels], [n, y, x, c]))?;
                acc = acc.wrapping_add(value.wrapping_mul(weight));
            }
        }
    }
    Ok(acc)
}
