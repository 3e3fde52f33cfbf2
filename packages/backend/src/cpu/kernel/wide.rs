//! Contractions of int16, whose sums have up to 48 bits: of parts whose sums have 32.

use super::instruction::Scale16;
use crate::{
    cpu::{
        memory::Tensors,
        simd::{
            Simd,
            gemm::{Gemm, PackedWeights},
        },
    },
    liveness::Placement,
};

/// The sums of a contraction, scaled: what the accumulators of any other are to its epilogue.
#[derive(Debug)]
pub struct Wide {
    pub parts: Vec<Part>,
    /// MATMUL's second operand, which is packed while running.
    pub right: Option<Right>,
    /// Of each column of the stride.
    pub bias: Vec<i64>,
    /// The RESCALE that is all that reads the sums.
    pub scale: Scale16,
}

/// Some rows of weights.
#[derive(Debug)]
pub struct Part {
    /// From a row's base to what is multiplied.
    pub offsets: Vec<u32>,
    /// Empty, if they are packed while running.
    pub weights: PackedWeights<i16, 2>,
    /// Of the second operand the first row, and which half of each of its elements; 0 of what else there is.
    pub first: usize,
    pub half: Half,
}

/// Which bits of int16: high · 2⁸ + low, where low is unsigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    Low,
    High,
}

/// A matrix of int16.
#[derive(Debug)]
pub struct Right {
    pub placement: Placement,
    pub rows: usize,
    pub columns: usize,
}

impl Wide {
    /// Packs product `number`'s second operand, if there is one.
    #[inline(always)]
    pub fn pack(&self, number: usize, tensors: &Tensors, packed: &mut Vec<PackedWeights<i16, 2>>) {
        let Some(Right { placement, rows, columns }) = self.right else { return };
        let matrix = &tensors.bytes(placement).as_chunks::<2>().0[number * rows * columns..][..rows * columns];
        packed.resize_with(packed.len().max(self.parts.len()), PackedWeights::default);
        for (part, packed) in self.parts.iter().zip(packed) {
            packed.pack(part.offsets.len(), columns, |row, column| match matrix.get((part.first + row) * columns..) {
                Some([]) | None => 0,
                Some(row) => {
                    let [low, high] = row[column];
                    if part.half == Half::High { i16::from(high as i8) } else { low.into() }
                }
            });
        }
    }

    /// Fills `to` with the scaled sums of some rows. The parts have no bias: `none` is as long as there are columns.
    #[inline(always)]
    pub fn run<S: Simd>(
        &self,
        simd: S,
        (image, bases): (&[i16], &[u32]),
        (packed, none): (&[PackedWeights<i16, 2>], &[i32]),
        sums: &mut Vec<i64>,
        to: &mut [i32],
    ) {
        let stride = self.bias.len();
        sums.clear();
        bases.iter().for_each(|_| sums.extend_from_slice(&self.bias));
        for (at, part) in self.parts.iter().enumerate() {
            let weights = if self.right.is_some() { &packed[at].groups } else { &part.weights.groups };
            simd.gemm(&Gemm { image, bases, offsets: &part.offsets, weights, bias: none, stride }, to);
            let shift = if part.half == Half::High { 8 } else { 0 };
            for (sum, part) in sums.iter_mut().zip(&*to) {
                *sum += i64::from(*part) << shift;
            }
        }
        self.scale.wide(stride, sums, to);
    }
}
