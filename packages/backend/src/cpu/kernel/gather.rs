//! GATHER and SCATTER.

use crate::{
    cpu::{
        memory::{Scratch, Tensors},
        simd::{Run, Simd},
    },
    liveness::Placement,
};

/// Rows chosen by indices, clamped to those there are.
#[derive(Debug)]
pub struct Gather {
    pub values: Placement,
    pub indices: Placement,
    /// Rows to choose from, indices, bytes of a row.
    pub rows: usize,
    pub width: usize,
    pub bytes: usize,
}

impl Run for Gather {
    #[inline(always)]
    fn run<S: Simd>(&self, _: S, tensors: &Tensors, _: &mut Scratch, out: &mut [u8]) {
        let indices = tensors.bytes(self.indices).as_chunks().0.iter().map(|index| i32::from_le_bytes(*index));
        for (at, (index, out)) in indices.zip(out.chunks_exact_mut(self.bytes)).enumerate() {
            let row = at / self.width * self.rows + (index.max(0) as usize).min(self.rows - 1);
            out.copy_from_slice(&tensors.bytes(self.values)[row * self.bytes..][..self.bytes]);
        }
    }
}

/// Rows replaced by those of the input whose indices name them, the last of several; no index outside names one.
#[derive(Debug)]
pub struct Scatter {
    pub values: Placement,
    pub indices: Placement,
    pub input: Placement,
    /// Rows that may be named, indices, bytes of a row.
    pub rows: usize,
    pub width: usize,
    pub bytes: usize,
}

impl Run for Scatter {
    #[inline(always)]
    fn run<S: Simd>(&self, _: S, tensors: &Tensors, _: &mut Scratch, out: &mut [u8]) {
        out.copy_from_slice(&tensors.bytes(self.values)[..out.len()]);
        let indices = tensors.bytes(self.indices).as_chunks().0.iter().map(|index| i32::from_le_bytes(*index));
        let count = out.len() / (self.rows * self.bytes) * self.width;
        for (at, (index, row)) in
            indices.zip(tensors.bytes(self.input).chunks_exact(self.bytes)).take(count).enumerate()
        {
            if let Some(k) = usize::try_from(index).ok().filter(|k| *k < self.rows) {
                out[(at / self.width * self.rows + k) * self.bytes..][..self.bytes].copy_from_slice(row);
            }
        }
    }
}
