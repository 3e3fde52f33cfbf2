//! Sums of a register tile that become bytes before they are written.

use std::arch::x86_64::*;

use super::{
    dot::{Octs, Quads},
    lanes::{Estimate, Lanes},
};
use crate::cpu::simd::{
    gemm::PANEL,
    scale::{LANES, Scale},
    tile::Sink,
};

/// How four vectors of lanes become bytes.
#[derive(Clone, Copy)]
pub struct Narrow {
    min: __m512i,
    max: __m512i,
    /// From four lanes of each of four vectors next to one another to a vector's lanes next to one another.
    gather: __m512i,
}

impl Narrow {
    #[target_feature(enable = "avx512f,avx512bw")]
    pub fn new(scale: &Scale) -> Self {
        let [min, max] = [scale.min, scale.max].map(|bound| _mm512_set1_epi8(bound as i8));
        Self { min, max, gather: _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15) }
    }

    /// The bytes of four vectors, which were packed two by two: packing saturates, to bounds that lie outside the scale's.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    pub fn pack(&self, packed: [__m512i; 2]) -> [__m128i; 4] {
        let packed = self.together(packed);
        [
            _mm512_castsi512_si128(packed),
            _mm512_extracti32x4_epi32::<1>(packed),
            _mm512_extracti32x4_epi32::<2>(packed),
            _mm512_extracti32x4_epi32::<3>(packed),
        ]
    }

    /// The same, one behind the other.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    pub fn together(&self, [first, second]: [__m512i; 2]) -> __m512i {
        let packed = _mm512_permutexvar_epi32(self.gather, _mm512_packs_epi16(first, second));
        _mm512_min_epi8(_mm512_max_epi8(packed, self.min), self.max)
    }
}

/// Bytes in rows of the stride, of sums that an estimate scales.
pub struct Bytes<'a> {
    scale: &'a Scale,
    to: *mut u8,
    stride: usize,
    narrow: Narrow,
    zero_out: __m512i,
}

impl<'a> Bytes<'a> {
    /// # Panics
    /// If the estimate doesn't serve the scale, or `to` isn't whole rows of whole groups.
    #[target_feature(enable = "avx512f,avx512bw")]
    pub fn new(scale: &'a Scale, stride: usize, to: &mut [u8]) -> Self {
        assert!(Estimate::serves(scale) && scale.fits(stride, to.len()));
        let zero_out = _mm512_set1_epi16(scale.zero_out as i16);
        Self { scale, to: to.as_mut_ptr(), stride, narrow: Narrow::new(scale), zero_out }
    }

    /// Scales vectors of columns each of which has its estimate, and packs them two by two.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    fn scale(&self, estimates: [Estimate; 4], columns: [usize; 4], sums: [__m512i; 4]) -> [__m512i; 2] {
        let mut doubt = _mm512_setzero_ps();
        let a = estimates[0].scale(sums[0], &mut doubt);
        let b = estimates[1].scale(sums[1], &mut doubt);
        let c = estimates[2].scale(sums[2], &mut doubt);
        let d = estimates[3].scale(sums[3], &mut doubt);
        if Estimate::doubtful(doubt) {
            // One by one: as an array they would be written to memory each time.
            return self.exactly(columns, sums[0], sums[1], sums[2], sums[3]);
        }
        [
            _mm512_adds_epi16(_mm512_packs_epi32(a, b), self.zero_out),
            _mm512_adds_epi16(_mm512_packs_epi32(c, d), self.zero_out),
        ]
    }

    #[cold]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    fn exactly(&self, columns: [usize; 4], a: __m512i, b: __m512i, c: __m512i, d: __m512i) -> [__m512i; 2] {
        let scaled = |at: usize, sums| Lanes::new(self.scale, columns[at] / LANES).scale::<true, false, true>(sums);
        [_mm512_packs_epi32(scaled(0, a), scaled(1, b)), _mm512_packs_epi32(scaled(2, c), scaled(3, d))]
    }
}

