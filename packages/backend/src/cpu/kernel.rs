//! Kernels: data that a plan holds, and `run`. Each computes one tensor, or one with the fused operators behind it.

pub mod contraction;
pub mod convert;
pub mod copy;
pub mod fallback;
pub mod fused;
pub mod gather;
pub mod image;
pub mod instruction;
pub mod pool;
pub mod reduce;
pub mod resize;
pub mod sum;
pub mod tile;
pub mod wide;

use super::{
    memory::{Scratch, Tensors},
    simd::{Run, Simd},
};
use contraction::Contraction;
use copy::StridedCopy;
use fallback::Fallback;
use fused::Fused;
use gather::{Gather, Scatter};
use pool::Pool;
use reduce::Reduce;
use resize::Resize;

#[derive(Debug)]
pub enum Kernel {
    Contraction(Box<Contraction>),
    Fused(Box<Fused>),
    Copy(StridedCopy),
    Gather(Gather),
    Scatter(Scatter),
    Pool(Pool),
    Reduce(Reduce),
    Resize(Resize),
    Fallback(Fallback),
}

impl Run for Kernel {
    #[inline(always)]
    fn run<S: Simd>(&self, simd: S, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
        match self {
            Kernel::Contraction(kernel) => kernel.run(simd, tensors, scratch, out),
            Kernel::Fused(kernel) => kernel.run(simd, tensors, scratch, out),
            Kernel::Copy(kernel) => kernel.run(simd, tensors, scratch, out),
            Kernel::Gather(kernel) => kernel.run(simd, tensors, scratch, out),
            Kernel::Scatter(kernel) => kernel.run(simd, tensors, scratch, out),
            Kernel::Pool(kernel) => kernel.run(simd, tensors, scratch, out),
            Kernel::Reduce(kernel) => kernel.run(simd, tensors, scratch, out),
            Kernel::Resize(kernel) => kernel.run(simd, tensors, scratch, out),
            Kernel::Fallback(kernel) => kernel.run(simd, tensors, scratch, out),
        }
    }
}
