//! GATHER.

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
