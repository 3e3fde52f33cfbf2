//! Runs cases side by side, the same ones every time for the same seed.

use std::fmt::Debug;
use std::sync::Mutex;
use std::{panic, thread};

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use crate::stage::Seen;

/// Threads, each with cases of its own.
const LANES: u32 = 4;

pub fn from_env(name: &str, default: u32) -> u32 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// Plays `cases` values and sums up what was seen. A failure is shrunk and panics with the least value found.
pub fn play<S: Strategy<Value: Debug>>(
    cases: u32,
    strategy: impl Fn() -> S + Sync,
    case: impl Fn(&S::Value) -> Seen + Sync,
) -> Seen {
    let seen = Mutex::new(Seen::default());
    let run = |lane: u32| {
        let share = cases / LANES + u32::from(lane < cases % LANES);
        let config = ProptestConfig {
            cases: share,
            failure_persistence: None,
            // Milliseconds.
            max_shrink_time: 60_000,
            ..ProptestConfig::default()
        };
        let mut seed = [0; 32];
        seed[..4].copy_from_slice(&from_env("TEQUIO_SEED", 0).to_be_bytes());
        seed[4..8].copy_from_slice(&lane.to_be_bytes());
        let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
        let ran = runner.run(&strategy(), |value| {
            let now = case(&value);
            seen.lock().expect("no case fails while it adds").add(&now);
            Ok(())
        });
        ran.unwrap_or_else(|error| panic!("{error}"));
    };
    thread::scope(|scope| {
        let run = &run;
        let lanes: Vec<_> = (0..LANES).map(|lane| scope.spawn(move || run(lane))).collect();
        for lane in lanes {
            lane.join().unwrap_or_else(|cause| panic::resume_unwind(cause));
        }
    });
    seen.into_inner().expect("no case fails while it adds")
}
