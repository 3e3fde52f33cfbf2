//! AVX2 with VNNI: dot products that add to their accumulators in one instruction, in vectors of 256 bits.
#![allow(unsafe_code, reason = "intrinsics")]

use std::arch::x86_64::*;

use super::{
    Run, Simd,
    avx2::Avx2,
    depthwise::{TapPairs, TapQuads},
    gemm::{GROUP, Pairs, Quads},
    interleave::{self, Interleave},
    scale::Scale,
    tile::{self, Dot},
};
use crate::cpu::memory::{Scratch, Tensors};

/// Proof that this machine has AVX-VNNI, and AVX2, whose vectors it has.
#[derive(Clone, Copy, Debug)]
pub struct AvxVnni(Avx2);

/// Rows of a register tile: with two vectors of columns twelve sums.
const ROWS: usize = 6;

impl Simd for AvxVnni {
    const NAME: &'static str = "AVX-VNNI";
    const TOGETHER: usize = 4;
    const ROWS: usize = ROWS;

    fn detect() -> Option<Self> {
        Avx2::detect().filter(|_| is_x86_feature_detected!("avxvnni")).map(Self)
    }

    fn enter(self, kernel: &impl Run, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
        // SAFETY: `self` proves that the machine has these.
        unsafe { enter(self, kernel, tensors, scratch, out) }
    }

    fn gemm(self, gemm: &Pairs, to: &mut [i32]) {
        self.0.gemm(gemm, to);
    }

    fn gemm_bytes(self, gemm: &Quads, to: &mut [i32]) {
        // SAFETY: as above.
        unsafe { quads(self, gemm, to) }
    }

    fn depthwise(self, depthwise: &TapPairs, to: &mut [i32]) {
        self.0.depthwise(depthwise, to);
    }

    fn depthwise_bytes(self, depthwise: &TapQuads, to: &mut [i32]) {
        // SAFETY: as above.
        unsafe { taps(self, depthwise, to) }
    }

    fn scale(self, scale: &Scale, stride: usize, from: &[i32], to: &mut [i32]) {
        self.0.scale(scale, stride, from, to);
    }

    fn scale_to_bytes(self, scale: &Scale, stride: usize, from: &[i32], to: &mut [u8]) {
        self.0.scale_to_bytes(scale, stride, from, to);
    }
}

#[target_feature(enable = "avx2,avxvnni")]
fn enter(simd: AvxVnni, kernel: &impl Run, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
    kernel.run(simd, tensors, scratch, out);
}

#[target_feature(enable = "avx2,avxvnni")]
fn quads(simd: AvxVnni, gemm: &Quads, to: &mut [i32]) {
    // SAFETY: this function's callers have the instructions.
    unsafe { tile::run::<_, ROWS, 4>(simd, gemm, to) }
}

#[target_feature(enable = "avx2,avxvnni")]
fn taps(simd: AvxVnni, taps: &TapQuads, to: &mut [i32]) {
    // SAFETY: as above.
    unsafe { interleave::run(simd, taps, to) }
}

// SAFETY: a vector is one group.
unsafe impl Dot for AvxVnni {
    type Element = u8;
    type Weight = i8;
    type Vector = __m256i;
    type Column = i32;
    const COLUMNS: usize = GROUP;

    #[inline(always)]
    unsafe fn load<const HALF: bool>(self, from: *const i32) -> __m256i {
        // SAFETY: the caller's.
        unsafe { Dot::load::<HALF>(self.0, from) }
    }

    #[inline(always)]
    unsafe fn store<const HALF: bool>(self, to: *mut i32, vector: __m256i) {
        // SAFETY: the caller's.
        unsafe { Dot::store::<HALF>(self.0, to, vector) }
    }

    #[inline(always)]
    unsafe fn splat(self, elements: i32) -> __m256i {
        // SAFETY: the caller's.
        unsafe { Dot::splat(self.0, elements) }
    }

    /// `vpdpbusd`, which does not saturate.
    #[inline(always)]
    unsafe fn dot(self, sums: __m256i, elements: __m256i, weights: __m256i) -> __m256i {
        // SAFETY: the caller's.
        unsafe { _mm256_dpbusd_avx_epi32(sums, elements, weights) }
    }
}

// SAFETY: a vector of bytes is four a lane.
unsafe impl Interleave for AvxVnni {
    #[inline(always)]
    unsafe fn bytes(self, from: *const u8) -> __m256i {
        // SAFETY: the caller's.
        unsafe { _mm256_loadu_si256(from.cast()) }
    }

    #[inline(always)]
    unsafe fn zip_bytes(self, a: __m256i, b: __m256i) -> [__m256i; 2] {
        // SAFETY: the caller's.
        unsafe { [_mm256_unpacklo_epi8(a, b), _mm256_unpackhi_epi8(a, b)] }
    }

    #[inline(always)]
    unsafe fn zip_shorts(self, a: __m256i, b: __m256i) -> [__m256i; 2] {
        // SAFETY: the caller's.
        unsafe { [_mm256_unpacklo_epi16(a, b), _mm256_unpackhi_epi16(a, b)] }
    }

    #[inline(always)]
    unsafe fn transpose(self, [a, b, c, d]: [__m256i; 4]) -> [__m256i; 4] {
        // SAFETY: the caller's.
        unsafe {
            [
                _mm256_permute2x128_si256::<0x20>(a, b),
                _mm256_permute2x128_si256::<0x20>(c, d),
                _mm256_permute2x128_si256::<0x31>(a, b),
                _mm256_permute2x128_si256::<0x31>(c, d),
            ]
        }
    }
}
