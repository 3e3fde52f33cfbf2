//! Products of int16 pairs, summed in int32: exact for int8 operands less their zero points, and modulo 2³² in sum.

use std::arch::x86_64::*;

use super::Avx2;
use crate::cpu::simd::{gemm::GROUP, tile::Dot};

// SAFETY: a vector is one group.
unsafe impl Dot for Avx2 {
    type Element = i16;
    type Weight = i16;
    type Vector = __m256i;
    type Column = i32;
    const COLUMNS: usize = GROUP;

    #[inline(always)]
    unsafe fn load<const HALF: bool>(self, from: *const i32) -> __m256i {
        // SAFETY: the caller's.
        unsafe { _mm256_loadu_si256(from.cast()) }
    }

    #[inline(always)]
    unsafe fn store<const HALF: bool>(self, to: *mut i32, vector: __m256i) {
        // SAFETY: the caller's.
        unsafe { _mm256_storeu_si256(to.cast(), vector) }
    }

    #[inline(always)]
    unsafe fn splat(self, elements: i32) -> __m256i {
        // SAFETY: the caller's.
        unsafe { _mm256_set1_epi32(elements) }
    }

    #[inline(always)]
    unsafe fn dot(self, sums: __m256i, elements: __m256i, weights: __m256i) -> __m256i {
        // SAFETY: the caller's.
        unsafe { _mm256_add_epi32(sums, _mm256_madd_epi16(elements, weights)) }
    }
}
