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
    /// Elements or weights that are multiplied for a column: one lane of them, int32, or two, int64.
    type Column: Copy;
    /// Columns of a vector: [`GROUP`], of which there are no halves, or [`PANEL`].
    const COLUMNS: usize;

    /// The columns' sums, in the first of two lanes.
    ///
    /// # Safety
    /// The machine has the instructions, and `from` is valid for all columns, or [`GROUP`] of them if it is `HALF`.
    unsafe fn load<const HALF: bool>(self, from: *const i32) -> Self::Vector;

    /// The columns' weights: as [`Self::load`], where they have one lane.
    ///
    /// # Safety
    /// As [`Self::load`].
    #[inline(always)]
    unsafe fn weights<const HALF: bool>(self, from: *const Self::Column) -> Self::Vector {
        // SAFETY: the caller's.
        unsafe { self.load::<HALF>(from.cast()) }
    }

    /// The columns' sums, of two lanes together.
    ///
    /// # Safety
    /// The machine has the instructions, and `to` is valid for all columns, or [`GROUP`] of them if it is `HALF`.
    unsafe fn store<const HALF: bool>(self, to: *mut i32, vector: Self::Vector);

    /// The same for every column.
    ///
    /// # Safety
    /// The machine has the instructions.
    unsafe fn splat(self, elements: Self::Column) -> Self::Vector;

    /// In every lane the products of its elements and weights, added to `sums` modulo 2³².
    ///
    /// # Safety
    /// The machine has the instructions.
    unsafe fn dot(self, sums: Self::Vector, elements: Self::Vector, weights: Self::Vector) -> Self::Vector;
}

/// Where a tile's sums go.
///
/// # Safety
/// Implementations read and write what the methods say.
pub unsafe trait Sink<D: Dot> {
    /// What the columns of a tile have in common.
    type Columns: Copy;

    /// For `VECTORS` vectors of columns from `column`, a multiple of [`GROUP`].
    ///
    /// # Safety
    /// The machine has the instructions, and there are such columns.
    unsafe fn columns<const VECTORS: usize>(&self, column: usize) -> Self::Columns;

    /// Writes the sums of rows from `row`, of vectors of columns from `column`; of one of [`GROUP`] columns if it is `HALF`.
    ///
    /// # Safety
    /// The machine has the instructions, and there are such rows and columns.
    unsafe fn write<const ROWS: usize, const VECTORS: usize, const HALF: bool>(
        &self,
        columns: Self::Columns,
        at: [usize; 2],
        sums: [[D::Vector; VECTORS]; ROWS],
    );
}

/// Sums as they are, in rows of the stride.
pub struct Words<D> {
    dot: D,
    to: *mut i32,
    stride: usize,
}

// SAFETY: only the columns of each row are written.
unsafe impl<D: Dot> Sink<D> for Words<D> {
    type Columns = ();

    #[inline(always)]
    unsafe fn columns<const VECTORS: usize>(&self, _: usize) {}

    #[allow(clippy::needless_range_loop, reason = "rows and columns of a register tile")]
    #[inline(always)]
    unsafe fn write<const ROWS: usize, const VECTORS: usize, const HALF: bool>(
        &self,
        (): (),
        [row, column]: [usize; 2],
        sums: [[D::Vector; VECTORS]; ROWS],
    ) {
        for at in 0..ROWS {
            for vector in 0..VECTORS {
                // SAFETY: the caller's.
                unsafe {
                    let to = self.to.add((row + at) * self.stride + column + vector * D::COLUMNS);
                    self.dot.store::<HALF>(to, sums[at][vector]);
                }
            }
        }
    }
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
    let words = Words { dot, to: to.as_mut_ptr(), stride: gemm.stride };
    // SAFETY: the caller's; `to` has the rows.
    unsafe { run_into::<D, _, ROWS, N>(dot, gemm, &words, to.len()) }
}

