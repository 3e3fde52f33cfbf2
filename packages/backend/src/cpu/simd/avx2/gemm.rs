//! Products of int16 pairs, summed in int32: exact for int8 operands less their zero points, and modulo 2³² in sum.

use std::arch::x86_64::*;

use crate::cpu::simd::gemm::{GROUP, Gemm, WeightPairs};

/// Rows of a register tile: with two vectors of columns twelve accumulators.
const ROWS: usize = 6;

/// [`Gemm::run`], six rows at a time.
#[target_feature(enable = "avx2")]
pub fn run(gemm: &Gemm, to: &mut [i32]) {
    let (groups, pairs) = gemm.bounded(to);
    for group in (0..groups).step_by(2) {
        let weights = &gemm.weights[group * pairs..];
        let column = group * GROUP;
        for (row, bases) in (0..).step_by(ROWS).zip(gemm.bases.chunks(ROWS)) {
            let at = row * gemm.stride + column;
            // SAFETY: `bounded` says that every pair read from the image lies inside it, that `weights` holds the
            // groups that are left, and that the tile's rows lie inside `to`.
            unsafe {
                let (bias, to) = (gemm.bias.as_ptr().add(column), to.as_mut_ptr().add(at));
                if groups - group == 1 {
                    rows::<1>(gemm, bases, weights, bias, to);
                } else {
                    rows::<2>(gemm, bases, weights, bias, to);
                }
            }
        }
    }
}

/// # Safety
/// As [`tile`].
#[target_feature(enable = "avx2")]
unsafe fn rows<const GROUPS: usize>(
    gemm: &Gemm,
    bases: &[u32],
    weights: &[WeightPairs],
    bias: *const i32,
    to: *mut i32,
) {
    // SAFETY: the caller's.
    unsafe {
        match bases.len() {
            6 => tile::<6, GROUPS>(gemm, bases, weights, bias, to),
            5 => tile::<5, GROUPS>(gemm, bases, weights, bias, to),
            4 => tile::<4, GROUPS>(gemm, bases, weights, bias, to),
            3 => tile::<3, GROUPS>(gemm, bases, weights, bias, to),
            2 => tile::<2, GROUPS>(gemm, bases, weights, bias, to),
            _ => tile::<1, GROUPS>(gemm, bases, weights, bias, to),
        }
    }
}

/// # Safety
/// `bases` has `ROWS` elements, `weights` at least `GROUPS` for each offset, `bias` is valid for `GROUPS` vectors, so
/// is `to` for `ROWS` rows of the product's stride; a base and an offset together lie two elements before the image's end.
#[allow(clippy::needless_range_loop, reason = "rows and columns of a register tile")]
#[target_feature(enable = "avx2")]
unsafe fn tile<const ROWS: usize, const GROUPS: usize>(
    gemm: &Gemm,
    bases: &[u32],
    weights: &[WeightPairs],
    bias: *const i32,
    to: *mut i32,
) {
    // SAFETY: the caller's.
    unsafe {
        let mut rows = [gemm.image.as_ptr(); ROWS];
        let mut sums = [[_mm256_setzero_si256(); GROUPS]; ROWS];
        for row in 0..ROWS {
            rows[row] = rows[row].add(*bases.get_unchecked(row) as usize);
            for group in 0..GROUPS {
                sums[row][group] = _mm256_loadu_si256(bias.add(group * GROUP).cast());
            }
        }
        let mut weights = weights.as_ptr();
        for &offset in gemm.offsets {
            let mut columns = [_mm256_setzero_si256(); GROUPS];
            for group in 0..GROUPS {
                columns[group] = _mm256_load_si256(weights.add(group).cast());
            }
            for row in 0..ROWS {
                let pair = rows[row].add(offset as usize).cast::<i32>().read_unaligned();
                let pair = _mm256_set1_epi32(pair);
                for group in 0..GROUPS {
                    let products = _mm256_madd_epi16(pair, columns[group]);
                    sums[row][group] = _mm256_add_epi32(sums[row][group], products);
                }
            }
            weights = weights.add(GROUPS);
        }
        for row in 0..ROWS {
            for group in 0..GROUPS {
                _mm256_storeu_si256(to.add(row * gemm.stride + group * GROUP).cast(), sums[row][group]);
            }
        }
    }
}
