//! What runs programs. A [`Backend`] prepares a manifest once; the [`Executable`] it gives runs shard after shard.
//!
//! Whatever a backend does to be fast, every element of every committed tensor is the one that
//! [`tequio_tensor::eval`] defines.
//!
//! ```text
//! Manifest ──▶ Backend::prepare ──▶ Executable
//!                                      ├── run      outputs
//!                                      ├── commit   outputs, a root for each committed tensor, the shard's root
//!                                      └── trace    every committed tensor, for the few drawn shards
//! ```
//!
//! A folder for each backend ([`cpu`]); all of them stand on
//!
//! ```text
//! graph      the manifest, checked; who reads what
//! liveness   where tensors lie, and how long
//! inputs     checks of what is run
//! stream     many shards at once, results in order
//! commit     roots of committed tensors, on the host
//! ```
//!
//! and pass `tests/conformance`.

pub mod commit;
pub mod cpu;
mod error;
mod executable;
pub mod graph;
pub mod inputs;
pub mod liveness;
pub mod stream;

pub use error::{RunError, Unsupported};
pub use executable::{Backend, Executable, Flow, Outputs, ShardResult};
