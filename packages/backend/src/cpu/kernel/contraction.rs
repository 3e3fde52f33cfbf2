//! Convolutions and matrix products together with the fused operators that follow them.

use super::{
    fused::Fused,
    image::{Byte, ByteAsShort, Image, Short},
    wide::Wide,
};
use crate::{
    cpu::{
        memory::{Scratch, Tensors},
        simd::{
            Run, Simd,
            depthwise::{Depthwise, Taps},
            gemm::{Gemm, PackedWeights},
            scale::Scale,
        },
    },
    liveness::Placement,
};

/// Rows that are computed together at least, so that they share the weights that are in cache: where their sums become bytes
/// at once, and where their sums have to be read again but the weights are more than a cache has.
const ROWS: [usize; 2] = [256, 64];

/// Bytes of weights that a cache has.
const CACHED: usize = 1 << 18;

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
    /// Bias of each column of the stride, or as depthwise convolutions place it; none where sums are wide.
    pub bias: Vec<i32>,
    pub epilogue: Fused,
}

/// How the accumulators are computed, with the offsets from a row's base of what is multiplied.
#[derive(Debug)]
pub enum Product {
    Pairs {
        offsets: Vec<u32>,
        weights: PackedWeights<i16, 2>,
    },
    /// The bias takes off what [`OFFSET`](super::image::OFFSET) and the zero point add.
    Quads {
        offsets: Vec<u32>,
        weights: PackedWeights<i8, 4>,
    },
    /// As [`Self::Quads`].
    Octs {
        offsets: Vec<u32>,
        weights: PackedWeights<i8, 8>,
    },
    /// MATMUL: the second operand, of `inner` rows, is packed while running.
    MatMul {
        offsets: Vec<u32>,
        right: Placement,
        zero_point: i16,
        inner: usize,
    },
    /// Int16 whose sums may have more than 32 bits.
    Wide(Wide),
    TapPairs {
        offsets: Vec<[u32; 2]>,
        weights: Vec<Taps<i16, 2, 16>>,
    },
    /// As [`Self::Quads`].
    TapQuads {
        offsets: Vec<[u32; 4]>,
        weights: Vec<Taps<i8, 4, 64>>,
    },
}

impl Product {
    /// Whether it is a matrix product of bytes.
    fn is_of_bytes(&self) -> bool {
        matches!(self, Product::Quads { .. } | Product::Octs { .. })
    }

    /// Bytes of packed weights.
    fn bytes(&self) -> usize {
        match self {
            Product::Pairs { weights, .. } => size_of_val(&weights.groups[..]),
            Product::Quads { weights, .. } => size_of_val(&weights.groups[..]),
            Product::Octs { weights, .. } => size_of_val(&weights.groups[..]),
            _ => 0,
        }
    }
}

