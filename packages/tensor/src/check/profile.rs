//! The types of PRO-INT with DOUBLEROUND, INT16 and INT4, the limits of level 8K, and one of our own.

use crate::types::DType;

/// Largest kernel (times dilation) and padding along an axis: level 8K.
pub(super) const MAX_KERNEL: u32 = 8192;
/// Largest stride: level 8K.
pub(super) const MAX_STRIDE: u32 = 8192;
/// Largest scale of RESIZE, rounded down: level 8K.
pub(super) const MAX_SCALE: i64 = 256;
/// Longest axis of RESIZE.
pub(super) const MAX_RESIZED: i64 = 16383;
/// Most inputs of CONCAT: level 8K.
pub(super) const MAX_INPUTS: usize = 64;
/// Most operand elements that one output element may read.
pub(super) const MAX_READS: u64 = 1 << 24;

/// Integer types that data moving operators take.
pub(super) const MOVED: &[DType] = &[DType::Bool, DType::I8, DType::I16, DType::I32];
pub(super) const WORDS: &[DType] = &[DType::I8, DType::I16, DType::I32];
pub(super) const SHORT: &[DType] = &[DType::I8, DType::I16];
pub(super) const I32: &[DType] = &[DType::I32];
pub(super) const BOOL: &[DType] = &[DType::Bool];
