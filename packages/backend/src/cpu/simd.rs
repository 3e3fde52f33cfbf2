//! Instruction sets: what the inner loops of kernels are made of.

#[cfg(target_arch = "x86_64")]
pub mod avx2;
#[cfg(target_arch = "x86_64")]
pub mod avx512;
#[cfg(target_arch = "x86_64")]
pub mod avx_vnni;
pub mod depthwise;
pub mod gemm;
#[cfg(target_arch = "aarch64")]
pub mod i8mm;
#[cfg(any(test, target_arch = "x86_64", target_arch = "aarch64"))]
pub mod interleave;
#[cfg(test)]
mod model;
pub mod proof;
pub mod scale;
#[cfg(any(test, target_arch = "x86_64", target_arch = "aarch64"))]
pub mod tile;

use super::memory::{Scratch, Tensors};
use depthwise::{TapPairs, TapQuads};
use gemm::{Octs, Pairs, Quads};
use scale::Scale;

/// An instruction set. A value of the type is the proof that this machine has it.
///
/// A set is a file that implements this trait, and a line in [`super::Cpu::all`] which lets it be detected, and tested
/// by the conformance suite. It implements what it does better than portable code, which does all the rest as wide as
/// [`Simd::enter`] allows. What it implements must
///
/// - write the same as the default, bit by bit, whatever the operands hold: sums wrap at 32 bits;
/// - panic, and not read or write out of bounds, where the operands haven't the lengths that their types' documentation
///   promises.
pub trait Simd: Copy + Send + Sync + 'static {
    /// What people call it.
    const NAME: &'static str;

    /// Elements of a row that it multiplies at once: 2 of int16; 4 bytes, or 4 or 8 bytes, if that is faster. Convolutions whose
    /// weights are bytes then are [`Quads`] or [`Octs`], and [`TapQuads`].
    const TOGETHER: usize = 2;

    /// Whether it scales products of bytes at once: [`Self::gemm_to_bytes`] for most scales.
    const SCALES: bool = false;

    /// Rows that it computes together.
    const ROWS: usize = 1;

    /// The set, if this machine has it.
    fn detect() -> Option<Self>;

    /// Calls [`Run::run`] from a function that is compiled for the set (`#[target_feature]`).
    fn enter(self, kernel: &impl Run, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
        kernel.run(self, tensors, scratch, out);
    }

    /// Computes the rows of `gemm` into `to`, each of its stride.
    #[inline(always)]
    fn gemm(self, gemm: &Pairs, to: &mut [i32]) {
        gemm.run(to);
    }

    /// [`Self::gemm`] of bytes.
    #[inline(always)]
    fn gemm_bytes(self, gemm: &Quads, to: &mut [i32]) {
        gemm.run(to);
    }

    /// [`Self::gemm`] of eight bytes at once.
    #[inline(always)]
    fn gemm_octs(self, gemm: &Octs, to: &mut [i32]) {
        gemm.run(to);
    }

    /// [`Self::gemm_bytes`] and [`Self::scale_to_bytes`] of the sums at once. Whether it did: a set need not, for any scale, and
    /// then writes nothing.
    #[inline(always)]
    fn gemm_to_bytes(self, _gemm: &Quads, _scale: &Scale, _to: &mut [u8]) -> bool {
        false
    }

    /// [`Self::gemm_to_bytes`] of eight bytes at once.
    #[inline(always)]
    fn gemm_octs_to_bytes(self, _gemm: &Octs, _scale: &Scale, _to: &mut [u8]) -> bool {
        false
    }

    /// Computes the pixels of `depthwise` into `to`, each of its stride.
    #[inline(always)]
    fn depthwise(self, depthwise: &TapPairs, to: &mut [i32]) {
        depthwise.run(to);
    }

    /// [`Self::depthwise`] of bytes.
    #[inline(always)]
    fn depthwise_bytes(self, depthwise: &TapQuads, to: &mut [i32]) {
        depthwise.run(to);
    }

    /// Scales rows of `stride` lanes, whole groups of [`scale::LANES`]; `to` is as long as `from`.
    #[inline(always)]
    fn scale(self, scale: &Scale, stride: usize, from: &[i32], to: &mut [i32]) {
        scale.run(stride, from, to, |value| value);
    }

    /// [`Self::scale`] and narrow to int8, inside whose range the scale's bounds must lie.
    #[inline(always)]
    fn scale_to_bytes(self, scale: &Scale, stride: usize, from: &[i32], to: &mut [u8]) {
        scale.run(stride, from, to, |value| value as u8);
    }
}

/// A kernel: data, and code for any instruction set.
pub trait Run {
    /// Computes all elements of a tensor into `out`. Must be inlined, always, with all loops that are to be vectorised:
    /// it then becomes what its caller is compiled for.
    fn run<S: Simd>(&self, simd: S, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]);
}

/// Portable code, on every machine.
#[derive(Clone, Copy, Debug)]
pub struct Portable;

impl Simd for Portable {
    const NAME: &'static str = "portable";

    fn detect() -> Option<Self> {
        Some(Self)
    }
}
