//! Deep trees of little: 300 shards, an output of 300 leaves, and one of a single leaf.

use tequio_attestation::Manifest;
use tequio_tensor::{DType, Op};

use crate::program::{Builder, bytes};

/// One number added to 300 others; committed, each in a leaf of its own; the largest, committed. The outputs are named
/// against the order of their slots.
pub fn program() -> Manifest {
    use DType::*;
    let mut b = Builder::default();
    let one = b.input(I32, &[1, 1], 6, 1);
    let many = b.constant(I32, &[300, 1], 300, |i| i * i * 37 % 1009);
    let sums = b.committed(Op::Add, &[one, many], I32, &[300, 1], (6, 1), (0, 0x7fff_ffff));
    let largest = b.committed(Op::ReduceMax { axis: 0 }, &[sums], I32, &[1, 1], (6, 1), (0x8000_0000, u32::MAX));
    b.finish(&[largest, sums])
}

pub fn inputs() -> Vec<Vec<Vec<u8>>> {
    (0..300).map(|shard| vec![bytes(DType::I32, &[shard * 1_000_003])]).collect()
}
