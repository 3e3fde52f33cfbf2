//! Aarch64 with I8MM: dot products of unsigned by signed bytes, in pairs of vectors of 128 bits.
#![allow(unsafe_code, reason = "intrinsics")]

use std::arch::{aarch64::*, asm};

use super::{
    Run, Simd,
    depthwise::TapQuads,
    gemm::{GROUP, Quads},
    interleave::{self, Interleave},
    tile::{self, Dot},
};
use crate::cpu::memory::{Scratch, Tensors};

/// Proof that this machine has I8MM.
#[derive(Clone, Copy, Debug)]
pub struct I8mm(());

/// Rows of a register tile: with two pairs of columns 24 registers of sums.
const ROWS: usize = 6;

impl Simd for I8mm {
    const NAME: &'static str = "I8MM";
    const TOGETHER: usize = 4;
    const ROWS: usize = ROWS;

    fn detect() -> Option<Self> {
        std::arch::is_aarch64_feature_detected!("i8mm").then_some(Self(()))
    }

    fn enter(self, kernel: &impl Run, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
        // SAFETY: `self` proves that the machine has it.
        unsafe { enter(self, kernel, tensors, scratch, out) }
    }

    fn gemm_bytes(self, gemm: &Quads, to: &mut [i32]) {
        // SAFETY: as above.
        unsafe { quads(self, gemm, to) }
    }

    fn depthwise_bytes(self, depthwise: &TapQuads, to: &mut [i32]) {
        // SAFETY: as above.
        unsafe { taps(self, depthwise, to) }
    }
}

#[target_feature(enable = "neon,i8mm")]
fn enter(simd: I8mm, kernel: &impl Run, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
    kernel.run(simd, tensors, scratch, out);
}

#[target_feature(enable = "neon,i8mm")]
fn quads(simd: I8mm, gemm: &Quads, to: &mut [i32]) {
    // SAFETY: this function's callers have the instructions.
    unsafe { tile::run::<_, ROWS, 4>(simd, gemm, to) }
}

#[target_feature(enable = "neon,i8mm")]
fn taps(simd: I8mm, taps: &TapQuads, to: &mut [i32]) {
    // SAFETY: as above.
    unsafe { interleave::run(simd, taps, to) }
}

/// `usdot`, whose intrinsic is not stable.
///
/// # Safety
/// The machine has I8MM.
#[inline(always)]
unsafe fn usdot(mut sums: int32x4_t, elements: int32x4_t, weights: int32x4_t) -> int32x4_t {
    // SAFETY: the caller's; it changes nothing but the register.
    unsafe {
        asm!(
            "usdot {sums:v}.4s, {elements:v}.16b, {weights:v}.16b",
            sums = inout(vreg) sums,
            elements = in(vreg) elements,
            weights = in(vreg) weights,
            options(pure, nomem, nostack, preserves_flags),
        );
    }
    sums
}

// SAFETY: a pair of vectors is one group.
unsafe impl Dot for I8mm {
    type Element = u8;
    type Weight = i8;
    type Vector = [int32x4_t; 2];
    type Column = i32;
    const COLUMNS: usize = GROUP;

    #[inline(always)]
    unsafe fn load<const HALF: bool>(self, from: *const i32) -> [int32x4_t; 2] {
        // SAFETY: the caller's.
        unsafe { [vld1q_s32(from), vld1q_s32(from.add(4))] }
    }

    #[inline(always)]
    unsafe fn store<const HALF: bool>(self, to: *mut i32, [first, second]: [int32x4_t; 2]) {
        // SAFETY: the caller's.
        unsafe {
            vst1q_s32(to, first);
            vst1q_s32(to.add(4), second);
        }
    }

    #[inline(always)]
    unsafe fn splat(self, elements: i32) -> [int32x4_t; 2] {
        // SAFETY: the caller's.
        unsafe { [vdupq_n_s32(elements); 2] }
    }

    #[inline(always)]
    unsafe fn dot(self, sums: [int32x4_t; 2], elements: [int32x4_t; 2], weights: [int32x4_t; 2]) -> [int32x4_t; 2] {
        // SAFETY: the caller's.
        unsafe { [usdot(sums[0], elements[0], weights[0]), usdot(sums[1], elements[1], weights[1])] }
    }
}

// SAFETY: a pair of vectors of bytes is four a lane.
unsafe impl Interleave for I8mm {
    #[inline(always)]
    unsafe fn bytes(self, from: *const u8) -> [int32x4_t; 2] {
        // SAFETY: the caller's.
        unsafe { [vld1q_u8(from), vld1q_u8(from.add(16))].map(|bytes| vreinterpretq_s32_u8(bytes)) }
    }

    #[inline(always)]
    unsafe fn zip_bytes(self, a: [int32x4_t; 2], b: [int32x4_t; 2]) -> [[int32x4_t; 2]; 2] {
        // SAFETY: the caller's.
        unsafe {
            let [a, b] = [a, b].map(|vectors| vectors.map(|vector| vreinterpretq_u8_s32(vector)));
            [
                [vzip1q_u8(a[0], b[0]), vzip1q_u8(a[1], b[1])].map(|bytes| vreinterpretq_s32_u8(bytes)),
                [vzip2q_u8(a[0], b[0]), vzip2q_u8(a[1], b[1])].map(|bytes| vreinterpretq_s32_u8(bytes)),
            ]
        }
    }

    #[inline(always)]
    unsafe fn zip_shorts(self, a: [int32x4_t; 2], b: [int32x4_t; 2]) -> [[int32x4_t; 2]; 2] {
        // SAFETY: the caller's.
        unsafe {
            let [a, b] = [a, b].map(|vectors| vectors.map(|vector| vreinterpretq_u16_s32(vector)));
            [
                [vzip1q_u16(a[0], b[0]), vzip1q_u16(a[1], b[1])].map(|shorts| vreinterpretq_s32_u16(shorts)),
                [vzip2q_u16(a[0], b[0]), vzip2q_u16(a[1], b[1])].map(|shorts| vreinterpretq_s32_u16(shorts)),
            ]
        }
    }

    #[inline(always)]
    unsafe fn transpose(self, [a, b, c, d]: [[int32x4_t; 2]; 4]) -> [[int32x4_t; 2]; 4] {
        [[a[0], b[0]], [c[0], d[0]], [a[1], b[1]], [c[1], d[1]]]
    }
}
