//! Random messages of random actors over all four contracts.
//!
//! `TEQUIO_CASES` and `TEQUIO_STEPS` make the runs longer, `TEQUIO_SEED` gives other ones.

mod act;
mod books;
mod coalition;
mod drain;
mod play;
mod program;
mod stage;
mod step;
mod told;

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::act::{Act, By, Offer, Sent, act};
use crate::play::{from_env, play};
use crate::stage::{Seen, Stage, name, setup};

/// Most acts between two times of counting everything.
const COUNT_EVERY: usize = 10;

fn stage(furnished: bool) -> Stage {
    let providers = ["alice", "bob", "carol", "dave"];
    let mut stage = Stage::new(setup(), &["client", "customer"], &providers, &["relayer", "governance"], &[]);
    if furnished {
        stage.furnish();
        for (client, commons, shards) in [(0, false, 8), (1, false, 20), (0, true, 5)] {
            stage.post(By::Right, &Offer { client, commons, ..offer(shards) });
        }
    }
    stage
}

/// A job that is refused by nobody.
fn offer(shards: u64) -> Offer {
    Offer {
        client: 0,
        commons: false,
        program: 0,
        shards,
        price: 1_000,
        draws: 8,
        attest_window: 600,
        audit_window: None,
        lasts: 300_000,
        providers: 1,
        wrong: None,
        sent: Sent::Due,
    }
}

fn sequence(steps: usize) -> impl Strategy<Value = (bool, bool, Vec<Act>)> {
    (prop::bool::weighted(0.9), any::<bool>(), prop::collection::vec(act(), steps))
}

#[test]
fn everything_adds_up_and_everything_ends() {
    let (cases, steps) = (from_env("TEQUIO_CASES", 500), from_env("TEQUIO_STEPS", 100));
    let seen = play(cases, || sequence(steps as usize), |(furnished, beacon, acts)| {
        let mut stage = stage(*furnished);
        let mut verdicts = BTreeMap::new();
        for (at, act) in acts.iter().enumerate() {
            stage.step(act);
            stage.adds_up();
            if at % COUNT_EVERY == 0 {
                stage.balances(&mut verdicts);
            }
        }
        for ended in stage.told.ended.values() {
            *stage.seen.ends.entry(name(&ended.state)).or_default() += 1;
        }
        stage.balances(&mut verdicts);
        stage.drains(*beacon);
        stage.seen
    });
    // Few cases need not reach everything.
    if cases >= 100 && steps >= 100 {
        reached(&seen);
    }
}

/// Nothing was tested in vain: every way to end came before the end, and every message was taken and refused.
fn reached(seen: &Seen) {
    assert_eq!(seen.ends.len(), 6, "{:#?}", seen.ends);
    println!("{seen:#?}");
}
