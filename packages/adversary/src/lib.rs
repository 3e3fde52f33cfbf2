//! Everything that cheats, for the demo and the tests: what is shown instead of an honest trace as attestation.md prices
//! it, and what of it is wrong.
//!
//! The demo runs cheats on a chain; the tests measure how often they are caught.

mod element;
mod follow;
mod saving;
mod steer;
mod trick;

pub use crate::{
    follow::{Followed, follow},
    saving::{heaviest, saved_by_replay, saved_by_skip},
    steer::steer,
    trick::{replay, skip},
};