// SAFETY: only the columns of each row are written.
unsafe impl Sink<Quads> for Bytes<'_> {
    type Columns = [Estimate; 2];

    #[inline(always)]
    unsafe fn columns<const VECTORS: usize>(&self, column: usize) -> [Estimate; 2] {
        // SAFETY: the caller's.
        unsafe {
            let first = Estimate::new(self.scale, column / LANES);
            [first, if VECTORS == 2 { Estimate::new(self.scale, (column + PANEL) / LANES) } else { first }]
        }
    }

    #[inline(always)]
    unsafe fn write<const ROWS: usize, const VECTORS: usize, const HALF: bool>(
        &self,
        [first, second]: [Estimate; 2],
        [row, column]: [usize; 2],
        sums: [[__m512i; VECTORS]; ROWS],
    ) {
        let to = |at: usize| self.to.wrapping_add((row + at) * self.stride + column);
        let next = column + PANEL;
        // SAFETY: the caller's. The last row stands in for those that are missing.
        unsafe {
            if VECTORS == 2 {
                for at in (0..ROWS).step_by(2) {
                    let behind = (at + 1).min(ROWS - 1);
                    let four = [sums[at][0], sums[at][1], sums[behind][0], sums[behind][1]];
                    let scaled = self.scale([first, second, first, second], [column, next, column, next], four);
                    let packed = self.narrow.together(scaled);
                    _mm256_storeu_si256(to(at).cast(), _mm512_castsi512_si256(packed));
                    _mm256_storeu_si256(to(behind).cast(), _mm512_extracti64x4_epi64::<1>(packed));
                }
                return;
            }
            for at in (0..ROWS).step_by(4) {
                let rows = [at, (at + 1).min(ROWS - 1), (at + 2).min(ROWS - 1), (at + 3).min(ROWS - 1)];
                let four = [sums[rows[0]][0], sums[rows[1]][0], sums[rows[2]][0], sums[rows[3]][0]];
                let [a, b, c, d] = self.narrow.pack(self.scale([first; 4], [column; 4], four));
                store::<HALF>(to(rows[0]), a);
                store::<HALF>(to(rows[1]), b);
                store::<HALF>(to(rows[2]), c);
                store::<HALF>(to(rows[3]), d);
            }
        }
    }
}

// SAFETY: as above.
unsafe impl Sink<Octs> for Bytes<'_> {
    type Columns = [Estimate; 2];

    #[inline(always)]
    unsafe fn columns<const VECTORS: usize>(&self, column: usize) -> [Estimate; 2] {
        // SAFETY: the caller's.
        unsafe { Sink::<Quads>::columns::<1>(self, column) }
    }

    /// Two vectors have the columns of one of [`Quads`].
    #[allow(clippy::needless_range_loop, reason = "rows of a register tile")]
    #[inline(always)]
    unsafe fn write<const ROWS: usize, const VECTORS: usize, const HALF: bool>(
        &self,
        columns: [Estimate; 2],
        at: [usize; 2],
        sums: [[__m512i; VECTORS]; ROWS],
    ) {
        // SAFETY: the caller's.
        unsafe {
            let mut folded = [[_mm512_setzero_si512()]; ROWS];
            for row in 0..ROWS {
                folded[row] = [Octs::fold(sums[row][0], sums[row][VECTORS - 1])];
            }
            if VECTORS == 2 {
                Sink::<Quads>::write::<ROWS, 1, false>(self, columns, at, folded);
            } else {
                Sink::<Quads>::write::<ROWS, 1, true>(self, columns, at, folded);
            }
        }
    }
}

/// # Safety
/// The machine has AVX-512, and `to` is valid for the bytes, or the first eight if it is `HALF`.
#[inline(always)]
unsafe fn store<const HALF: bool>(to: *mut u8, bytes: __m128i) {
    // SAFETY: the caller's.
    unsafe {
        if HALF {
            _mm_storel_epi64(to.cast(), bytes);
        } else {
            _mm_storeu_si128(to.cast(), bytes);
        }
    }
}
