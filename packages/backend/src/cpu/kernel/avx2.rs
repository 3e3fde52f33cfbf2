//! What AVX2 does faster than portable code; the only unsafe code of the backends.
#![allow(unsafe_code)]

use super::Kernel;
use crate::cpu::buffers::{Scratch, Tensors};

mod depthwise;
mod gemm;
mod scale;

/// Proof that this machine has AVX2.
#[derive(Clone, Copy, Debug)]
pub struct Avx2(());

impl Avx2 {
    pub fn detect() -> Option<Self> {
        is_x86_feature_detected!("avx2").then_some(Self(()))
    }

    /// The same as [`Kernel::run`]; the loops that the compiler vectorises become twice as wide.
    pub fn run(self, kernel: &Kernel, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
        // SAFETY: `self` proves that the machine has AVX2.
        unsafe { run(self, kernel, tensors, scratch, out) }
    }
}

#[target_feature(enable = "avx2")]
fn run(avx2: Avx2, kernel: &Kernel, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
    kernel.run(Some(avx2), tensors, scratch, out);
}