impl Run for Contraction {
    #[inline(always)]
    fn run<S: Simd>(&self, simd: S, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
        let Scratch { image, bytes, accumulators, weights, sums, registers } = scratch;
        let stride = self.epilogue.stride;
        let in_bytes = self.epilogue.in_bytes();
        let least = match in_bytes {
            Some(_) if S::SCALES && self.product.is_of_bytes() => ROWS[0],
            Some(_) if self.product.bytes() > CACHED => ROWS[1],
            _ => 0,
        };
        let tile = self.epilogue.tile_rows(S::ROWS).max(least).min(self.bases.len());
        if in_bytes.is_none() {
            self.epilogue.prepare(tile, registers);
        }
        let batch = self.image.canonical();
        let row = self.epilogue.width * self.epilogue.dtype.bytes();
        let input = &tensors.bytes(self.input)[..out.len() / row * batch / self.rows()];
        let (mut first, mut rest) = (0, out);
        for (number, images) in input.chunks(self.images * batch).enumerate() {
            match self.product {
                Product::Quads { .. } | Product::Octs { .. } | Product::TapQuads { .. } => {
                    self.image.lay_out::<Byte>(images, bytes);
                }
                _ if self.image.bytes == 2 => self.image.lay_out::<Short>(images, image),
                _ => self.image.lay_out::<ByteAsShort>(images, image),
            }
            self.pack(number, tensors, weights);
            let bases = &self.bases[..images.len() / batch * self.rows()];
            for bases in bases.chunks(tile) {
                let (out, behind) = rest.split_at_mut(bases.len() * row);
                match &in_bytes {
                    Some(epilogue) => {
                        if !self.scaled_at_once(simd, epilogue.scale, bytes, bases, out) {
                            let all = self.accumulate(simd, (image, bytes), bases, (weights, sums), accumulators);
                            simd.scale_to_bytes(epilogue.scale, stride, all, out);
                        }
                        if let Some((sum, load)) = epilogue.then {
                            sum.add(out, &tensors.bytes(load.from)[first * row..]);
                        }
                    }
                    None => {
                        let all = self.accumulate(simd, (image, bytes), bases, (weights, sums), accumulators);
                        self.epilogue.run_tile(simd, tensors, registers, all, first, out);
                    }
                }
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
    fn pack(&self, number: usize, tensors: &Tensors, packed: &mut Vec<PackedWeights<i16, 2>>) {
        if let Product::Wide(wide) = &self.product {
            return wide.pack(number, tensors, packed);
        }
        let Product::MatMul { offsets, right, zero_point, inner } = &self.product else { return };
        packed.resize_with(packed.len().max(1), PackedWeights::default);
        let columns = self.epilogue.width;
        let matrix = &tensors.bytes(*right)[number * inner * columns..];
        packed[0].pack(offsets.len(), columns, |row, column| {
            if row < *inner { matrix[row * columns + column] as i8 as i16 - zero_point } else { 0 }
        });
    }

    /// Computes rows that are scaled to bytes, if the instruction set does that at once.
    #[inline(always)]
    fn scaled_at_once<S: Simd>(&self, simd: S, scale: &Scale, image: &[u8], bases: &[u32], out: &mut [u8]) -> bool {
        let (bias, stride) = (&self.bias[..], self.epilogue.stride);
        match &self.product {
            Product::Quads { offsets, weights } => {
                simd.gemm_to_bytes(&Gemm { image, bases, offsets, weights: &weights.groups, bias, stride }, scale, out)
            }
            Product::Octs { offsets, weights } => {
                let gemm = Gemm { image, bases, offsets, weights: &weights.groups, bias, stride };
                simd.gemm_octs_to_bytes(&gemm, scale, out)
            }
            _ => false,
        }
    }

    /// The sums of some rows, in accumulators that grow to that.
    #[inline(always)]
    fn accumulate<'a, S: Simd>(
        &self,
        simd: S,
        (image, bytes): (&[i16], &[u8]),
        bases: &[u32],
        (packed, sums): (&[PackedWeights<i16, 2>], &mut Vec<i64>),
        accumulators: &'a mut Vec<i32>,
    ) -> &'a [i32] {
        let (bias, stride) = (&self.bias[..], self.epilogue.stride);
        let lanes = bases.len() * stride;
        accumulators.resize(accumulators.len().max(lanes), 0);
        let to = &mut accumulators[..lanes];
        let pairs = |offsets, weights| Gemm { image, bases, offsets, weights, bias, stride };
        match &self.product {
            Product::Pairs { offsets, weights } => simd.gemm(&pairs(offsets, &weights.groups), to),
            Product::MatMul { offsets, .. } => simd.gemm(&pairs(offsets, &packed[0].groups), to),
            Product::Wide(wide) => wide.run(simd, (image, bases), (packed, bias), sums, to),
            Product::Quads { offsets, weights } => {
                simd.gemm_bytes(&Gemm { image: bytes, bases, offsets, weights: &weights.groups, bias, stride }, to);
            }
            Product::Octs { offsets, weights } => {
                simd.gemm_octs(&Gemm { image: bytes, bases, offsets, weights: &weights.groups, bias, stride }, to);
            }
            Product::TapPairs { offsets, weights } => {
                simd.depthwise(&Depthwise { image, bases, offsets, weights, bias, stride }, to);
            }
            Product::TapQuads { offsets, weights } => {
                simd.depthwise_bytes(&Depthwise { image: bytes, bases, offsets, weights, bias, stride }, to);
            }
        }
        to
    }
}
