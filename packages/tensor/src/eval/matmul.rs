//! MATMUL.

use super::site::{Rows, Site};
use crate::Read;

pub(super) fn matmul<R: Read + ?Sized>(s: &mut Site<R>) -> Result<i64, R::Error> {
    let [n, row, column, ..] = s.at();
    let [_, height, inner, ..] = s.dims(0);
    let [_, _, width, ..] = s.dims(1);
    let (mut a, mut b) = (Rows::one(0, s.scalar(2)?), Rows::one(1, s.scalar(3)?));
    a.start = n.wrapping_mul(height).wrapping_add(row).wrapping_mul(inner);
    b.start = n.wrapping_mul(inner).wrapping_mul(width).wrapping_add(column);
    b.step = width;
    s.dot(a, b, [1, inner])
}
