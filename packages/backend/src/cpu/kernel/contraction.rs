//! Convolutions and matrix products together with the chain that follows them.

use super::{
    chain::Chain,
    depthwise::{TapPair, Taps},
    gemm::{Block, Panels},
    image::Image,
};
use crate::cpu::{
    Simd,
    buffers::{Home, Scratch, Tensors},
};

/// A contraction and its chain. Sums exist for a tile of rows at a time: a pixel's channels, or a row of a matrix.
#[derive(Debug)]
pub struct Contraction {
    pub input: Home,
    /// How one image of the batch is laid out.
    pub image: Image,
    /// Images that are laid out and computed together.
    pub together: usize,
    /// For each row of so many images, where it starts.
    pub bases: Vec<u32>,
    pub core: Core,
    /// Bias of each column of the stride.
    pub bias: Vec<i32>,
    pub chain: Chain,
}

#[derive(Debug)]
pub enum Core {
    Gemm {
        offsets: Vec<u32>,
        weights: Panels,
    },
    /// MATMUL: the second operand, of `inner` rows, is packed while running.
    MatMul {
        offsets: Vec<u32>,
        right: Home,
        zero_point: i16,
        inner: usize,
    },
    Depthwise {
        offsets: Vec<[u32; 2]>,
        weights: Vec<TapPair>,
    },
}

impl Contraction {
    #[inline(always)]
    pub fn run(&self, simd: Simd, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
        let Scratch { image, sums, panels, registers } = scratch;
        let tile = self.chain.rows().min(self.bases.len());
        self.chain.prepare(tile, registers);
        sums.resize(sums.len().max(tile * self.chain.stride), 0);

        let batch = self.image.bytes();
        let row = self.chain.width * self.chain.dtype.bytes();
        let input = &tensors.bytes(self.input)[..out.len() / row * batch / self.rows()];
        let (mut first, mut rest) = (0, out);
        for (number, images) in input.chunks(self.together * batch).enumerate() {
            self.image.lay_out(images, image);
            if let Core::MatMul { offsets, right, zero_point, inner } = &self.core {
                let columns = self.chain.width;
                let matrix = &tensors.bytes(*right)[number * inner * columns..];
                panels.pack(offsets.len(), columns, |row, column| {
                    if row < *inner { matrix[row * columns + column] as i8 as i16 - zero_point } else { 0 }
                });
            }
            let bases = &self.bases[..images.len() / batch * self.rows()];
            for bases in bases.chunks(tile) {
                let sums = &mut sums[..bases.len() * self.chain.stride];
                self.sum(simd, image, bases, panels, sums);
                let (out, behind) = rest.split_at_mut(bases.len() * row);
                self.chain.tile(simd, tensors, registers, sums, first, out);
                (first, rest) = (first + bases.len(), behind);
            }
        }
    }

    /// Rows of one image.
    fn rows(&self) -> usize {
        self.bases.len() / self.together
    }

    #[inline(always)]
    fn sum(&self, simd: Simd, image: &[i16], bases: &[u32], panels: &Panels, to: &mut [i32]) {
        let stride = self.chain.stride;
        let gemm = |offsets, weights: &Panels, to: &mut [i32]| {
            let block = Block { image, bases, offsets, weights: &weights.pairs, bias: &self.bias, stride };
            match simd {
                #[cfg(target_arch = "x86_64")]
                Some(avx2) => avx2.gemm(&block, to),
                _ => block.run(to),
            }
        };
        match &self.core {
            Core::Gemm { offsets, weights } => gemm(offsets, weights, to),
            Core::MatMul { offsets, .. } => gemm(offsets, panels, to),
            Core::Depthwise { offsets, weights } => {
                let taps = Taps { image, bases, offsets, weights, bias: &self.bias, stride };
                match simd {
                    #[cfg(target_arch = "x86_64")]
                    Some(avx2) => avx2.depthwise(&taps, to),
                    _ => taps.run(to),
                }
            }
        }
    }
}
