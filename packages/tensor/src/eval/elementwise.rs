//! Operators whose output element depends on the operands' elements at the same position.
//!
//! Binary and unary functions take the operand's type and its values; the caller wraps the result at the output's
//! width.

use super::{rescale::clip, site::Site};
use crate::{DType, Read};

pub(super) fn binary<R: Read + ?Sized>(s: &mut Site<R>, f: fn(DType, i64, i64) -> i64) -> Result<i64, R::Error> {
    let a = s.own(0)?;
    let b = s.own(1)?;
    Ok(f(s.dtype(0), a, b))
}

pub(super) fn unary<R: Read + ?Sized>(s: &mut Site<R>, f: fn(i64) -> i64) -> Result<i64, R::Error> {
    Ok(f(s.own(0)?))
}

pub(super) fn add(_: DType, a: i64, b: i64) -> i64 {
    a.wrapping_add(b)
}

pub(super) fn sub(_: DType, a: i64, b: i64) -> i64 {
    a.wrapping_sub(b)
}

pub(super) fn intdiv(_: DType, a: i64, b: i64) -> i64 {
    a.checked_div(b).unwrap_or(0)
}

pub(super) fn maximum(_: DType, a: i64, b: i64) -> i64 {
    a.max(b)
}

pub(super) fn minimum(_: DType, a: i64, b: i64) -> i64 {
    a.min(b)
}

pub(super) fn and(_: DType, a: i64, b: i64) -> i64 {
    a & b
}

pub(super) fn or(_: DType, a: i64, b: i64) -> i64 {
    a | b
}

pub(super) fn xor(_: DType, a: i64, b: i64) -> i64 {
    a ^ b
}

pub(super) fn equal(_: DType, a: i64, b: i64) -> i64 {
    i64::from(a == b)
}

pub(super) fn greater(_: DType, a: i64, b: i64) -> i64 {
    i64::from(a > b)
}

pub(super) fn greater_equal(_: DType, a: i64, b: i64) -> i64 {
    i64::from(a >= b)
}

/// A shift amount brought into 0..=bits − 1.
fn amount(dtype: DType, by: i64) -> u32 {
    by.clamp(0, i64::from(dtype.bits()).wrapping_sub(1)) as u32
}

pub(super) fn arithmetic_right_shift(dtype: DType, a: i64, b: i64) -> i64 {
    a.wrapping_shr(amount(dtype, b))
}

pub(super) fn arithmetic_right_shift_round(dtype: DType, a: i64, b: i64) -> i64 {
    match amount(dtype, b) {
        0 => a,
        by => {
            let last = a.wrapping_shr(by.wrapping_sub(1));
            (last >> 1).wrapping_add(last & 1)
        }
    }
}

pub(super) fn logical_left_shift(dtype: DType, a: i64, b: i64) -> i64 {
    a.wrapping_shl(amount(dtype, b))
}

pub(super) fn logical_right_shift(dtype: DType, a: i64, b: i64) -> i64 {
    dtype.zero_extend(a).wrapping_shr(amount(dtype, b))
}

pub(super) fn abs(a: i64) -> i64 {
    a.wrapping_abs()
}

pub(super) fn bitwise_not(a: i64) -> i64 {
    !a
}

pub(super) fn logical_not(a: i64) -> i64 {
    a ^ 1
}

/// Leading zeros at 32 bits, the only width TOSA has it for.
pub(super) fn clz(a: i64) -> i64 {
    i64::from((a as u32).leading_zeros())
}

pub(super) fn mul<R: Read + ?Sized>(s: &mut Site<R>) -> Result<i64, R::Error> {
    let a = s.own(0)?;
    let product = a.wrapping_mul(s.own(1)?);
    if s.dtype(0) != DType::I32 {
        return Ok(product);
    }
    Ok(match s.scalar(2)?.clamp(0, 63) as u32 {
        0 => product,
        shift => product.wrapping_add(1i64.wrapping_shl(shift.wrapping_sub(1))).wrapping_shr(shift),
    })
}

/// Reads the chosen side only.
pub(super) fn select<R: Read + ?Sized>(s: &mut Site<R>) -> Result<i64, R::Error> {
    let side = if s.own(0)? != 0 { 1 } else { 2 };
    s.own(side)
}

pub(super) fn clamp<R: Read + ?Sized>(s: &mut Site<R>, min: i64, max: i64) -> Result<i64, R::Error> {
    Ok(clip(s.own(0)?, min, max))
}

pub(super) fn negate<R: Read + ?Sized>(s: &mut Site<R>) -> Result<i64, R::Error> {
    let value = s.own(0)?.wrapping_sub(s.scalar(1)?);
    let value = DType::I32.wrap(value.wrapping_neg().wrapping_add(s.scalar(2)?));
    Ok(clip(value, s.out.dtype.min(), s.out.dtype.max()))
}

/// A cast to bool asks whether the value is 0; every other cast keeps the low bits.
pub(super) fn cast<R: Read + ?Sized>(s: &mut Site<R>) -> Result<i64, R::Error> {
    let value = s.own(0)?;
    Ok(if s.out.dtype == DType::Bool { i64::from(value != 0) } else { value })
}
