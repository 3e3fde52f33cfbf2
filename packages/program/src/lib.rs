//! From a TOSA flatbuffer to the manifest that the chain knows.
//!
//! [`load`] reads the file, [`Plan::propose`] chooses what a provider commits to, [`compile`] makes the manifest;
//! [`Planned`] does the last two and keeps plans beside programs. Who only runs a program takes [`unplanned`].
//! From a file and a plan compiling gives the same `program_id` on every platform: integers only.
#![deny(clippy::float_arithmetic)]

mod analysis;
mod beside;
mod compile;
mod graph;
mod limits;
mod load;
mod plan;
mod propose;
mod refused;
mod scheme;
mod show;
mod unplanned;
mod values;

pub use beside::{Origin, PlanError, Planned, plan_path};
pub use compile::{Compiled, compile};
pub use graph::{Graph, Tensor, TensorSource};
pub use limits::MAX_TRACES;
pub use load::load;
pub use plan::{Commit, Given, Plan, Route, Scenario};
pub use refused::{Misfit, Refused};
pub use show::{Report, Row};
pub use tequio_tosa::{MAX_FILE, Unreadable};
pub use unplanned::unplanned;
