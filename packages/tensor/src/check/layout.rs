//! Rules of reductions and of operators that move data.

use super::{
    Invalid, Place,
    facts::{Facts, within},
    profile::{MOVED, SHORT},
};
use crate::types::{DType, MAX_RANK};

/// The operand's type is one of `allowed`, the output's is the same, both have this rank or one from 1 up.
fn moved(f: &Facts<'_>, allowed: &[DType]) -> Result<usize, Invalid> {
    f.typed(Place::Operand(0), allowed)?;
    f.typed(Place::Output, &[f.dtype(0)])?;
    f.rank(Place::Operand(0), 1, MAX_RANK)?;
    let rank = f.shape(0).rank();
    f.rank(Place::Output, rank, rank)?;
    Ok(rank)
}

fn axis_of(axis: u8, rank: usize) -> Result<usize, Invalid> {
    within("axis", i64::from(axis), 0, (rank as i64).saturating_sub(1))?;
    Ok(usize::from(axis))
}

pub(super) fn reduce(f: &Facts<'_>, allowed: &[DType], axis: u8) -> Result<(), Invalid> {
    let rank = moved(f, allowed)?;
    let reduced = axis_of(axis, rank)?;
    for (axis, &len) in f.shape(0).dims().iter().enumerate() {
        f.length(Place::Output, axis, if axis == reduced { 1 } else { i64::from(len) })?;
    }
    Ok(())
}

pub(super) fn argmax(f: &Facts<'_>, axis: u8) -> Result<(), Invalid> {
    f.typed(Place::Operand(0), SHORT)?;
    f.typed(Place::Output, &[DType::I32])?;
    f.rank(Place::Operand(0), 1, MAX_RANK)?;
    let rank = f.shape(0).rank();
    let dropped = axis_of(axis, rank)?;
    let kept = rank.saturating_sub(1);
    f.rank(Place::Output, kept, kept)?;
    for axis in 0..kept {
        let from = if axis < dropped { axis } else { axis.saturating_add(1) };
        f.length(Place::Output, axis, i64::from(f.shape(0).dim(from)))?;
    }
    Ok(())
}

pub(super) fn pad(f: &Facts<'_>, before: &[u32; MAX_RANK], after: &[u32; MAX_RANK]) -> Result<(), Invalid> {
    moved(f, MOVED)?;
    for (axis, ((&len, &before), &after)) in f.shape(0).dims().iter().zip(before).zip(after).enumerate() {
        let wanted = i64::from(len).saturating_add(i64::from(before)).saturating_add(i64::from(after));
        f.length(Place::Output, axis, wanted)?;
    }
    f.vector(1, f.dtype(0), 1)
}

pub(super) fn reshape(f: &Facts<'_>) -> Result<(), Invalid> {
    f.typed(Place::Operand(0), MOVED)?;
    f.typed(Place::Output, &[f.dtype(0)])?;
    let (found, wanted) = (f.out.shape.elements(), f.shape(0).elements());
    if found == wanted { Ok(()) } else { Err(Invalid::Elements { found, wanted }) }
}

pub(super) fn transpose(f: &Facts<'_>, perms: &[u8; MAX_RANK]) -> Result<(), Invalid> {
    let rank = moved(f, MOVED)?;
    let mut seen = [false; MAX_RANK];
    for (entry, &found) in perms.iter().take(rank).enumerate() {
        match seen.get_mut(..rank).and_then(|seen| seen.get_mut(usize::from(found))) {
            Some(seen) if !*seen => *seen = true,
            _ => return Err(Invalid::Permutation { entry, found }),
        }
        f.length(Place::Output, entry, i64::from(f.shape(0).dim(usize::from(found))))?;
    }
    Ok(())
}

pub(super) fn slice(f: &Facts<'_>, start: &[u32; MAX_RANK]) -> Result<(), Invalid> {
    moved(f, MOVED)?;
    for ((&len, &start), &size) in f.shape(0).dims().iter().zip(start).zip(f.out.shape.dims()) {
        within("start", i64::from(start), 0, i64::from(len).saturating_sub(i64::from(size)))?;
    }
    Ok(())
}

pub(super) fn concat(f: &Facts<'_>, axis: u8) -> Result<(), Invalid> {
    let rank = moved(f, MOVED)?;
    let along = axis_of(axis, rank)?;
    let mut total = 0i64;
    for (operand, ty) in f.ins.iter().enumerate() {
        let place = Place::Operand(operand);
        f.typed(place, &[f.out.dtype])?;
        f.rank(place, rank, rank)?;
        for (axis, &len) in f.out.shape.dims().iter().enumerate() {
            if axis != along {
                f.length(place, axis, i64::from(len))?;
            }
        }
        total = total.saturating_add(i64::from(ty.shape.dim(along)));
    }
    f.length(Place::Output, along, total)
}

pub(super) fn reverse(f: &Facts<'_>, axis: u8) -> Result<(), Invalid> {
    let rank = moved(f, MOVED)?;
    axis_of(axis, rank)?;
    f.shaped(Place::Output, f.shape(0).dims())
}

pub(super) fn tile(f: &Facts<'_>) -> Result<(), Invalid> {
    moved(f, MOVED)?;
    for (axis, &len) in f.shape(0).dims().iter().enumerate() {
        let found = f.out.shape.dim(axis);
        if found.checked_rem(len) != Some(0) {
            return Err(Invalid::Length {
                place: Place::Output,
                axis,
                found: u64::from(found),
                wanted: i64::from(len),
            });
        }
    }
    Ok(())
}

pub(super) fn gather(f: &Facts<'_>) -> Result<(), Invalid> {
    f.typed(Place::Operand(0), MOVED)?;
    f.typed(Place::Operand(1), &[DType::I32])?;
    f.typed(Place::Output, &[f.dtype(0)])?;
    f.rank(Place::Operand(0), 3, 3)?;
    f.rank(Place::Operand(1), 2, 2)?;
    let [n, _, c, ..] = f.dims(0);
    let [_, w, ..] = f.dims(1);
    f.length(Place::Operand(1), 0, i64::from(n))?;
    f.shaped(Place::Output, &[n, w, c])
}

pub(super) fn scatter(f: &Facts<'_>) -> Result<(), Invalid> {
    f.typed(Place::Operand(0), MOVED)?;
    f.typed(Place::Operand(1), &[DType::I32])?;
    f.typed(Place::Operand(2), &[f.dtype(0)])?;
    f.typed(Place::Output, &[f.dtype(0)])?;
    f.rank(Place::Operand(0), 3, 3)?;
    f.rank(Place::Operand(1), 2, 2)?;
    let [n, k, c, ..] = f.dims(0);
    let [_, w, ..] = f.dims(1);
    f.length(Place::Operand(1), 0, i64::from(n))?;
    f.shaped(Place::Operand(2), &[n, w, c])?;
    f.shaped(Place::Output, &[n, k, c])
}
