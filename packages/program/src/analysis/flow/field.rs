//! A number for each element of a tensor, written once for all positions of an axis along which it doesn't change.

use tequio_tensor::{MAX_RANK, Shape};

use super::{along::Along, lines};
use crate::analysis::mask::Mask;

/// Flow that no cost reaches, only choices that aren't known and double it: so much is refused when it is weighed.
const MOST: u128 = 1 << 96;

/// All lengths of a shape, 1 past its rank.
pub type Dims = [u32; MAX_RANK];

pub fn dims(shape: &Shape) -> Dims {
    core::array::from_fn(|axis| shape.dim(axis))
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    dims: Dims,
    /// Along which axes the numbers are written out; the others are uniform. Never along an axis of length 1.
    kept: [bool; MAX_RANK],
    /// Row-major over the kept axes.
    values: Vec<u128>,
}

impl Field {
    /// The same number everywhere.
    pub fn uniform(dims: Dims, value: u128) -> Self {
        Self { dims, kept: [false; MAX_RANK], values: vec![value] }
    }

    /// A number for each element, in flat order.
    pub fn of_elements(dims: Dims, values: Vec<u128>) -> Self {
        Self { dims, kept: dims.map(|dim| dim > 1), values }
    }

    /// 1 where the mask holds, 0 elsewhere.
    pub fn of_mask(dims: Dims, mask: &Mask) -> Self {
        let mut field = Self::uniform(dims, 0);
        field.raise_where(mask, 1);
        field
    }

    /// Where it isn't 0.
    pub fn mask(self) -> Mask {
        match Mask::of(self.values.iter().map(|value| *value > 0).collect()) {
            Mask::Some(_) => Mask::of(self.elements().into_iter().map(|value| value > 0).collect()),
            uniform => uniform,
        }
    }

    pub fn dims(&self) -> &Dims {
        &self.dims
    }

    pub fn largest(&self) -> u128 {
        self.values.iter().copied().max().unwrap_or(0)
    }

    /// The number of each element, in flat order.
    pub fn elements(self) -> Vec<u128> {
        let all = self.dims.map(|dim| dim > 1);
        self.written(all).values
    }

    /// No number above [`MOST`].
    pub fn capped(mut self) -> Self {
        self.values.iter_mut().for_each(|value| *value = (*value).min(MOST));
        self
    }

    /// Adds the same number wherever `mask` holds.
    pub fn raise_where(&mut self, mask: &Mask, by: u128) {
        match mask {
            Mask::None => {}
            Mask::All => self.values.iter_mut().for_each(|value| *value += by),
            Mask::Some(bits) => {
                let raised = bits.iter().map(|bit| if *bit { by } else { 0 }).collect();
                self.add(Self::of_elements(self.dims, raised));
            }
        }
    }

    /// Adds another field of the same lengths.
    pub fn add(&mut self, other: Field) {
        let kept = core::array::from_fn(|axis| self.kept[axis] || other.kept[axis]);
        *self = core::mem::replace(self, Self::uniform(self.dims, 0)).written(kept);
        self.values.iter_mut().zip(other.written(kept).values).for_each(|(value, more)| *value += more);
    }
}

impl Field {
    /// Numbers from one step along an axis to the next.
    fn stride(&self, axis: usize) -> usize {
        let after = self.dims.iter().zip(self.kept).skip(axis + 1);
        after.map(|(&dim, kept)| if kept { dim as usize } else { 1 }).product()
    }

    /// The same numbers, written out along the axes of `kept` too.
    fn written(mut self, kept: [bool; MAX_RANK]) -> Self {
        for (axis, keep) in kept.into_iter().enumerate() {
            if keep && !self.kept[axis] && self.dims[axis] > 1 {
                let ones = vec![1; self.dims[axis] as usize];
                self = self.weighted(axis, &ones);
            }
        }
        self
    }

    /// Written out along a uniform axis, as long as `weights`, each position's numbers multiplied by its weight.
    fn weighted(mut self, axis: usize, weights: &[u128]) -> Self {
        let mut values = Vec::with_capacity(self.values.len() * weights.len());
        for run in self.values.chunks(self.stride(axis)) {
            weights.iter().for_each(|weight| values.extend(run.iter().map(|value| value * weight)));
        }
        (self.values, self.dims[axis], self.kept[axis]) = (values, weights.len() as u32, weights.len() > 1);
        self
    }

    /// The sums along an axis, which is left with one position.
    pub fn summed(mut self, axis: usize) -> Self {
        if self.kept[axis] {
            let stride = self.stride(axis);
            let mut values = Vec::with_capacity(self.values.len() / self.dims[axis] as usize);
            for block in self.values.chunks(self.dims[axis] as usize * stride) {
                values.extend((0..stride).map(|at| block[at..].iter().step_by(stride).sum::<u128>()));
            }
            self.values = values;
        } else {
            self.values.iter_mut().for_each(|value| *value *= self.dims[axis] as u128);
        }
        (self.dims[axis], self.kept[axis]) = (1, false);
        self
    }

