//! The provider's pipeline: runs a program's shards and commits to what they computed.
//!
//! A backend prepares a kernel plan once per program and runs shard after shard. Whatever it does to be fast, every
//! element of every committed tensor is the one that [`tequio_tensor::eval`] defines.
//!
//! ```text
//! Manifest ──▶ Engine ──▶ run_shard ──▶ outputs, shard root          kept: 32 bytes
//!                 └─────▶ trace_shard ─▶ every committed tensor       for the few drawn shards
//! ```

pub mod backend;
pub mod commit;
pub mod pipeline;

pub use backend::cpu::{Engine, Isa, RunError, ShardResult, Unsupported, Workspace};
pub use tequio_attestation::ShardTrace;
