//! The CPU backend: a program is planned once, then each worker runs shards in a workspace of its own.
//!
//! ```text
//! plan      from the graph to kernels      kernel    data and `run`         simd    what kernels are made of
//!   fusion        what is written out        contraction  with its epilogue   gemm, depthwise, scale
//!   contraction   convolutions, MATMUL       fused        elementwise           in portable code
//!   elementwise   instructions               copy, gather, pool, reduce,      tile, interleave: with what a set has
//!     sums          residual ones              resize                           avx2, avx_vnni, avx512, i8mm
//!   copy, ...                                fallback     by definition
//! engine    runs the steps
//! memory    what kernels read, and use besides
//! ```

mod engine;
mod kernel;
mod memory;
mod plan;
mod simd;

use std::{
    fmt,
    sync::{Arc, LazyLock},
};

use tequio_attestation::Manifest;

use crate::{Backend, Executable, Unsupported};
use engine::Engine;
use simd::{Portable, Simd};

/// This machine's processor, with one of its instruction sets. Results are the same with any.
#[derive(Clone)]
pub struct Cpu {
    isa: &'static str,
    prepare: Arc<Prepare>,
}

/// [`Backend::prepare`] for one instruction set.
type Prepare = dyn Fn(&Manifest) -> Result<Arc<dyn Executable>, Unsupported> + Send + Sync;

impl Cpu {
    /// One for each instruction set that this machine has and computes right with, the best first.
    pub fn all() -> Vec<Self> {
        // Each set proves itself once in a process.
        static ALL: LazyLock<Vec<Cpu>> = LazyLock::new(|| {
            let sets = [
                #[cfg(target_arch = "x86_64")]
                Cpu::detect::<simd::avx512::Avx512Vnni>(),
                #[cfg(target_arch = "x86_64")]
                Cpu::detect::<simd::avx_vnni::AvxVnni>(),
                #[cfg(target_arch = "x86_64")]
                Cpu::detect::<simd::avx2::Avx2>(),
                #[cfg(target_arch = "aarch64")]
                Cpu::detect::<simd::i8mm::I8mm>(),
                Cpu::detect::<Portable>(),
            ];
            sets.into_iter().flatten().collect()
        });
        ALL.clone()
    }

    /// What people call its instruction set.
    pub fn isa(&self) -> &'static str {
        self.isa
    }

    fn detect<S: Simd>() -> Option<Self> {
        let simd = S::detect()?;
        if !simd::proof::agrees(simd) {
            tracing::warn!(isa = S::NAME, "computes wrong on this machine, and is not used");
            return None;
        }
        let prepare = move |manifest: &Manifest| Ok(Arc::new(Engine::new(manifest, simd)?) as Arc<dyn Executable>);
        Some(Self { isa: S::NAME, prepare: Arc::new(prepare) })
    }
}

impl Default for Cpu {
    /// With the best instruction set.
    fn default() -> Self {
        Self::all().swap_remove(0)
    }
}

impl fmt::Debug for Cpu {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Cpu").field("isa", &self.isa).finish()
    }
}

impl Backend for Cpu {
    fn prepare(&self, manifest: Arc<Manifest>) -> Result<Arc<dyn Executable>, Unsupported> {
        (self.prepare)(&manifest)
    }
}
