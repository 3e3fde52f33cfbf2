//! AVG_POOL2D and MAX_POOL2D over whole pixels.

use tequio_attestation::Node;
use tequio_tensor::{DType, Op, Pool2d, Type};

use super::{
    buffers::{Home, Scratch, Tensors},
    chain::widen,
    graph::Graph,
};

#[derive(Debug)]
pub(super) struct Pool {
    input: Home,
    ty: Type,
    out: Type,
    window: Pool2d,
    /// Zero points of the input and the output; none for the largest element.
    average: Option<[i32; 2]>,
}

impl Pool {
    pub fn new(graph: &Graph, homes: &[Home], node: &Node, out: &Type) -> Option<Self> {
        let (window, average) = match node.op {
            Op::MaxPool2d(window) => (window, None),
            Op::AvgPool2d(window) => {
                let zero = |at: usize| graph.constant(&node.operands[at]).map(|values| values[0] as i32);
                (window, Some([zero(1)?, zero(2)?]))
            }
            _ => return None,
        };
        let input = homes[graph.operand_origin(&node.operands[0])?];
        Some(Self { input, ty: graph.operand_type(&node.operands[0]), out: *out, window, average })
    }

    #[inline(always)]
    pub fn run(&self, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
        let [batch, height, width, channels] = std::array::from_fn(|axis| self.ty.shape.dim(axis) as usize);
        let [_, rows, columns] = std::array::from_fn(|axis| self.out.shape.dim(axis) as usize);
        let pixel = channels * self.ty.dtype.bytes();
        let input = tensors.bytes(self.input);
        if scratch.sums.len() < channels {
            scratch.sums.resize(channels, 0);
        }
        let sums = &mut scratch.sums[..channels];
        let mut out = out.chunks_exact_mut(pixel);
        for image in input.chunks_exact(height * width * pixel).take(batch) {
            for y in (0..rows).map(|y| self.reach(0, y, height)) {
                for x in (0..columns).map(|x| self.reach(1, x, width)) {
                    sums.fill(if self.average.is_some() { 0 } else { i32::MIN });
                    for y in y.clone() {
                        let row = &image[(y * width + x.start) * pixel..(y * width + x.end) * pixel];
                        row.chunks_exact(pixel).for_each(|pixel| self.fold(pixel, sums));
                    }
                    let Some(out) = out.next() else { return };
                    self.finish(sums, y.len() * x.len(), out);
                }
            }
        }
    }

    /// The input positions along an axis under the window at `at`.
    fn reach(&self, axis: usize, at: usize, len: usize) -> std::ops::Range<usize> {
        let [kernel, stride] = [self.window.kernel, self.window.stride].map(|pair| pair[axis] as usize);
        let start = at * stride;
        let pad = self.window.pad[2 * axis] as usize;
        start.saturating_sub(pad).min(len)..(start + kernel).saturating_sub(pad).min(len)
    }

    #[inline(always)]
    fn fold(&self, pixel: &[u8], sums: &mut [i32]) {
        let average = self.average.is_some();
        let with = |sum: &mut i32, value: i32| *sum = if average { sum.wrapping_add(value) } else { (*sum).max(value) };
        match self.ty.dtype {
            DType::I8 => pixel.iter().zip(sums).for_each(|(from, sum)| with(sum, *from as i8 as i32)),
            _ => {
                let from = pixel.as_chunks().0.iter().map(|from| i16::from_le_bytes(*from));
                from.zip(sums).for_each(|(from, sum)| with(sum, from as i32));
            }
        }
    }

