//! Register tiles of matrix products, for every instruction that multiplies and adds in lanes of 32 bits.
#![allow(unsafe_code, reason = "what instruction sets have in common")]

use super::gemm::{GROUP, Gemm, PANEL};

/// Vectors of int32 lanes, and the instruction.
///
/// # Safety
/// Implementations read and write what the methods say.
pub unsafe trait Dot: Copy {
    type Element: Copy + Into<i32>;
    type Weight: Copy + Into<i32>;
    type Vector: Copy;
    /// Lanes of a vector: [`GROUP`], of which there are no halves, or [`PANEL`].
    const LANES: usize;

    /// # Safety
    /// The machine has the instructions, and `from` is valid for all lanes, or [`GROUP`] of them if it is `HALF`.
    unsafe fn load<const HALF: bool>(self, from: *const i32) -> Self::Vector;

    /// # Safety
    /// The machine has the instructions, and `to` is valid for all lanes, or [`GROUP`] of them if it is `HALF`.
    unsafe fn store<const HALF: bool>(self, to: *mut i32, vector: Self::Vector);

    /// The same in every lane.
    ///
    /// # Safety
    /// The machine has the instructions.
    unsafe fn splat(self, elements: i32) -> Self::Vector;

    /// In every lane the products of the 32 bits' elements and weights, added to `sums` modulo 2³².
    ///
    /// # Safety
    /// The machine has the instructions.
    unsafe fn dot(self, sums: Self::Vector, elements: Self::Vector, weights: Self::Vector) -> Self::Vector;
}

/// [`Gemm::run`], `ROWS` rows of two vectors of columns at a time: so many sums hide the instruction's latency, and the
/// weights that are loaded serve many rows. Must be inlined into a function that is compiled for the instructions.
///
/// # Safety
/// The machine has `dot`'s instructions.
#[inline(always)]
pub unsafe fn run<D: Dot, const ROWS: usize, const N: usize>(
    dot: D,
    gemm: &Gemm<D::Element, D::Weight, N>,
    to: &mut [i32],
) {
    assert!(N * size_of::<D::Element>() == size_of::<i32>() && N * size_of::<D::Weight>() == size_of::<i32>());
    let (groups, steps) = gemm.bounded(to);
    let mut group = 0;
    while group < groups {
        // Two vectors side by side: a whole panel, or two whole ones; else what is left of a panel.
        let wide = groups - group >= 2 * D::LANES / GROUP;
        let width = if wide { 2 * D::LANES / GROUP } else { (groups - group).min(2) };
        let first = gemm.weights[group * steps..][..width * steps].as_ptr().cast::<i32>();
        let panel = width.min(2) * GROUP;
        let second = if D::LANES == GROUP { GROUP } else { PANEL * steps };
        let mut row = 0;
        while row < gemm.bases.len() {
            let tile = Tile { dot, gemm, bases: &gemm.bases[row..], first, second, panel };
            let at = row * gemm.stride + group * GROUP;
            // SAFETY: `bounded` says that all elements lie inside the image, and that bias and `to` have the columns of
            // the groups in each row; the groups' weights were just cut, and lie as `PackedWeights` says.
            unsafe {
                let (bias, to) = (gemm.bias.as_ptr().add(group * GROUP), to.as_mut_ptr().add(at));
                row += match (wide, panel < D::LANES) {
                    (true, _) => tile.rows::<ROWS, 2, false>(bias, to),
                    (false, false) => tile.rows::<ROWS, 1, false>(bias, to),
                    (false, true) => tile.rows::<ROWS, 1, true>(bias, to),
                };
            }
        }
        group += width;
    }
}

/// Some rows of one or two vectors of columns.
struct Tile<'a, D: Dot, const N: usize> {
    dot: D,
    gemm: &'a Gemm<'a, D::Element, D::Weight, N>,
    bases: &'a [u32],
    /// The first vector's weights, how many lanes behind it those of the second are, and those of the next step.
    first: *const i32,
    second: usize,
    panel: usize,
}

impl<D: Dot, const N: usize> Tile<'_, D, N> {
    /// Computes `ROWS` rows if there are so many, else fewer, and returns how many.
    ///
    /// # Safety
    /// As [`Self::run`]; there is a row.
    #[inline(always)]
    unsafe fn rows<const ROWS: usize, const VECTORS: usize, const HALF: bool>(
        &self,
        bias: *const i32,
        to: *mut i32,
    ) -> usize {
        // SAFETY: the caller's.
        unsafe {
            match self.bases.len() {
                rows if rows >= ROWS => self.run::<ROWS, VECTORS, HALF>(bias, to),
                4.. => self.run::<4, VECTORS, HALF>(bias, to),
                2.. => self.run::<2, VECTORS, HALF>(bias, to),
                _ => self.run::<1, VECTORS, HALF>(bias, to),
            }
        }
    }

    /// # Safety
    /// The machine has the instructions; there are `ROWS` rows; the image is valid for `N` elements from every base and
    /// offset together, the weights for each offset's vectors, `bias` for them, and so is `to` for `ROWS` rows of the
    /// product's stride.
    #[allow(clippy::needless_range_loop, reason = "rows and columns of a register tile")]
    #[inline(always)]
    unsafe fn run<const ROWS: usize, const VECTORS: usize, const HALF: bool>(
        &self,
        bias: *const i32,
        to: *mut i32,
    ) -> usize {
        let Self { dot, gemm, .. } = *self;
        // SAFETY: the caller's.
        unsafe {
            let mut rows = [gemm.image.as_ptr(); ROWS];
            let mut columns = [dot.splat(0); VECTORS];
            for vector in 0..VECTORS {
                columns[vector] = dot.load::<HALF>(bias.add(vector * D::LANES));
            }
            let mut sums = [columns; ROWS];
            for row in 0..ROWS {
                rows[row] = rows[row].add(*self.bases.get_unchecked(row) as usize);
            }
            let mut weights = self.first;
            for &offset in gemm.offsets {
                for vector in 0..VECTORS {
                    columns[vector] = dot.load::<HALF>(weights.add(vector * self.second));
                }
                for row in 0..ROWS {
                    let elements = dot.splat(rows[row].add(offset as usize).cast::<i32>().read_unaligned());
                    for vector in 0..VECTORS {
                        sums[row][vector] = dot.dot(sums[row][vector], elements, columns[vector]);
                    }
                }
                weights = weights.add(self.panel);
            }
            for row in 0..ROWS {
                for vector in 0..VECTORS {
                    dot.store::<HALF>(to.add(row * gemm.stride + vector * D::LANES), sums[row][vector]);
                }
            }
        }
        ROWS
    }
}
