//! From a TOSA flatbuffer to the manifest that the chain knows.
//!
//! [`load`] reads the file, [`Plan::propose`] chooses what a provider commits to, [`compile`] makes the manifest.
//! From a file and a plan compiling gives the same `program_id` on every platform: integers only.
#![deny(clippy::float_arithmetic)]

mod compile;
mod cone;
mod flow;
pub mod generated;
mod graph;
mod leaves;
mod load;
mod opening;
mod plan;
mod refused;
mod route;
mod show;
mod weights;

pub use compile::{Compiled, MAX_CHAIN, MAX_CHECK_BYTES, MAX_CHECK_READS, compile};
pub use graph::{Graph, Tensor, TensorSource};
pub use load::{MAX_FILE, MAX_TENSORS, load};
pub use plan::{COMPILER, Commit, Given, MAX_S, MAX_TRACES, Plan, Route};
pub use refused::{Misfit, Refused};
pub use show::{Report, Row};
