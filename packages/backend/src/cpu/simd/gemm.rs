//! Matrix products of int8 operands, summed in int32: convolutions without copying windows, and MATMUL.

/// Columns that are computed together.
pub const GROUP: usize = 8;

/// Two rows of weights at [`GROUP`] columns, interleaved: what one multiply-add of pairs takes.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(32))]
pub struct WeightPairs(pub [[i16; 2]; GROUP]);

/// Weights for a number of columns: two neighbouring groups form a panel, an odd last group one of its own. In a panel
/// all groups of one pair of rows lie together.
#[derive(Clone, Debug, Default)]
pub struct PackedWeights {
    pub pairs: Vec<WeightPairs>,
    /// Columns with those that fill the last group.
    pub stride: usize,
}

impl PackedWeights {
    /// Packs `2 · pairs` rows; `weight(row, column)` is asked for the `columns` that exist.
    pub fn pack(&mut self, pairs: usize, columns: usize, weight: impl Fn(usize, usize) -> i16) {
        self.stride = columns.next_multiple_of(GROUP);
        let groups = self.stride / GROUP;
        self.pairs.clear();
        for panel in (0..groups).step_by(2) {
            for pair in 0..pairs {
                for group in panel..groups.min(panel + 2) {
                    let mut packed = WeightPairs::default();
                    for (column, packed) in (group * GROUP..columns).zip(&mut packed.0) {
                        *packed = [weight(2 * pair, column), weight(2 * pair + 1, column)];
                    }
                    self.pairs.push(packed);
                }
            }
        }
    }
}

/// Some rows of a matrix product. Row `i` multiplies the pairs of elements at `image[bases[i] + offset]` for every
/// offset with the weights' pairs of rows, and adds the bias.
///
/// Every pair lies inside the image; `weights` has [`GROUP`] columns of each offset for each group of the stride.
pub struct Gemm<'a> {
    pub image: &'a [i16],
    pub bases: &'a [u32],
    pub offsets: &'a [u32],
    pub weights: &'a [WeightPairs],
    /// One for each column, those that fill the last group included.
    pub bias: &'a [i32],
    /// Columns, those that fill the last group included.
    pub stride: usize,
}

impl Gemm<'_> {
    /// Groups of columns, and pairs of rows of weights.
    ///
    /// # Panics
    /// If a pair of the image lies outside it, or weights, bias or `to` haven't the lengths that the product has: what
    /// unsafe code relies on.
    pub fn bounded(&self, to: &[i32]) -> (usize, usize) {
        let (groups, pairs) = (self.stride / GROUP, self.offsets.len());
        let last = self.offsets.iter().max().copied().unwrap_or(0) as usize;
        assert!(self.bases.iter().all(|&base| base as usize + last + 2 <= self.image.len()));
        assert!(self.weights.len() == groups * pairs && self.bias.len() == self.stride);
        assert!(self.stride == groups * GROUP && to.len() == self.bases.len() * self.stride);
        (groups, pairs)
    }

    /// [`super::Simd::gemm`] in portable code.
    #[inline(always)]
    pub fn run(&self, to: &mut [i32]) {
        let (groups, pairs) = (self.stride / GROUP, self.offsets.len());
        for (&base, to) in self.bases.iter().zip(to.chunks_exact_mut(self.stride)) {
            for (group, (to, bias)) in to.as_chunks_mut().0.iter_mut().zip(self.bias.as_chunks().0).enumerate() {
                // The first group of its panel, and how many that has.
                let panel = group & !1;
                let width = (groups - panel).min(2);
                let weights = self.weights[panel * pairs..].chunks_exact(width);
                *to = self.sum(base, weights.map(|pair| &pair[group - panel]), *bias);
            }
        }
    }

    /// A row's sums at one group of columns. Written so that compilers find the multiply-add of pairs.
    #[inline(always)]
    fn sum<'a>(
        &self,
        base: u32,
        weights: impl Iterator<Item = &'a WeightPairs>,
        mut sums: [i32; GROUP],
    ) -> [i32; GROUP] {
        for (&offset, weights) in self.offsets.iter().zip(weights) {
            let at = (base + offset) as usize;
            let pair = [self.image[at], self.image[at + 1]];
            for (sum, weights) in sums.iter_mut().zip(&weights.0) {
                let (first, second) = (pair[0] as i32 * weights[0] as i32, pair[1] as i32 * weights[1] as i32);
                *sum = sum.wrapping_add(first.wrapping_add(second));
            }
        }
        sums
    }
}
