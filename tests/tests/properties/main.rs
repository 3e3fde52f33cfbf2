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
use tequio_protocol::{escrow, registry, rewards};

use crate::act::{Act, act};
use crate::play::{from_env, play};
use crate::stage::{Seen, Stage, name, setup};

/// Most acts between two times of counting everything.
const COUNT_EVERY: usize = 10;

fn stage(furnished: bool) -> Stage {
    let providers = ["alice", "bob", "carol", "dave"];
    let mut stage = Stage::new(setup(), &["client", "customer"], &providers, &["relayer", "governor"]);
    // Governance may also be one of them.
    stage.cast.people.push(stage.chain.governance.clone());
    if furnished {
        stage.furnish();
    }
    stage
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
