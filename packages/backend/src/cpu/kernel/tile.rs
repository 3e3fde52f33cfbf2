//! A tile: the rows of a tensor that fused operators compute at a time, so that what lies between stays in cache.

use tequio_tensor::DType;

use super::convert::{narrow, widen};
use crate::{cpu::memory::Tensors, liveness::Placement};

/// Some rows, in registers and in memory.
#[derive(Clone, Copy, Debug)]
pub struct Tile {
    /// First row.
    pub first: usize,
    /// Elements of all rows; the last row of a tensor of one row may be cut off.
    pub elements: usize,
    /// Elements of a row.
    pub width: usize,
    /// Lanes of a row.
    pub stride: usize,
}

/// A tensor whose elements at the tile's positions are loaded.
#[derive(Clone, Debug)]
pub struct Load {
    pub from: Placement,
    pub dtype: DType,
    pub addressing: Addressing,
}

/// Where a tile's rows lie in a tensor.
#[derive(Clone, Debug)]
pub enum Addressing {
    /// One behind the other: the tensor has the shape of the result.
    Contiguous,
    /// Row `i` starts at element `starts[i]`; it is a row, or one element for the whole row.
    Rows { starts: Vec<u32>, broadcast: bool },
}

impl Tile {
    /// Lanes of all rows.
    pub fn lanes(&self) -> usize {
        self.elements.div_ceil(self.width) * self.stride
    }

    /// Elements and lanes that are next to each other in memory and in registers: all, if nothing lies between rows.
    fn contiguous(&self) -> [usize; 2] {
        if self.width == self.stride { [self.lanes().max(1); 2] } else { [self.width, self.stride] }
    }

    /// Writes the tile's lanes as elements of a type.
    #[inline(always)]
    pub fn store(&self, from: &[i32], dtype: DType, out: &mut [u8]) {
        let [elements, lanes] = self.contiguous();
        for (from, to) in from.chunks(lanes).zip(out.chunks_mut(elements * dtype.bytes())) {
            narrow(from, dtype, to);
        }
    }
}

impl Load {
    #[inline(always)]
    pub fn run(&self, tensors: &Tensors, tile: &Tile, to: &mut [i32]) {
        let Tile { first, elements, width, stride } = *tile;
        let bytes = tensors.bytes(self.from);
        let size = self.dtype.bytes();
        match &self.addressing {
            Addressing::Contiguous => {
                let bytes = &bytes[first * width * size..][..elements * size];
                let [elements, lanes] = tile.contiguous();
                for (bytes, to) in bytes.chunks(elements * size).zip(to.chunks_mut(lanes)) {
                    widen(bytes, self.dtype, to);
                }
            }
            Addressing::Rows { starts, broadcast } => {
                for (&start, to) in starts[first..].iter().zip(to.chunks_exact_mut(stride)) {
                    let bytes = &bytes[start as usize * size..];
                    if *broadcast {
                        let mut value = [0];
                        widen(&bytes[..size], self.dtype, &mut value);
                        to.fill(value[0]);
                    } else {
                        widen(&bytes[..width * size], self.dtype, to);
                    }
                }
            }
        }
    }
}
