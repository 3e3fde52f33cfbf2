//! The CPU backend: a program is planned once, then each worker runs shards in a workspace of its own.
//!
//! ```text
//! plan                              kernel
//!   graph     who reads what          contraction   convolutions, MATMUL, and the chain behind them
//!   fuse      what is written out       image, gemm, depthwise
//!   lower     operators to lanes      chain         elementwise operators, fused
//!   contract  ... to contractions       lanes, scale
//! buffers     where tensors lie       movement, pool, reduce
//! engine      runs the steps          fallback      anything, by its definition
//! ```

mod buffers;
mod engine;
mod kernel;
mod plan;

use std::sync::Arc;

use tequio_attestation::Manifest;

use crate::{Backend, Executable, Unsupported};

/// The instructions that kernels use. Results are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isa {
    Portable,
    Avx2,
}

/// This machine's processor.
#[derive(Clone, Copy, Debug)]
pub struct Cpu {
    isa: Isa,
}

/// The instructions beyond portable ones that kernels may use.
#[cfg(target_arch = "x86_64")]
type Simd = Option<kernel::avx2::Avx2>;
#[cfg(not(target_arch = "x86_64"))]
type Simd = Option<std::convert::Infallible>;

impl Isa {
    /// The best that this machine has.
    pub fn detect() -> Self {
        if Self::Avx2.simd().is_some() { Self::Avx2 } else { Self::Portable }
    }

    /// Its instructions, if this machine has them.
    fn simd(self) -> Simd {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => kernel::avx2::Avx2::detect(),
            _ => None,
        }
    }
}

impl Cpu {
    /// Uses `isa`, or [`Isa::Portable`] where the machine hasn't got it.
    pub fn new(isa: Isa) -> Self {
        Self { isa }
    }
}

impl Default for Cpu {
    fn default() -> Self {
        Self::new(Isa::detect())
    }
}

impl Backend for Cpu {
    fn prepare(&self, manifest: Arc<Manifest>) -> Result<Arc<dyn Executable>, Unsupported> {
        Ok(Arc::new(engine::Engine::new(&manifest, self.isa)?))
    }
}
