//! `vpdpwssd` and `vpdpbusd`: products of int16 pairs, or of four bytes, unsigned by signed, added to sixteen lanes modulo
//! 2³². Neither saturates.

use std::arch::x86_64::*;

use crate::cpu::simd::{
    gemm::{GROUP, PANEL},
    interleave::Interleave,
    tile::Dot,
};

/// Implements [`Dot`] for a type, with an instruction.
macro_rules! dot {
    ($name:ident: $element:ty, $weight:ty, $instruction:ident) => {
        #[derive(Clone, Copy)]
        pub struct $name;

        // SAFETY: a half is the lowest lanes.
        unsafe impl Dot for $name {
            type Element = $element;
            type Weight = $weight;
            type Vector = __m512i;
            type Column = i32;
            const COLUMNS: usize = PANEL;

            #[inline(always)]
            unsafe fn load<const HALF: bool>(self, from: *const i32) -> __m512i {
                // SAFETY: the caller's.
                unsafe { if HALF { _mm512_maskz_loadu_epi32(0xff, from) } else { _mm512_loadu_si512(from.cast()) } }
            }

            #[inline(always)]
            unsafe fn store<const HALF: bool>(self, to: *mut i32, vector: __m512i) {
                // SAFETY: the caller's.
                unsafe {
                    if HALF {
                        _mm256_storeu_si256(to.cast(), _mm512_castsi512_si256(vector));
                    } else {
                        _mm512_storeu_si512(to.cast(), vector);
                    }
                }
            }

            #[inline(always)]
            unsafe fn splat(self, elements: i32) -> __m512i {
                // SAFETY: the caller's.
                unsafe { _mm512_set1_epi32(elements) }
            }

            #[inline(always)]
            unsafe fn dot(self, sums: __m512i, elements: __m512i, weights: __m512i) -> __m512i {
                // SAFETY: the caller's.
                unsafe { $instruction(sums, elements, weights) }
            }
        }
    };
}

dot!(Pairs: i16, i16, _mm512_dpwssd_epi32);
dot!(Quads: u8, i8, _mm512_dpbusd_epi32);

/// Eight bytes a column, unsigned by signed: the sums of the first four in one lane, of the others in the next.
#[derive(Clone, Copy)]
pub struct Octs;

impl Octs {
    /// The sums of the columns of two vectors, side by side.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub fn fold(first: __m512i, second: __m512i) -> __m512i {
        let evens = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
        let odds = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
        _mm512_add_epi32(
            _mm512_permutex2var_epi32(first, evens, second),
            _mm512_permutex2var_epi32(first, odds, second),
        )
    }
}

// SAFETY: there are no halves.
unsafe impl Dot for Octs {
    type Element = u8;
    type Weight = i8;
    type Vector = __m512i;
    type Column = i64;
    const COLUMNS: usize = GROUP;

    #[inline(always)]
    unsafe fn load<const HALF: bool>(self, from: *const i32) -> __m512i {
        // SAFETY: the caller's.
        unsafe { _mm512_cvtepu32_epi64(_mm256_loadu_si256(from.cast())) }
    }

    #[inline(always)]
    unsafe fn weights<const HALF: bool>(self, from: *const i64) -> __m512i {
        // SAFETY: the caller's.
        unsafe { _mm512_loadu_si512(from.cast()) }
    }

    #[inline(always)]
    unsafe fn store<const HALF: bool>(self, to: *mut i32, vector: __m512i) {
        // SAFETY: the caller's.
        unsafe { _mm256_storeu_si256(to.cast(), _mm512_castsi512_si256(Self::fold(vector, vector))) }
    }

    #[inline(always)]
    unsafe fn splat(self, elements: i64) -> __m512i {
        // SAFETY: the caller's.
        unsafe { _mm512_set1_epi64(elements) }
    }

    #[inline(always)]
    unsafe fn dot(self, sums: __m512i, elements: __m512i, weights: __m512i) -> __m512i {
        // SAFETY: the caller's.
        unsafe { _mm512_dpbusd_epi32(sums, elements, weights) }
    }
}

// SAFETY: a vector of bytes is four a lane.
unsafe impl Interleave for Quads {
    #[inline(always)]
    unsafe fn bytes(self, from: *const u8) -> __m512i {
        // SAFETY: the caller's.
        unsafe { _mm512_loadu_si512(from.cast()) }
    }

    #[inline(always)]
    unsafe fn zip_bytes(self, a: __m512i, b: __m512i) -> [__m512i; 2] {
        // SAFETY: the caller's.
        unsafe { [_mm512_unpacklo_epi8(a, b), _mm512_unpackhi_epi8(a, b)] }
    }

    #[inline(always)]
    unsafe fn zip_shorts(self, a: __m512i, b: __m512i) -> [__m512i; 2] {
        // SAFETY: the caller's.
        unsafe { [_mm512_unpacklo_epi16(a, b), _mm512_unpackhi_epi16(a, b)] }
    }

    #[inline(always)]
    unsafe fn transpose(self, [a, b, c, d]: [__m512i; 4]) -> [__m512i; 4] {
        // SAFETY: the caller's.
        unsafe {
            // Lanes 0 and 1, then lanes 2 and 3, of two vectors.
            let (ab, cd) = (_mm512_shuffle_i32x4::<0b0100_0100>(a, b), _mm512_shuffle_i32x4::<0b0100_0100>(c, d));
            let (ab_high, cd_high) =
                (_mm512_shuffle_i32x4::<0b1110_1110>(a, b), _mm512_shuffle_i32x4::<0b1110_1110>(c, d));
            [
                _mm512_shuffle_i32x4::<0b1000_1000>(ab, cd),
                _mm512_shuffle_i32x4::<0b1101_1101>(ab, cd),
                _mm512_shuffle_i32x4::<0b1000_1000>(ab_high, cd_high),
                _mm512_shuffle_i32x4::<0b1101_1101>(ab_high, cd_high),
            ]
        }
    }
}
