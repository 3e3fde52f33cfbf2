//! AVX-512 with VNNI, whose dot products add to their accumulators in one instruction.
#![allow(unsafe_code, reason = "intrinsics")]

mod bytes;
mod dot;
mod lanes;
mod scale;

use super::{
    Run, Simd,
    avx2::Avx2,
    depthwise::{TapPairs, TapQuads},
    gemm::{Octs, Pairs, Quads},
    interleave,
    scale::Scale,
    tile,
};
use crate::cpu::memory::{Scratch, Tensors};
use bytes::Bytes;
use lanes::Estimate;

/// Proof that this machine has AVX-512 (F, BW, DQ, VL, VNNI), and AVX2, which does what is no faster in wider vectors.
#[derive(Clone, Copy, Debug)]
pub struct Avx512Vnni(Avx2);

/// Rows of a register tile: with two vectors of columns sixteen sums.
const ROWS: usize = 8;

impl Simd for Avx512Vnni {
    const NAME: &'static str = "AVX-512 VNNI";
    const TOGETHER: usize = 8;
    const SCALES: bool = true;
    const ROWS: usize = ROWS;

    fn detect() -> Option<Self> {
        let wide = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vnni");
        Avx2::detect().filter(|_| wide).map(Self)
    }

    fn enter(self, kernel: &impl Run, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
        // SAFETY: `self` proves that the machine has these.
        unsafe { enter(self, kernel, tensors, scratch, out) }
    }

    fn gemm(self, gemm: &Pairs, to: &mut [i32]) {
        // SAFETY: as above.
        unsafe { pairs(gemm, to) }
    }

    fn gemm_bytes(self, gemm: &Quads, to: &mut [i32]) {
        // SAFETY: as above.
        unsafe { quads(gemm, to) }
    }

    fn gemm_to_bytes(self, gemm: &Quads, scale: &Scale, to: &mut [u8]) -> bool {
        let serves = Estimate::serves(scale);
        if serves {
            // SAFETY: as above.
            unsafe { scaled_quads(gemm, scale, to) }
        }
        serves
    }

    fn gemm_octs(self, gemm: &Octs, to: &mut [i32]) {
        // SAFETY: as above.
        unsafe { octs(gemm, to) }
    }

    fn gemm_octs_to_bytes(self, gemm: &Octs, scale: &Scale, to: &mut [u8]) -> bool {
        let serves = Estimate::serves(scale);
        if serves {
            // SAFETY: as above.
            unsafe { scaled_octs(gemm, scale, to) }
        }
        serves
    }

    fn depthwise(self, depthwise: &TapPairs, to: &mut [i32]) {
        self.0.depthwise(depthwise, to);
    }

    fn depthwise_bytes(self, depthwise: &TapQuads, to: &mut [i32]) {
        // SAFETY: as above.
        unsafe { taps(depthwise, to) }
    }

    fn scale(self, scale: &Scale, stride: usize, from: &[i32], to: &mut [i32]) {
        // SAFETY: as above.
        unsafe { scale::to_words(scale, stride, from, to) }
    }

    fn scale_to_bytes(self, scale: &Scale, stride: usize, from: &[i32], to: &mut [u8]) {
        // SAFETY: as above.
        unsafe { scale::to_bytes(scale, stride, from, to) }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
fn enter(simd: Avx512Vnni, kernel: &impl Run, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
    kernel.run(simd, tensors, scratch, out);
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
fn pairs(gemm: &Pairs, to: &mut [i32]) {
    // SAFETY: this function's callers have the instructions.
    unsafe { tile::run::<_, ROWS, 2>(dot::Pairs, gemm, to) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
fn quads(gemm: &Quads, to: &mut [i32]) {
    // SAFETY: as above.
    unsafe { tile::run::<_, ROWS, 4>(dot::Quads, gemm, to) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
fn octs(gemm: &Octs, to: &mut [i32]) {
    // SAFETY: as above.
    unsafe { tile::run::<_, ROWS, 8>(dot::Octs, gemm, to) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
fn scaled_octs(gemm: &Octs, scale: &Scale, to: &mut [u8]) {
    let bytes = Bytes::new(scale, gemm.stride, to);
    // SAFETY: as above; the bytes are `to`, whose length is handed on.
    unsafe { tile::run_into::<_, _, ROWS, 8>(dot::Octs, gemm, &bytes, to.len()) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
fn scaled_quads(gemm: &Quads, scale: &Scale, to: &mut [u8]) {
    let bytes = Bytes::new(scale, gemm.stride, to);
    // SAFETY: as above; the bytes are `to`, whose length is handed on.
    unsafe { tile::run_into::<_, _, ROWS, 4>(dot::Quads, gemm, &bytes, to.len()) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
fn taps(taps: &TapQuads, to: &mut [i32]) {
    // SAFETY: as above.
    unsafe { interleave::run(dot::Quads, taps, to) }
}