/// [`run`] into a sink that has room for so many sums.
///
/// # Safety
/// As [`run`], and the sink is valid for the product's rows and columns if there are so many.
#[inline(always)]
pub unsafe fn run_into<D: Dot, S: Sink<D>, const ROWS: usize, const N: usize>(
    dot: D,
    gemm: &Gemm<D::Element, D::Weight, N>,
    sink: &S,
    room: usize,
) {
    let column = size_of::<D::Column>();
    assert!(N * size_of::<D::Element>() == column && N * size_of::<D::Weight>() == column);
    let (groups, steps) = gemm.bounded(room);
    let mut group = 0;
    while group < groups {
        // Two vectors side by side: a whole panel, or two whole ones; else what is left of a panel.
        let wide = groups - group >= 2 * D::COLUMNS / GROUP;
        let width = if wide { 2 * D::COLUMNS / GROUP } else { (groups - group).min(2) };
        let weights = gemm.weights[group * steps..][..width * steps].as_ptr().cast::<D::Column>();
        let panel = width.min(2) * GROUP;
        let second = if D::COLUMNS == GROUP { GROUP } else { PANEL * steps };
        let tile = Tile { dot, gemm, sink, column: group * GROUP, weights, second, panel };
        // SAFETY: `bounded` says that all elements lie inside the image, and that the bias and the sink have the columns of
        // the groups in each row; the groups' weights were just cut, and lie as `PackedWeights` says.
        unsafe {
            match (wide, panel < D::COLUMNS) {
                (true, _) => tile.all::<ROWS, 2, false>(),
                (false, false) => tile.all::<ROWS, 1, false>(),
                (false, true) => tile.all::<ROWS, 1, true>(),
            }
        }
        group += width;
    }
}

/// All rows of one or two vectors of columns.
struct Tile<'a, D: Dot, S, const N: usize> {
    dot: D,
    gemm: &'a Gemm<'a, D::Element, D::Weight, N>,
    sink: &'a S,
    column: usize,
    /// The first vector's weights, how many columns behind it those of the second are, and those of the next step.
    weights: *const D::Column,
    second: usize,
    panel: usize,
}

impl<D: Dot, S: Sink<D>, const N: usize> Tile<'_, D, S, N> {
    /// Computes all rows, `ROWS` at a time while there are so many.
    ///
    /// # Safety
    /// As [`Self::rows`].
    #[inline(always)]
    unsafe fn all<const ROWS: usize, const VECTORS: usize, const HALF: bool>(&self) {
        // SAFETY: the caller's.
        unsafe {
            let columns = self.sink.columns::<VECTORS>(self.column);
            let mut row = 0;
            while row < self.gemm.bases.len() {
                row += match self.gemm.bases.len() - row {
                    left if left >= ROWS => self.rows::<ROWS, VECTORS, HALF>(columns, row),
                    4.. => self.rows::<4, VECTORS, HALF>(columns, row),
                    2.. => self.rows::<2, VECTORS, HALF>(columns, row),
                    _ => self.rows::<1, VECTORS, HALF>(columns, row),
                };
            }
        }
    }

    /// Computes some rows, and returns how many.
    ///
    /// # Safety
    /// The machine has the instructions; there are `ROWS` rows from `row`; the image is valid for `N` elements from every
    /// base and offset together, the weights for each offset's vectors, so is the bias, and the sink in each row.
    #[allow(clippy::needless_range_loop, reason = "rows and columns of a register tile")]
    #[inline(always)]
    unsafe fn rows<const ROWS: usize, const VECTORS: usize, const HALF: bool>(
        &self,
        common: S::Columns,
        row: usize,
    ) -> usize {
        let Self { dot, gemm, .. } = *self;
        // SAFETY: the caller's.
        unsafe {
            let mut rows = [gemm.image.as_ptr(); ROWS];
            let bias = gemm.bias.as_ptr().add(self.column);
            let mut columns = [dot.load::<HALF>(bias); VECTORS];
            for vector in 1..VECTORS {
                columns[vector] = dot.load::<HALF>(bias.add(vector * D::COLUMNS));
            }
            let mut sums = [columns; ROWS];
            for at in 0..ROWS {
                rows[at] = rows[at].add(*gemm.bases.get_unchecked(row + at) as usize);
            }
            let mut weights = self.weights;
            for &offset in gemm.offsets {
                for vector in 0..VECTORS {
                    columns[vector] = dot.weights::<HALF>(weights.add(vector * self.second));
                }
                for row in 0..ROWS {
                    let elements = dot.splat(rows[row].add(offset as usize).cast::<D::Column>().read_unaligned());
                    for vector in 0..VECTORS {
                        sums[row][vector] = dot.dot(sums[row][vector], elements, columns[vector]);
                    }
                }
                weights = weights.add(self.panel);
            }
            self.sink.write::<ROWS, VECTORS, HALF>(common, [row, self.column], sums);
        }
        ROWS
    }
}
