//! AVX2. With the other sets of x86, the only unsafe code of this crate.
#![allow(unsafe_code)]

mod depthwise;
mod dot;
mod scale;

use super::{Run, Simd, depthwise::TapPairs, gemm::Pairs, scale::Scale, tile};
use crate::cpu::memory::{Scratch, Tensors};

/// Proof that this machine has AVX2.
#[derive(Clone, Copy, Debug)]
pub struct Avx2(());

/// Rows of a register tile: with two vectors of columns twelve sums.
const ROWS: usize = 6;

impl Simd for Avx2 {
    const NAME: &'static str = "AVX2";
    const ROWS: usize = ROWS;

    fn detect() -> Option<Self> {
        is_x86_feature_detected!("avx2").then_some(Self(()))
    }

    fn enter(self, kernel: &impl Run, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
        // SAFETY: `self` proves that the machine has AVX2.
        unsafe { enter(self, kernel, tensors, scratch, out) }
    }

    fn gemm(self, gemm: &Pairs, to: &mut [i32]) {
        // SAFETY: `self` proves that the machine has AVX2.
        unsafe { pairs(self, gemm, to) }
    }

    fn depthwise(self, depthwise: &TapPairs, to: &mut [i32]) {
        // SAFETY: as above.
        unsafe { depthwise::run(depthwise, to) }
    }

    fn scale(self, scale: &Scale, stride: usize, from: &[i32], to: &mut [i32]) {
        // SAFETY: as above.
        unsafe { scale::to_words(scale, stride, from, to) }
    }

    fn scale_to_bytes(self, scale: &Scale, stride: usize, from: &[i32], to: &mut [u8]) {
        // SAFETY: as above.
        unsafe { scale::to_bytes(scale, stride, from, to) }
    }
}

#[target_feature(enable = "avx2")]
fn enter(avx2: Avx2, kernel: &impl Run, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
    kernel.run(avx2, tensors, scratch, out);
}

#[target_feature(enable = "avx2")]
fn pairs(avx2: Avx2, gemm: &Pairs, to: &mut [i32]) {
    // SAFETY: this function's callers have the instructions.
    unsafe { tile::run::<_, ROWS, 2>(avx2, gemm, to) }
}
