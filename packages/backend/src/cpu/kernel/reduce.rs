//! Reductions along one axis, and ARGMAX.

use tequio_tensor::DType;

use super::convert::{narrow, widen};
use crate::{
    cpu::{
        memory::{Scratch, Tensors},
        simd::{Run, Simd},
    },
    liveness::Placement,
};

/// A reduction along one axis, or ARGMAX.
#[derive(Debug)]
pub struct Reduce {
    pub input: Placement,
    pub dtype: DType,
    pub out: DType,
    pub reduction: Reduction,
    /// Elements along the axis, and from one of them to the next.
    pub len: usize,
    pub inner: usize,
}

#[derive(Clone, Copy, Debug)]
pub enum Reduction {
    Sum,
    Max,
    Min,
    All,
    Any,
    ArgMax,
}

impl Run for Reduce {
    #[inline(always)]
    fn run<S: Simd>(&self, _: S, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
        let Scratch { accumulators, registers, .. } = scratch;
        registers.resize_with(registers.len().max(2), Vec::new);
        let [row, best, ..] = &mut registers[..] else { return };
        for lanes in [&mut *accumulators, row, best] {
            lanes.resize(lanes.len().max(self.inner), 0);
        }
        let (result, row, best) = (&mut accumulators[..self.inner], &mut row[..self.inner], &mut best[..self.inner]);
        let bytes = self.inner * self.dtype.bytes();
        let block = self.len * bytes;
        for (from, out) in
            tensors.bytes(self.input).chunks_exact(block).zip(out.chunks_exact_mut(self.inner * self.out.bytes()))
        {
            best.fill(i32::MIN);
            for (at, from) in from.chunks_exact(bytes).enumerate() {
                widen(from, self.dtype, row);
                self.fold(at as i32, row, best, result);
            }
            narrow(result, self.out, out);
        }
    }
}

impl Reduce {
    /// Folds the `at`th row into the result; the first starts it.
    #[inline(always)]
    fn fold(&self, at: i32, row: &[i32], best: &mut [i32], result: &mut [i32]) {
        let zip = |result: &mut [i32], f: fn(i32, i32) -> i32, first: fn(i32) -> i32| {
            for (value, result) in row.iter().zip(result) {
                *result = if at == 0 { first(*value) } else { f(*result, *value) };
            }
        };
        let one = |value: i32| (value != 0) as i32;
        match self.reduction {
            Reduction::Sum => zip(result, i32::wrapping_add, |value| value),
            Reduction::Max => zip(result, i32::max, |value| value),
            Reduction::Min => zip(result, i32::min, |value| value),
            Reduction::All => zip(result, |all, value| all & (value != 0) as i32, one),
            Reduction::Any => zip(result, |any, value| any | (value != 0) as i32, one),
            Reduction::ArgMax => {
                for ((value, best), result) in row.iter().zip(best).zip(result) {
                    if at == 0 || value > best {
                        (*best, *result) = (*value, at);
                    }
                }
            }
        }
    }
}
