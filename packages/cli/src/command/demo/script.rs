//! What is played, before anybody knows where.

use super::{cast::Cast, stage::Pace};

/// Genesis tokens of the client, in the smallest unit.
pub const TOKENS: u128 = 1_000_000_000_000;

/// What the user decides.
pub struct Script {
    pub cast: Cast,
    pub draws: u32,
    pub price: u128,
    pub seed: u64,
    /// Shards of each assignment that the client runs again.
    pub watch: u64,
}

impl Script {
    /// Secret of the beacon.
    pub fn beacon_seed(&self) -> Vec<u8> {
        format!("tequio demo {}", self.seed).into_bytes()
    }

    /// How many take a job's shards, counted anew in each round.
    pub fn takers(&self, pace: Pace) -> u64 {
        pace.rounds * self.cast.0.len() as u64
    }
}
