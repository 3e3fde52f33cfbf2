//! Matrix products of int8 or int16 operands, summed in int32: convolutions without copying windows, and MATMUL.

/// Columns that are computed together.
pub const GROUP: usize = 8;

/// Columns of a panel: two neighbouring groups.
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "not every set asks"))]
pub const PANEL: usize = 2 * GROUP;

/// `N` rows of weights at [`GROUP`] columns, interleaved: what one multiply-add of 32 bits a column takes, or of 64.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(32))]
pub struct Group<W, const N: usize>(pub [[W; N]; GROUP]);

/// Weights for a number of columns: two neighbouring groups form a panel, an odd last group one of its own. In a panel
/// all groups of the same rows lie together.
#[derive(Clone, Debug)]
pub struct PackedWeights<W, const N: usize> {
    pub groups: Vec<Group<W, N>>,
    /// Columns with those that fill the last group.
    pub stride: usize,
}

impl<W, const N: usize> Default for PackedWeights<W, N> {
    fn default() -> Self {
        Self { groups: Vec::new(), stride: 0 }
    }
}

impl<W: Copy + Default, const N: usize> PackedWeights<W, N> {
    /// Packs `N · steps` rows; `weight(row, column)` is asked for the `columns` that exist.
    pub fn pack(&mut self, steps: usize, columns: usize, weight: impl Fn(usize, usize) -> W) {
        self.stride = columns.next_multiple_of(GROUP);
        let groups = self.stride / GROUP;
        self.groups.clear();
        for panel in (0..groups).step_by(2) {
            for step in 0..steps {
                for group in panel..groups.min(panel + 2) {
                    let mut packed = Group([[W::default(); N]; GROUP]);
                    for (column, packed) in (group * GROUP..columns).zip(&mut packed.0) {
                        *packed = std::array::from_fn(|row| weight(N * step + row, column));
                    }
                    self.groups.push(packed);
                }
            }
        }
    }
}

/// Some rows of a matrix product. Row `i` multiplies the `N` elements from `image[bases[i] + offset]` for every offset
/// with as many rows of weights, and adds the bias.
///
/// All of them lie inside the image; `weights` has [`GROUP`] columns of each offset for each group of the stride.
pub struct Gemm<'a, E, W, const N: usize> {
    pub image: &'a [E],
    pub bases: &'a [u32],
    pub offsets: &'a [u32],
    pub weights: &'a [Group<W, N>],
    /// One for each column, those that fill the last group included.
    pub bias: &'a [i32],
    /// Columns, those that fill the last group included.
    pub stride: usize,
}

/// Of int16 elements less their zero points.
pub type Pairs<'a> = Gemm<'a, i16, i16, 2>;

/// Of bytes: unsigned elements, signed weights.
pub type Quads<'a> = Gemm<'a, u8, i8, 4>;

/// The same, eight together: each half gives a sum of its own, and a vector has half as many columns.
pub type Octs<'a> = Gemm<'a, u8, i8, 8>;

impl<E: Copy + Into<i32>, W: Copy + Into<i32>, const N: usize> Gemm<'_, E, W, N> {
    /// Groups of columns, and steps of `N` rows of weights.
    ///
    /// # Panics
    /// If an element lies outside the image, or weights, bias or the `to` lanes that are written haven't the lengths that the product has: what
    /// unsafe code relies on.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "not every set asks"))]
    #[inline(always)]
    pub fn bounded(&self, to: usize) -> (usize, usize) {
        let (groups, steps) = (self.stride / GROUP, self.offsets.len());
        let [last, furthest] = [self.offsets, self.bases].map(|all| all.iter().copied().fold(0, u32::max) as usize);
        assert!(furthest + last + N <= self.image.len());
        assert!(self.weights.len() == groups * steps && self.bias.len() == self.stride);
        assert!(self.stride == groups * GROUP && to == self.bases.len() * self.stride);
        (groups, steps)
    }

    /// [`super::Simd::gemm`], [`super::Simd::gemm_bytes`] and [`super::Simd::gemm_octs`] in portable code.
    #[inline(always)]
    pub fn run(&self, to: &mut [i32]) {
        let (groups, steps) = (self.stride / GROUP, self.offsets.len());
        for (&base, to) in self.bases.iter().zip(to.chunks_exact_mut(self.stride)) {
            for (group, (to, bias)) in to.as_chunks_mut().0.iter_mut().zip(self.bias.as_chunks().0).enumerate() {
                // The first group of its panel, and how many that has.
                let panel = group & !1;
                let width = (groups - panel).min(2);
                let weights = self.weights[panel * steps..].chunks_exact(width);
                *to = self.sum(base, weights.map(|step| &step[group - panel]), *bias);
            }
        }
    }

    /// A row's sums at one group of columns. Written so that compilers find the multiply-add of pairs.
    #[inline(always)]
    fn sum<'a>(&self, base: u32, weights: impl Iterator<Item = &'a Group<W, N>>, mut sums: [i32; GROUP]) -> [i32; GROUP]
    where
        W: 'a,
    {
        for (&offset, weights) in self.offsets.iter().zip(weights) {
            let at = (base + offset) as usize;
            let elements: [i32; N] = std::array::from_fn(|row| self.image[at + row].into());
            for (sum, weights) in sums.iter_mut().zip(&weights.0) {
                let products: [i32; N] = std::array::from_fn(|row| elements[row] * weights[row].into());
                *sum = products.into_iter().reduce(i32::wrapping_add).map_or(*sum, |dot| sum.wrapping_add(dot));
            }
        }
        sums
    }
}
