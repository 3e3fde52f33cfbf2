//! Convolutions and matrix products together with the fused operators that follow them.

use super::{fused::Fused, image::Image};
use crate::{
    cpu::{
        memory::{Scratch, Tensors},
        simd::{
            Run, Simd,
            depthwise::{Depthwise, TapPair},
            gemm::{Gemm, PackedWeights},
        },
    },
    liveness::Placement,
};

/// A contraction and its epilogue. Accumulators exist for a tile of rows at a time: a pixel's channels, or a row of a
/// matrix.
#[derive(Debug)]
pub struct Contraction {
    pub input: Placement,
    /// How one image of the batch is laid out.
    pub image: Image,
    /// Images that are laid out and computed together.
    pub images: usize,
    /// For each row of so many images, where it starts.
    pub bases: Vec<u32>,
    pub product: Product,
    /// Bias of each column of the stride.
    pub bias: Vec<i32>,
    pub epilogue: Fused,
}

/// How the accumulators are computed, with the offsets from a row's base of what is multiplied.
#[derive(Debug)]
pub enum Product {
    Gemm {
        offsets: Vec<u32>,
        weights: PackedWeights,
    },
    /// MATMUL: the second operand, of `inner` rows, is packed while running.
    MatMul {
        offsets: Vec<u32>,
        right: Placement,
        zero_point: i16,
        inner: usize,
    },
    Depthwise {
        offsets: Vec<[u32; 2]>,
        weights: Vec<TapPair>,
    },
}

impl Run for Contraction {
    #[inline(always)]
    fn run<S: Simd>(&self, simd: S, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
        let Scratch { image, accumulators, weights, registers } = scratch;
        let stride = self.epilogue.stride;
        let tile = self.epilogue.tile_rows().min(self.bases.len());
        self.epilogue.prepare(tile, registers);
        accumulators.resize(accumulators.len().max(tile * stride), 0);

        let batch = self.image.bytes();
        let row = self.epilogue.width * self.epilogue.dtype.bytes();
        let input = &tensors.bytes(self.input)[..out.len() / row * batch / self.rows()];
        let (mut first, mut rest) = (0, out);
        for (number, images) in input.chunks(self.images * batch).enumerate() {
            self.image.lay_out(images, image);
            self.pack(number, tensors, weights);
            let bases = &self.bases[..images.len() / batch * self.rows()];
            for bases in bases.chunks(tile) {
                let accumulators = &mut accumulators[..bases.len() * stride];
                self.accumulate(simd, image, bases, weights, accumulators);
                let (out, behind) = rest.split_at_mut(bases.len() * row);
                self.epilogue.run_tile(simd, tensors, registers, accumulators, first, out);
                (first, rest) = (first + bases.len(), behind);
            }
        }
    }
}

impl Contraction {
    /// Rows of one image.
    fn rows(&self) -> usize {
        self.bases.len() / self.images
    }

    /// Packs the second operand of MATMUL's product `number`.
    #[inline(always)]
    fn pack(&self, number: usize, tensors: &Tensors, weights: &mut PackedWeights) {
        let Product::MatMul { offsets, right, zero_point, inner } = &self.product else { return };
        let columns = self.epilogue.width;
        let matrix = &tensors.bytes(*right)[number * inner * columns..];
        weights.pack(offsets.len(), columns, |row, column| {
            if row < *inner { matrix[row * columns + column] as i8 as i16 - zero_point } else { 0 }
        });
    }

    #[inline(always)]
    fn accumulate<S: Simd>(&self, simd: S, image: &[i16], bases: &[u32], packed: &PackedWeights, to: &mut [i32]) {
        let (bias, stride) = (&self.bias[..], self.epilogue.stride);
        let gemm = |offsets, weights| Gemm { image, bases, offsets, weights, bias, stride };
        match &self.product {
            Product::Gemm { offsets, weights } => simd.gemm(&gemm(offsets, &weights.pairs), to),
            Product::MatMul { offsets, .. } => simd.gemm(&gemm(offsets, &packed.pairs), to),
            Product::Depthwise { offsets, weights } => {
                simd.depthwise(&Depthwise { image, bases, offsets, weights, bias, stride }, to);
            }
        }
    }
}
