//! AVG_POOL2D and MAX_POOL2D over whole pixels.

use tequio_attestation::Node;
use tequio_tensor::{DType, Op, Pool2d, Type};

use super::chain::narrow;
use crate::cpu::{
    buffers::{Home, Scratch, Tensors},
    plan::graph::Graph,
};

#[derive(Debug)]
pub struct Pool {
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
            let multiplier = (((1i64 << 30) + 1) << k) / count as i64;
            let shift = k + 30;
            for sum in &mut *sums {
                let product = sum.wrapping_sub(offset) as i64 * multiplier;
                let scaled = ((product + (1 << (shift - 1))) >> shift) as i32;
                *sum = scaled.wrapping_add(zero_out).max(min).min(max);
            }
        } else {
            sums.iter_mut().for_each(|sum| *sum = (*sum).max(min));
        }
        narrow(sums, self.out.dtype, out);
    }
}
