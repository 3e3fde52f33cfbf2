//! A constant that is known and of which nothing is read.

use tequio_attestation::Manifest;
use tequio_tensor::{DType, Op};

use crate::program::{Builder, bytes};

/// By an input's element that of one constant or of another; committed.
pub fn program() -> Manifest {
    let mut b = Builder::default();
    let dims = &[40];
    let choice = b.input(DType::Bool, dims, 6, 40);
    let sparse = b.constant(DType::I32, dims, 8, |i| i % 8);
    let dense = b.constant(DType::I32, dims, 40, |i| i * 0x0123_4567 - 9);
    let chosen = b.committed(Op::Select, &[choice, sparse, dense], DType::I32, dims, (6, 40), (0, u32::MAX));
    b.finish(&[chosen])
}

pub fn inputs() -> Vec<Vec<Vec<u8>>> {
    let values = |shard: i64| -> Vec<i64> { (0..40).map(|i| (shard + i * i / 7) % 2).collect() };
    (0..3).map(|shard| vec![bytes(DType::Bool, &values(shard))]).collect()
}
