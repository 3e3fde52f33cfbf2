//! RESCALE and the scaling it shares with AVG_POOL2D.

use super::site::Site;
use crate::{DType, Read, op::Rescale};

pub(super) fn rescale<R: Read + ?Sized>(s: &mut Site<R>, r: &Rescale) -> Result<i64, R::Error> {
    let channel = if r.per_channel { channel(s) } else { 0 };
    let (multiplier, shift) = (s.read(1, channel)?, s.read(2, channel)?);
    let (input_zp, output_zp) = (s.scalar(3)?, s.scalar(4)?);
    let (input, output) = (s.dtype(0), s.out.dtype);

    let extend = |value| if r.input_unsigned { input.zero_extend(value) } else { value };
    let value = extend(s.own(0)?).wrapping_sub(extend(input_zp));
    let scaled = if r.scale32 {
        apply_scale_32(value, multiplier, shift, r.double_round)
    } else {
        apply_scale_16(value, multiplier, shift)
    };
    let (zero_point, min, max) = if r.output_unsigned {
        (output.zero_extend(output_zp), 0, output.unsigned_max())
    } else {
        (output_zp, output.min(), output.max())
    };
    Ok(clip(DType::I32.wrap(scaled.wrapping_add(zero_point)), min, max))
}

/// Position along the last axis.
fn channel<R: Read + ?Sized>(s: &Site<R>) -> u32 {
    let last = s.out.shape.rank().saturating_sub(1);
    s.index.checked_rem(s.out.shape.dim(last)).unwrap_or(0)
}

/// `value` (int32) · `multiplier` / 2^`shift`, rounded to nearest, with `double_round` as TOSA's extension has it.
/// The result is an int32.
pub(super) fn apply_scale_32(value: i64, multiplier: i64, shift: i64, double_round: bool) -> i64 {
    let value = DType::I32.wrap(value);
    let shift = shift.clamp(2, 62) as u32;
    let mut round = 1i64.wrapping_shl(shift.wrapping_sub(1));
    if double_round && shift > 31 {
        round = if value >= 0 { round.wrapping_add(1 << 30) } else { round.wrapping_sub(1 << 30) };
    }
    scale(value, multiplier, round, shift)
}

/// `value` (int48) · `multiplier` (int16) / 2^`shift`, rounded to nearest. The result is an int32.
fn apply_scale_16(value: i64, multiplier: i64, shift: i64) -> i64 {
    let shift = shift.clamp(2, 62) as u32;
    scale(DType::I48.wrap(value), multiplier, 1i64.wrapping_shl(shift.wrapping_sub(1)), shift)
}

fn scale(value: i64, multiplier: i64, round: i64, shift: u32) -> i64 {
    DType::I32.wrap(value.wrapping_mul(multiplier).wrapping_add(round).wrapping_shr(shift))
}

/// `value` brought into `min..=max`; `max` wins where they cross.
pub(super) fn clip(value: i64, min: i64, max: i64) -> i64 {
    value.max(min).min(max)
}
