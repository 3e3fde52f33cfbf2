//! AVX-512 with VNNI, whose dot products of pairs add to their accumulators in one instruction.
#![allow(unsafe_code, reason = "intrinsics")]

mod gemm;

use super::{Run, Simd, avx2::Avx2, depthwise::Depthwise, gemm::Gemm, scale::Scale};
use crate::cpu::memory::{Scratch, Tensors};

/// Proof that this machine has AVX-512 (F, BW, VL, VNNI), and AVX2, which does what is no faster in wider vectors.
#[derive(Clone, Copy, Debug)]
pub struct Avx512Vnni(Avx2);

impl Simd for Avx512Vnni {
    const NAME: &'static str = "AVX-512 VNNI";

    fn detect() -> Option<Self> {
        let wide = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vnni");
        Avx2::detect().filter(|_| wide).map(Self)
    }

    fn enter(self, kernel: &impl Run, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
        // SAFETY: `self` proves that the machine has these.
        unsafe { enter(self, kernel, tensors, scratch, out) }
    }

    fn gemm(self, gemm: &Gemm, to: &mut [i32]) {
        // SAFETY: as above.
        unsafe { gemm::run(gemm, to) }
    }

    fn depthwise(self, depthwise: &Depthwise, to: &mut [i32]) {
        self.0.depthwise(depthwise, to);
    }

    fn scale(self, scale: &Scale, stride: usize, from: &[i32], to: &mut [i32]) {
        self.0.scale(scale, stride, from, to);
    }

    fn scale_to_bytes(self, scale: &Scale, stride: usize, from: &[i32], to: &mut [u8]) {
        self.0.scale_to_bytes(scale, stride, from, to);
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
fn enter(simd: Avx512Vnni, kernel: &impl Run, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
    kernel.run(simd, tensors, scratch, out);
}
