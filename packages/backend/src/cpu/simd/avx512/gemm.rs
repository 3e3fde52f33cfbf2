//! `vpdpwssd`: products of int16 pairs, summed modulo 2³² into sixteen columns. It does not saturate.

use std::arch::x86_64::*;

use crate::cpu::simd::gemm::{GROUP, Gemm, WeightPairs};

/// Rows of a register tile: an accumulator each, enough to hide the instruction's latency.
const ROWS: usize = 12;

/// [`Gemm::run`], twelve rows of a panel at a time.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
pub fn run(gemm: &Gemm, to: &mut [i32]) {
    let (groups, pairs) = gemm.bounded(to);
    for group in (0..groups).step_by(2) {
        // The last panel may be half as wide.
        let width = (groups - group).min(2);
        let mask = if width == 2 { u16::MAX } else { 0xff };
        let column = group * GROUP;
        let weights = gemm.weights[group * pairs..][..width * pairs].as_ptr();
        let mut row = 0;
        while row < gemm.bases.len() {
            let bases = &gemm.bases[row..];
            // SAFETY: `bounded` says that every pair read from the image lies inside it, and that bias and `to`
            // have the columns that the mask names in each of the tile's rows; `weights` was just cut to the panel,
            // and the mask keeps reads inside its pairs.
            unsafe {
                let panel = Panel { gemm, weights, width, mask, bias: gemm.bias.as_ptr().add(column) };
                let to = to.as_mut_ptr().add(row * gemm.stride + column);
                row += match bases.len() {
                    ROWS.. => panel.tile::<ROWS>(bases, to),
                    6.. => panel.tile::<6>(bases, to),
                    3.. => panel.tile::<3>(bases, to),
                    _ => panel.tile::<1>(bases, to),
                };
            }
        }
    }
}

/// Two groups of columns, or one.
struct Panel<'a> {
    gemm: &'a Gemm<'a>,
    weights: *const WeightPairs,
    width: usize,
    /// Columns that exist.
    mask: u16,
    bias: *const i32,
}

impl Panel<'_> {
    /// Computes `ROWS` rows, and returns how many.
    ///
    /// # Safety
    /// `bases` has at least `ROWS` elements; `weights` is valid for `width` elements of each offset, `bias` and `to`'s
    /// rows of the product's stride for the columns of the mask, which are `width` groups; a base and an offset
    /// together lie two elements before the image's end.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
    unsafe fn tile<const ROWS: usize>(&self, bases: &[u32], to: *mut i32) -> usize {
        // SAFETY: the caller's.
        unsafe {
            let rows: [_; ROWS] =
                std::array::from_fn(|row| self.gemm.image.as_ptr().add(*bases.get_unchecked(row) as usize));
            let mut sums = [_mm512_maskz_loadu_epi32(self.mask, self.bias); ROWS];
            let mut weights = self.weights.cast::<i32>();
            for &offset in self.gemm.offsets {
                let columns = _mm512_maskz_loadu_epi32(self.mask, weights);
                for (sum, row) in sums.iter_mut().zip(rows) {
                    let pair = row.add(offset as usize).cast::<i32>().read_unaligned();
                    *sum = _mm512_dpwssd_epi32(*sum, _mm512_set1_epi32(pair), columns);
                }
                weights = weights.add(self.width * GROUP);
            }
            for (row, sum) in sums.into_iter().enumerate() {
                _mm512_mask_storeu_epi32(to.add(row * self.gemm.stride), self.mask, sum);
            }
        }
        ROWS
    }
}