    #[inline(always)]
    fn finish(&self, sums: &mut [i32], count: usize, out: &mut [u8]) {
        let (min, max) = (self.out.dtype.min() as i32, self.out.dtype.max() as i32);
        if let Some([zero_in, zero_out]) = self.average {
            let offset = zero_in.wrapping_mul(count as i32);
            // The multiplier and shift that divide by the count of elements, as TOSA makes them.
            let k = 32 - (count as u32 - 1).leading_zeros();
            let multiplier = ((1i64 << 30) + 1 << k) / count as i64;
            let shift = k + 30;
            for sum in &mut *sums {
                let product = sum.wrapping_sub(offset) as i64 * multiplier;
                let scaled = ((product + (1 << (shift - 1))) >> shift) as i32;
                *sum = scaled.wrapping_add(zero_out).max(min).min(max);
            }
        } else {
            sums.iter_mut().for_each(|sum| *sum = (*sum).max(min));
        }
        super::chain::narrow(sums, self.out.dtype, out);
    }
}

/// A reduction along one axis, or ARGMAX.
#[derive(Debug)]
pub(super) struct Reduce {
    input: Home,
    dtype: DType,
    out: DType,
    with: With,
    len: usize,
    inner: usize,
}

#[derive(Clone, Copy, Debug)]
enum With {
    Sum,
    Max,
    Min,
    All,
    Any,
    ArgMax,
}

impl Reduce {
    pub fn new(graph: &Graph, homes: &[Home], node: &Node, out: &Type) -> Option<Self> {
        let (with, axis) = match node.op {
            Op::ReduceSum { axis } => (With::Sum, axis),
            Op::ReduceMax { axis } => (With::Max, axis),
            Op::ReduceMin { axis } => (With::Min, axis),
            Op::ReduceAll { axis } => (With::All, axis),
            Op::ReduceAny { axis } => (With::Any, axis),
            Op::ArgMax { axis } => (With::ArgMax, axis),
            _ => return None,
        };
        let ty = graph.operand_type(&node.operands[0]);
        let input = homes[graph.operand_origin(&node.operands[0])?];
        let [len, inner] = [ty.shape.dim(axis as usize), ty.shape.stride(axis as usize)].map(|n| n as usize);
        Some(Self { input, dtype: ty.dtype, out: out.dtype, with, len, inner })
    }

    #[inline(always)]
    pub fn run(&self, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
        let Scratch { sums, registers, .. } = scratch;
        registers.resize_with(registers.len().max(2), Vec::new);
        let [row, best, ..] = &mut registers[..] else { return };
        for lanes in [&mut *sums, row, best] {
            lanes.resize(lanes.len().max(self.inner), 0);
        }
        let (result, row, best) = (&mut sums[..self.inner], &mut row[..self.inner], &mut best[..self.inner]);
        let bytes = self.inner * self.dtype.bytes();
        let block = self.len * bytes;
        for (from, out) in tensors.bytes(self.input).chunks_exact(block).zip(out.chunks_exact_mut(self.inner * self.out.bytes())) {
            best.fill(i32::MIN);
            for (at, from) in from.chunks_exact(bytes).enumerate() {
                widen(from, self.dtype, row);
                self.fold(at as i32, row, best, result);
            }
            super::chain::narrow(result, self.out, out);
        }
    }

    /// Folds the `at`th row into the result; the first starts it.
    #[inline(always)]
    fn fold(&self, at: i32, row: &[i32], best: &mut [i32], result: &mut [i32]) {
        let zip = |result: &mut [i32], f: fn(i32, i32) -> i32, first: fn(i32) -> i32| {
            for (value, result) in row.iter().zip(result) {
                *result = if at == 0 { first(*value) } else { f(*result, *value) };
            }
        };
        let one = |value: i32| (value != 0) as i32;
        match self.with {
            With::Sum => zip(result, i32::wrapping_add, |value| value),
            With::Max => zip(result, i32::max, |value| value),
            With::Min => zip(result, i32::min, |value| value),
            With::All => zip(result, |all, value| all & (value != 0) as i32, one),
            With::Any => zip(result, |any, value| any | (value != 0) as i32, one),
            With::ArgMax => {
                for ((value, best), result) in row.iter().zip(best).zip(result) {
                    if at == 0 || value > best {
                        (*best, *result) = (*value, at);
                    }
                }
            }
        }
    }
}
