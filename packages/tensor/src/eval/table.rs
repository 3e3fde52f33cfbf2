//! TABLE.

use super::site::Site;
use crate::{DType, Read};

/// int8: one of 256 entries. int16: 513 entries, interpolated linearly over 7 bits of fraction.
pub(super) fn table<R: Read + ?Sized>(s: &mut Site<R>) -> Result<i64, R::Error> {
    let value = s.own(0)?;
    if s.dtype(0) != DType::I16 {
        return s.read(1, value.wrapping_add(128).clamp(0, 255) as u32);
    }
    let index = (value.wrapping_add(32768) >> 7).clamp(0, 511) as u32;
    let base = s.read(1, index)?;
    let slope = s.read(1, index.wrapping_add(1))?.wrapping_sub(base);
    Ok((base << 7).wrapping_add(slope.wrapping_mul(value & 0x7f)))
}
