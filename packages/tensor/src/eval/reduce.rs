//! Reductions along one axis.

use super::site::Site;
use crate::Read;

/// The line of input elements along `axis` that the output element reduces: first flat index, step, length.
/// It is the same whether the output keeps the axis with length 1 or drops it.
fn line<R: Read + ?Sized>(s: &Site<R>, axis: u8) -> (u32, u32, u32) {
    let shape = s.shape(0);
    let len = shape.dim(usize::from(axis));
    let step = shape.stride(usize::from(axis)).max(1);
    let outer = s.index.checked_div(step).unwrap_or(0);
    let inner = s.index.checked_rem(step).unwrap_or(0);
    (outer.wrapping_mul(len).wrapping_mul(step).wrapping_add(inner), step, len)
}

pub(super) fn fold<R: Read + ?Sized>(
    s: &mut Site<R>,
    axis: u8,
    init: i64,
    with: fn(i64, i64) -> i64,
) -> Result<i64, R::Error> {
    let (mut index, step, len) = line(s, axis);
    let mut acc = init;
    for _ in 0..len {
        acc = with(acc, s.read(0, index)?);
        index = index.wrapping_add(step);
    }
    Ok(acc)
}

pub(super) fn sum(acc: i64, value: i64) -> i64 {
    acc.wrapping_add(value)
}

pub(super) fn product(acc: i64, value: i64) -> i64 {
    acc.wrapping_mul(value)
}

pub(super) fn all(acc: i64, value: i64) -> i64 {
    acc & i64::from(value != 0)
}

pub(super) fn any(acc: i64, value: i64) -> i64 {
    acc | i64::from(value != 0)
}

/// Position of the largest element, the first of equals.
pub(super) fn argmax<R: Read + ?Sized>(s: &mut Site<R>, axis: u8) -> Result<i64, R::Error> {
    let (mut index, step, len) = line(s, axis);
    let (mut best, mut at) = (i64::MIN, 0);
    for i in 0..len {
        let value = s.read(0, index)?;
        if value > best {
            (best, at) = (value, i);
        }
        index = index.wrapping_add(step);
    }
    Ok(i64::from(at))
}
