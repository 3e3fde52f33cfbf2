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

pub use buffers::Workspace;
pub use engine::{Engine, Isa, RunError, ShardResult, Unsupported};

/// The instructions beyond portable ones that kernels may use.
#[cfg(target_arch = "x86_64")]
type Simd = Option<kernel::avx2::Avx2>;
#[cfg(not(target_arch = "x86_64"))]
type Simd = Option<std::convert::Infallible>;
