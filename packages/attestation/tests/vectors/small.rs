//! One input, one constant, two virtual and two committed tensors.

use tequio_attestation::Manifest;
use tequio_tensor::{DType, Op};

use crate::program::{Builder, bytes, scalar};

/// input + constant, squared and scaled; committed; its sum over the last axis, committed.
pub fn program() -> Manifest {
    use DType::*;
    let mut b = Builder::default();
    let input = b.input(I32, &[20, 3], 6, 60);
    let constant = b.constant(I32, &[20, 3], 3, |i| i * 1000 - 7);
    let sum = b.recomputed(Op::Add, &[input, constant], I32, &[20, 3]);
    let square = b.recomputed(Op::Mul, &[sum, sum, scalar(I8, 3)], I32, &[20, 3]);
    let wide = b.committed(Op::Identity, &[square], I32, &[20, 3], (6, 3), (0, 0x7fff_ffff));
    let narrow = b.committed(Op::ReduceSum { axis: 1 }, &[wide], I32, &[20, 1], (6, 20), (0x8000_0000, u32::MAX));
    b.finish(&[narrow])
}

pub fn inputs() -> Vec<Vec<Vec<u8>>> {
    let values = |shard: i64| -> Vec<i64> { (0..60).map(|i| shard * 77 + i * i - 40).collect() };
    (0..5).map(|shard| vec![bytes(DType::I32, &values(shard))]).collect()
}
