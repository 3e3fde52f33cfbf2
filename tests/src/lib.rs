//! The world that tests play in: the embedded chain with everything deployed, actors who follow the rules or don't, and
//! one word for everything they do.
//!
//! ```
//! use tequio_tests::{World, job};
//!
//! let mut world = World::new();
//! let alice = world.provider("alice");
//! world.post(job());
//! world.assign(&alice, 8);
//! world.attest(&alice);
//! world.beacon();
//! world.open(&alice);
//! world.settle();
//! world.claim(&alice);
//! ```

mod actor;
mod job;
pub mod localnet;
pub mod model;
pub mod schema;
mod world;

pub use actor::Provider;
pub use job::{Job, job, shards};
pub use model::Model;
pub use tequio_adversary::Scene;
pub use world::{Ground, Held, RICH, STAKE, Serves, World, wait, walk};
