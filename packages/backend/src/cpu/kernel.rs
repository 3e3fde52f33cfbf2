//! What computes tensors: each kernel one tensor, or one with the chain of operators behind it.

#[cfg(target_arch = "x86_64")]
pub mod avx2;
pub mod chain;
pub mod contraction;
pub mod depthwise;
pub mod fallback;
pub mod gemm;
pub mod image;
pub mod lanes;
pub mod movement;
pub mod pool;
pub mod reduce;
pub mod scale;

use super::{
    Simd,
    buffers::{Scratch, Tensors},
};
use chain::Chain;
use contraction::Contraction;
use fallback::Fallback;
use movement::{Gather, Movement};
use pool::Pool;
use reduce::Reduce;

#[derive(Debug)]
pub enum Kernel {
    Contraction(Box<Contraction>),
    Chain(Box<Chain>),
    Movement(Movement),
    Gather(Gather),
    Pool(Pool),
    Reduce(Reduce),
    Fallback(Fallback),
}

impl Kernel {
    /// Computes all elements of the tensor. All that is inlined into it, always, becomes what the caller is compiled
    /// for.
    #[inline(always)]
    pub fn run(&self, simd: Simd, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
        match self {
            Kernel::Contraction(kernel) => kernel.run(simd, tensors, scratch, out),
            Kernel::Chain(kernel) => kernel.run(simd, tensors, &mut scratch.registers, out),
            Kernel::Movement(kernel) => kernel.run(tensors, out),
            Kernel::Gather(kernel) => kernel.run(tensors, out),
            Kernel::Pool(kernel) => kernel.run(tensors, scratch, out),
            Kernel::Reduce(kernel) => kernel.run(tensors, scratch, out),
            Kernel::Fallback(kernel) => kernel.run(tensors, out),
        }
    }
}
