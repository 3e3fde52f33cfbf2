//! What a worker's kernels read, and what they use besides.

use super::simd::gemm::PackedWeights;
use crate::liveness::Placement;

/// The tensors that a kernel can read.
#[derive(Clone, Copy)]
pub struct Tensors<'a> {
    pub inputs: &'a [&'a [u8]],
    pub constants: &'a [Vec<u8>],
    pub slots: &'a [Vec<u8>],
}

impl<'a> Tensors<'a> {
    /// The bytes at `placement`; a slot's may go on behind the tensor's end.
    pub fn bytes(&self, placement: Placement) -> &'a [u8] {
        match placement {
            Placement::Input(port) => self.inputs[port],
            Placement::Constant(id) => &self.constants[id],
            Placement::Slot(slot) => &self.slots[slot],
        }
    }
}

/// What kernels need for themselves; it grows to what the largest needs.
#[derive(Debug, Default)]
pub struct Scratch {
    /// An operand as convolutions read it: of int16, or of bytes.
    pub image: Vec<i16>,
    pub bytes: Vec<u8>,
    /// The accumulators of a tile.
    pub accumulators: Vec<i32>,
    /// The second operand of MATMUL, of int16 in parts.
    pub weights: Vec<PackedWeights<i16, 2>>,
    /// Sums of more than 32 bits.
    pub sums: Vec<i64>,
    /// The registers of fused operators.
    pub registers: Vec<Vec<i32>>,
}
