//! The CPU backend: a program is planned once, then each worker runs shards in a workspace of its own.
//!
//! ```text
//! graph      who reads what                      chain, lanes, scale     elementwise operators, fused
//! fuse       what is written out                 contraction             convolutions and MATMUL with their chain
//! lower      operators to lanes                    image, gemm, depthwise
//! plan       steps, buffers                      movement, pool          copies, pools, reductions
//!                                                fallback                everything else, by definition
//! ```

#[cfg(target_arch = "x86_64")]
mod avx2;
mod buffers;
mod chain;
mod contraction;
mod contraction_plan;
mod depthwise;
mod engine;
mod fallback;
mod fuse;
mod gemm;
mod graph;
mod image;
mod lanes;
mod lower;
mod movement;
mod plan;
mod pool;
mod scale;

pub use buffers::Workspace;
pub use engine::{Engine, Isa, RunError, ShardResult, Unsupported};

/// The instructions beyond portable ones that kernels may use.
#[cfg(target_arch = "x86_64")]
type Simd = Option<avx2::Avx2>;
#[cfg(not(target_arch = "x86_64"))]
type Simd = Option<std::convert::Infallible>;
