//! AVG_POOL2D and MAX_POOL2D over whole pixels.

use std::ops::Range;

use tequio_tensor::{DType, Pool2d, Type};

use super::convert::narrow;
use crate::{
    cpu::{
        memory::{Scratch, Tensors},
        simd::{Run, Simd},
    },
    liveness::Placement,
};

#[derive(Debug)]
pub struct Pool {
    pub input: Placement,
    pub ty: Type,
    pub out: Type,
    pub window: Pool2d,
    /// Zero points of the input and the output; none for the largest element.
    pub average: Option<[i32; 2]>,
}

impl Run for Pool {
    #[inline(always)]
    fn run<S: Simd>(&self, _: S, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
        let [batch, height, width, channels] = std::array::from_fn(|axis| self.ty.shape.dim(axis) as usize);
        let [_, rows, columns] = std::array::from_fn(|axis| self.out.shape.dim(axis) as usize);
        let pixel = channels * self.ty.dtype.bytes();
        let input = tensors.bytes(self.input);
        scratch.accumulators.resize(scratch.accumulators.len().max(channels), 0);
        let sums = &mut scratch.accumulators[..channels];
        let mut out = out.chunks_exact_mut(pixel);
        for image in input.chunks_exact(height * width * pixel).take(batch) {
            for y in (0..rows).map(|y| self.reads(0, y, height)) {
                for x in (0..columns).map(|x| self.reads(1, x, width)) {
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
}

impl Pool {
    /// The input positions that the window at `at` reads along an axis.
    fn reads(&self, axis: usize, at: usize, len: usize) -> Range<usize> {
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
