//! Everything that cheats, for the demo and the tests: what is shown instead of an honest trace as attestation.md prices
//! it, what of it is wrong, a backend that shows it, and providers who do so on a chain.

mod actor;
mod attack;
mod backend;
pub mod element;
mod follow;
mod known;
mod saving;
mod steer;
mod trick;

pub use crate::{
    actor::{Actor, Role},
    attack::{Cheat, Target, guesses, solves, steers},
    backend::{Cheating, Scene, Trick},
    follow::{Followed, follow},
    known::Known,
    saving::{heaviest, saved_by_replay, saved_by_skip},
    steer::steer,
    trick::{guess, replay, sabotage, skip},
};
