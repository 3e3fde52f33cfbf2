//! Products of int16 pairs, summed in int32: exact for int8 operands less their zero points, and modulo 2³² in sum.

use std::arch::x86_64::*;

use super::Avx2;
use crate::cpu::kernel::gemm::{Block, GROUP, Pairs};

/// Rows of a register tile: with two vectors of columns twelve accumulators.
const ROWS: usize = 6;

impl Avx2 {
    /// The same as [`Block::run`].
    pub fn gemm(self, block: &Block, to: &mut [i32]) {
        let pairs = block.offsets.len();
        let groups = block.stride / GROUP;
        let last = block.offsets.iter().max().copied().unwrap_or(0) as usize;
        assert!(block.bases.iter().all(|&base| base as usize + last + 2 <= block.image.len()));
        assert!(block.weights.len() == groups * pairs && block.bias.len() == block.stride);
        assert!(block.stride == groups * GROUP && to.len() == block.bases.len() * block.stride);
        for group in (0..groups).step_by(2) {
            let weights = &block.weights[group * pairs..];
            let column = group * GROUP;
            for (row, bases) in (0..).step_by(ROWS).zip(block.bases.chunks(ROWS)) {
                let at = row * block.stride + column;
                // SAFETY: `self` proves AVX2. The assertions say that every pair read from the image lies inside it,
                // that `weights` holds the groups that are left, and that the tile's rows lie inside `to`.
                unsafe {
                    let (bias, to) = (block.bias.as_ptr().add(column), to.as_mut_ptr().add(at));
                    if groups - group == 1 {
                        rows::<1>(block, bases, weights, bias, to);
                    } else {
                        rows::<2>(block, bases, weights, bias, to);
                    }
                }
            }
        }
    }
}

/// # Safety
/// As [`tile`].
#[target_feature(enable = "avx2")]
unsafe fn rows<const GROUPS: usize>(block: &Block, bases: &[u32], weights: &[Pairs], bias: *const i32, to: *mut i32) {
    // SAFETY: the caller's.
    unsafe {
        match bases.len() {
            6 => tile::<6, GROUPS>(block, bases, weights, bias, to),
            5 => tile::<5, GROUPS>(block, bases, weights, bias, to),
            4 => tile::<4, GROUPS>(block, bases, weights, bias, to),
            3 => tile::<3, GROUPS>(block, bases, weights, bias, to),
            2 => tile::<2, GROUPS>(block, bases, weights, bias, to),
            _ => tile::<1, GROUPS>(block, bases, weights, bias, to),
        }
    }
}

/// # Safety
/// `bases` has `ROWS` elements, `weights` at least `GROUPS` for each offset, `bias` is valid for `GROUPS` vectors, so is
/// `to` for `ROWS` rows of the block's stride; a base and an offset together lie two elements before the image's end.
#[allow(clippy::needless_range_loop, reason = "rows and columns of a register tile")]
#[target_feature(enable = "avx2")]
unsafe fn tile<const ROWS: usize, const GROUPS: usize>(
    block: &Block,
    bases: &[u32],
    weights: &[Pairs],
    bias: *const i32,
    to: *mut i32,
) {
    // SAFETY: the caller's.
    unsafe {
        let mut rows = [block.image.as_ptr(); ROWS];
        let mut sums = [[_mm256_setzero_si256(); GROUPS]; ROWS];
        for row in 0..ROWS {
            rows[row] = rows[row].add(*bases.get_unchecked(row) as usize);
            for group in 0..GROUPS {
                sums[row][group] = _mm256_loadu_si256(bias.add(group * GROUP).cast());
            }
        }
        let mut weights = weights.as_ptr();
        for &offset in block.offsets {
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
                _mm256_storeu_si256(to.add(row * block.stride + group * GROUP).cast(), sums[row][group]);
            }
        }
    }
}
