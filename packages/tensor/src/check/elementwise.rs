//! Rules of operators that work position by position.

use super::{
    Invalid, Place,
    facts::{Facts, within},
    profile::{MOVED, SHORT, WORDS},
};
use crate::{op::Rescale, types::DType};

/// Two operands of one of the types `allowed`, broadcast; the output of type `out`, or of theirs.
pub(super) fn binary(f: &Facts<'_>, allowed: &[DType], out: Option<DType>) -> Result<(), Invalid> {
    f.typed(Place::Operand(0), allowed)?;
    f.typed(Place::Operand(1), &[f.dtype(0)])?;
    f.typed(Place::Output, &[out.unwrap_or(f.dtype(0))])?;
    f.broadcast(2)
}

pub(super) fn unary(f: &Facts<'_>, allowed: &[DType]) -> Result<(), Invalid> {
    f.typed(Place::Operand(0), allowed)?;
    f.typed(Place::Output, &[f.dtype(0)])?;
    f.shaped(Place::Output, f.shape(0).dims())
}

pub(super) fn mul(f: &Facts<'_>) -> Result<(), Invalid> {
    binary(f, WORDS, Some(DType::I32))?;
    f.vector(2, DType::I8, 1)
}

pub(super) fn select(f: &Facts<'_>) -> Result<(), Invalid> {
    f.typed(Place::Operand(0), &[DType::Bool])?;
    f.typed(Place::Operand(1), MOVED)?;
    f.typed(Place::Operand(2), &[f.dtype(1)])?;
    f.typed(Place::Output, &[f.dtype(1)])?;
    f.broadcast(3)
}

pub(super) fn clamp(f: &Facts<'_>, min: i64, max: i64) -> Result<(), Invalid> {
    unary(f, SHORT)?;
    within("min_val", min, f.out.dtype.min(), f.out.dtype.max())?;
    within("max_val", max, min, f.out.dtype.max())
}

pub(super) fn negate(f: &Facts<'_>) -> Result<(), Invalid> {
    unary(f, WORDS)?;
    f.vector(1, f.dtype(0), 1)?;
    f.vector(2, f.dtype(0), 1)
}

pub(super) fn cast(f: &Facts<'_>) -> Result<(), Invalid> {
    f.typed(Place::Operand(0), MOVED)?;
    f.typed(Place::Output, MOVED)?;
    if f.dtype(0) == f.out.dtype {
        return Err(Invalid::DType { place: Place::Output, found: f.out.dtype });
    }
    f.shaped(Place::Output, f.shape(0).dims())
}

pub(super) fn table(f: &Facts<'_>) -> Result<(), Invalid> {
    f.typed(Place::Operand(0), SHORT)?;
    let (entries, out) = if f.dtype(0) == DType::I8 { (256, DType::I8) } else { (513, DType::I32) };
    f.typed(Place::Output, &[out])?;
    f.vector(1, f.dtype(0), entries)?;
    f.shaped(Place::Output, f.shape(0).dims())
}

pub(super) fn rescale(f: &Facts<'_>, r: &Rescale) -> Result<(), Invalid> {
    use DType::*;
    let (input, output) = (f.dtype(0), f.out.dtype);
    f.typed(Place::Operand(0), &[I8, I16, I32, I48])?;
    f.typed(Place::Output, WORDS)?;
    f.shaped(Place::Output, f.shape(0).dims())?;
    let forbidden = [
        (r.scale32 && input == I48, "int48 takes no 32-bit multiplier"),
        (!r.scale32 && r.double_round, "double rounding needs a 32-bit multiplier"),
        (r.input_unsigned && r.output_unsigned, "both sides unsigned"),
        (r.input_unsigned && output == I32, "unsigned to int32"),
        (r.output_unsigned && (input == I32 || input == I48), "int32 or int48 to unsigned"),
        (r.input_unsigned && (input == I32 || input == I48), "no unsigned input of this width"),
        (r.output_unsigned && output == I32, "no unsigned output of this width"),
        (r.per_channel && f.shape(0).rank() < 1, "a scalar has no channels"),
    ];
    if let Some((_, rule)) = forbidden.into_iter().find(|(broken, _)| *broken) {
        return Err(Invalid::Rescale { rule });
    }
    let last = f.shape(0).rank().saturating_sub(1);
    let channels = if r.per_channel { f.shape(0).dim(last) } else { 1 };
    f.vector(1, if r.scale32 { I32 } else { I16 }, channels)?;
    f.vector(2, I8, channels)?;
    f.vector(3, input, 1)?;
    f.vector(4, output, 1)
}
