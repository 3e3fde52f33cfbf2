//! MATMUL.

use super::site::{Line, Site};
use crate::Read;

pub(super) fn matmul<R: Read + ?Sized>(s: &mut Site<R>) -> Result<i64, R::Error> {
    let [n, row, column, ..] = s.at();
    let [_, height, inner, ..] = s.dims(0);
    let [_, _, width, ..] = s.dims(1);
    let a = Line {
        operand: 0,
        start: n.wrapping_mul(height).wrapping_add(row).wrapping_mul(inner),
        step: 1,
        zero_point: s.scalar(2)?,
    };
    let b = Line {
        operand: 1,
        start: n.wrapping_mul(inner).wrapping_mul(width).wrapping_add(column),
        step: width,
        zero_point: s.scalar(3)?,
    };
    s.dot(a, b, inner)
}
