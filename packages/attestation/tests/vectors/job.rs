//! Inputs of both scopes: what the job has one value of is multiplied and added to what every shard has its own of.

use tequio_attestation::Manifest;
use tequio_tensor::{DType, Op};

use crate::program::{Builder, bytes, scalar};

pub fn program() -> Manifest {
    use DType::*;
    let mut b = Builder::default();
    let left = b.input(I8, &[1, 4, 3], 6, 12);
    let weight = b.job_input(I8, &[1, 3, 5], 6, 15);
    let bias = b.job_input(I32, &[1, 4, 5], 6, 5);
    let right = b.input(I32, &[1, 4, 5], 6, 20);
    let product = b.recomputed(Op::MatMul, &[left, weight, scalar(I8, 1), scalar(I8, 0)], I32, &[1, 4, 5]);
    let sum = b.committed(Op::Add, &[product, bias], I32, &[1, 4, 5], (6, 5), (0, 0x5fff_ffff));
    let out = b.committed(Op::Sub, &[sum, right], I32, &[1, 4, 5], (6, 20), (0x6000_0000, 0xefff_ffff));
    // Reads the job's inputs alone.
    let copy = b.committed(Op::Identity, &[bias], I32, &[1, 4, 5], (6, 20), (0xf000_0000, u32::MAX));
    b.finish(&[out, copy])
}

pub fn inputs() -> Vec<Vec<Vec<u8>>> {
    let values = |dtype, count: i64, seed: i64| {
        bytes(dtype, &(0..count).map(|i| (i * 37 + seed * 11) % 120 - 60).collect::<Vec<_>>())
    };
    let shard = |shard| {
        vec![
            values(DType::I8, 12, shard),
            values(DType::I8, 15, 90),
            values(DType::I32, 20, 91),
            values(DType::I32, 20, shard + 40),
        ]
    };
    (0..6).map(shard).collect()
}
