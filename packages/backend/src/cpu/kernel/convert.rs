//! Between canonical bytes and int32, which all kernels compute in.

use tequio_tensor::DType;

/// Elements of at most 32 bits, sign-extended.
#[inline(always)]
pub fn widen(bytes: &[u8], dtype: DType, to: &mut [i32]) {
    match dtype.bytes() {
        1 => bytes.iter().zip(to).for_each(|(from, to)| *to = *from as i8 as i32),
        2 => bytes.as_chunks().0.iter().zip(to).for_each(|(from, to)| *to = i16::from_le_bytes(*from) as i32),
        _ => bytes.as_chunks().0.iter().zip(to).for_each(|(from, to)| *to = i32::from_le_bytes(*from)),
    }
}

/// Values that the type has, as its canonical bytes.
#[inline(always)]
pub fn narrow(from: &[i32], dtype: DType, to: &mut [u8]) {
    match dtype.bytes() {
        1 => from.iter().zip(to).for_each(|(from, to)| *to = *from as u8),
        2 => from.iter().zip(to.as_chunks_mut().0).for_each(|(from, to)| *to = (*from as i16).to_le_bytes()),
        _ => from.iter().zip(to.as_chunks_mut().0).for_each(|(from, to)| *to = from.to_le_bytes()),
    }
}

/// One value of the width of `bytes`.
pub fn store(bytes: &mut [u8], value: i64) {
    bytes.copy_from_slice(&value.to_le_bytes()[..bytes.len()]);
}
