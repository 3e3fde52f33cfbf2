//! Data movement: which input element an output element is.

use super::site::Site;
use crate::{Read, types::MAX_RANK};

/// RESHAPE and IDENTITY keep the flat index.
pub(super) fn same<R: Read + ?Sized>(s: &mut Site<R>) -> Result<i64, R::Error> {
    s.read(0, s.index)
}

pub(super) fn pad<R: Read + ?Sized>(s: &mut Site<R>, before: &[u32; MAX_RANK]) -> Result<i64, R::Error> {
    let shape = s.shape(0);
    let mut at = s.at();
    for ((at, before), dim) in at.iter_mut().zip(before).zip(shape.dims()) {
        *at = match at.checked_sub(*before) {
            Some(inside) if inside < *dim => inside,
            _ => return s.scalar(1),
        };
    }
    s.read(0, shape.index(&at))
}

pub(super) fn transpose<R: Read + ?Sized>(s: &mut Site<R>, perms: &[u8; MAX_RANK]) -> Result<i64, R::Error> {
    let shape = s.shape(0);
    let mut index = 0u32;
    for (at, perm) in s.at().into_iter().zip(perms).take(shape.rank()) {
        index = index.wrapping_add(at.wrapping_mul(shape.stride(usize::from(*perm))));
    }
    s.read(0, index)
}

pub(super) fn slice<R: Read + ?Sized>(s: &mut Site<R>, start: &[u32; MAX_RANK]) -> Result<i64, R::Error> {
    let mut at = s.at();
    for (at, start) in at.iter_mut().zip(start) {
        *at = at.wrapping_add(*start);
    }
    s.read(0, s.shape(0).index(&at))
}

pub(super) fn concat<R: Read + ?Sized>(s: &mut Site<R>, axis: u8) -> Result<i64, R::Error> {
    let axis = usize::from(axis);
    let mut at = s.at();
    for (operand, ty) in s.ins.iter().enumerate() {
        let Some(along) = at.get_mut(axis) else { break };
        match along.checked_sub(ty.shape.dim(axis)) {
            Some(beyond) => *along = beyond,
            None => return s.read(operand, ty.shape.index(&at)),
        }
    }
    Ok(0)
}

pub(super) fn reverse<R: Read + ?Sized>(s: &mut Site<R>, axis: u8) -> Result<i64, R::Error> {
    let shape = s.shape(0);
    let mut at = s.at();
    if let Some(along) = at.get_mut(usize::from(axis)) {
        *along = shape.dim(usize::from(axis)).wrapping_sub(1).wrapping_sub(*along);
    }
    s.read(0, shape.index(&at))
}

pub(super) fn tile<R: Read + ?Sized>(s: &mut Site<R>) -> Result<i64, R::Error> {
    let shape = s.shape(0);
    let mut at = s.at();
    for (at, dim) in at.iter_mut().zip(shape.dims()) {
        *at = at.checked_rem(*dim).unwrap_or(0);
    }
    s.read(0, shape.index(&at))
}

pub(super) fn gather<R: Read + ?Sized>(s: &mut Site<R>) -> Result<i64, R::Error> {
    let [n, w, c, ..] = s.at();
    let [_, rows, channels, ..] = s.dims(0);
    let [_, width, ..] = s.dims(1);
    let chosen = s.read(1, n.wrapping_mul(width).wrapping_add(w))?;
    let k = chosen.clamp(0, i64::from(rows.max(1)).wrapping_sub(1)) as u32;
    s.read(0, n.wrapping_mul(rows).wrapping_add(k).wrapping_mul(channels).wrapping_add(c))
}

pub(super) fn scatter<R: Read + ?Sized>(s: &mut Site<R>) -> Result<i64, R::Error> {
    let [n, k, c, ..] = s.at();
    let [_, width, ..] = s.dims(1);
    let [_, _, channels, ..] = s.dims(2);
    let mut last = None;
    for w in 0..width {
        let row = n.wrapping_mul(width).wrapping_add(w);
        if s.read(1, row)? == i64::from(k) {
            last = Some(row);
        }
    }
    match last {
        Some(row) => s.read(2, row.wrapping_mul(channels).wrapping_add(c)),
        None => same(s),
    }
}