    /// Every number divided, rounded up, by how many elements its element reads: the product of `taps` along all axes.
    /// An element that reads nothing may get any number.
    pub fn shared(mut self, taps: &[Vec<u128>; MAX_RANK]) -> Self {
        for (axis, taps) in taps.iter().enumerate() {
            let changes = taps.windows(2).any(|pair| pair[0].max(1) != pair[1].max(1));
            if changes && !self.kept[axis] {
                self = self.weighted(axis, &vec![1; taps.len()]);
            }
        }
        let kept = self.kept;
        let axes: [&[u128]; MAX_RANK] =
            core::array::from_fn(|axis| if kept[axis] { &taps[axis][..] } else { &taps[axis][..1] });
        divide(&mut self.values, &axes, 1);
        self
    }

    /// What each of `len` positions of an axis gets if every position gives its number to each that it reads.
    pub fn scattered(mut self, axis: usize, along: Along, len: u32) -> Self {
        let ends = [self.dims[axis], len];
        match along {
            Along::Same => self,
            Along::Whole => {
                self = self.summed(axis);
                self.dims[axis] = len;
                self
            }
            _ if !self.kept[axis] => {
                let ones = vec![1; ends[0] as usize];
                self.multiplied(axis, &lines::scattered(&ones, ends, 1, along))
            }
            _ => {
                self.values = lines::scattered(&self.values, ends, self.stride(axis), along);
                (self.dims[axis], self.kept[axis]) = (len, len > 1);
                self
            }
        }
    }

    /// The sum, at each of `len` positions of an axis, of the numbers that it reads.
    pub fn gathered(mut self, axis: usize, along: Along, len: u32) -> Self {
        let ends = [self.dims[axis], len];
        match along {
            Along::Same => self,
            Along::Whole => {
                self = self.summed(axis);
                self.dims[axis] = len;
                self
            }
            _ if !self.kept[axis] => {
                let counts: Vec<u128> = (0..len).map(|at| along.taps(at, ends[0]).count.into()).collect();
                self.multiplied(axis, &counts)
            }
            _ => {
                self.values = lines::gathered(&self.values, ends, self.stride(axis), along);
                (self.dims[axis], self.kept[axis]) = (len, len > 1);
                self
            }
        }
    }

    /// Along a uniform axis, as long as `weights`, multiplied by them, and written out only where they differ.
    fn multiplied(mut self, axis: usize, weights: &[u128]) -> Self {
        if weights.iter().any(|weight| *weight != weights[0]) {
            return self.weighted(axis, weights);
        }
        self.values.iter_mut().for_each(|value| *value *= weights[0]);
        self.dims[axis] = weights.len() as u32;
        self
    }

    /// The same numbers in flat order under other lengths.
    pub fn reshaped(self, to: Dims) -> Self {
        let long = |dims: &Dims| (0..MAX_RANK).filter(|&axis| dims[axis] > 1).collect::<Vec<_>>();
        let (old, new) = (long(&self.dims), long(&to));
        let (mut written, mut kept) = (self.kept, [false; MAX_RANK]);
        let (mut o, mut n) = (0, 0);
        // Runs of axes that hold the same elements: what is uniform along all of one is along all of the other.
        while o < old.len() && n < new.len() {
            let (from, into) = (o, n);
            let (mut left, mut right) = (self.dims[old[o]], to[new[n]]);
            (o, n) = (o + 1, n + 1);
            while left != right {
                if left < right {
                    (left, o) = (left * self.dims[old[o]], o + 1);
                } else {
                    (right, n) = (right * to[new[n]], n + 1);
                }
            }
            if old[from..o].iter().any(|&axis| self.kept[axis]) {
                old[from..o].iter().for_each(|&axis| written[axis] = true);
                new[into..n].iter().for_each(|&axis| kept[axis] = true);
            }
        }
        Self { dims: to, kept, values: self.written(written).values }
    }

    /// Axis i becomes axis `order[i]`.
    pub fn transposed(self, order: [usize; MAX_RANK]) -> Self {
        let (mut dims, mut kept, mut steps) = (self.dims, self.kept, [0; MAX_RANK]);
        for (axis, &to) in order.iter().enumerate() {
            (dims[to], kept[to], steps[to]) = (self.dims[axis], self.kept[axis], self.stride(axis));
        }
        let mut places = vec![0];
        for axis in (0..MAX_RANK).filter(|&axis| kept[axis]) {
            let step = steps[axis];
            let along = |place: usize| (0..dims[axis] as usize).map(move |at| place + at * step);
            places = places.into_iter().flat_map(along).collect();
        }
        Self { dims, kept, values: places.into_iter().map(|place| self.values[place]).collect() }
    }
}

/// Divides by `reads` times the product of what the axes say, which are those of `values`.
fn divide(values: &mut [u128], axes: &[&[u128]], reads: u128) {
    match axes {
        [] if reads > 1 => values.iter_mut().for_each(|value| *value = value.div_ceil(reads)),
        [] => {}
        [first, rest @ ..] => {
            let parts = values.chunks_mut(values.len() / first.len());
            parts.zip(*first).for_each(|(part, taps)| divide(part, rest, reads * taps.max(&1)));
        }
    }
}
