//! Random messages of random actors over all five contracts.
//!
//! `TEQUIO_CASES` and `TEQUIO_STEPS` make the runs longer, `TEQUIO_SEED` gives other ones: thousands with
//! `TEQUIO_CASES=20000 TEQUIO_SEED=1 cargo test --release -p tequio-tests --test properties`.

mod act;
mod books;
mod coalition;
mod demands;
mod drain;
mod play;
mod program;
mod stage;
mod step;
mod told;

use proptest::prelude::*;

use crate::act::{Act, By, Offer, act};
use crate::play::{from_env, play};
use crate::stage::{Stage, name, setup};

/// Most acts between two times of counting everything.
const COUNT_EVERY: usize = 10;

fn stage(furnished: bool) -> Stage {
    let providers = ["alice", "bob", "carol", "dave"];
    let mut stage = Stage::new(setup(), &["client", "customer"], &providers, &["relayer", "governance"], &[]);
    if furnished {
        stage.furnish();
        stage.post(By::Right, &Offer::plain(0, true, 5));
    }
    stage
}

fn sequence(steps: usize) -> impl Strategy<Value = (bool, bool, Vec<Act>)> {
    (prop::bool::weighted(0.9), any::<bool>(), prop::collection::vec(act(), steps))
}

#[test]
fn everything_adds_up_and_everything_ends() {
    let (cases, steps) = (from_env("TEQUIO_CASES", 500), from_env("TEQUIO_STEPS", 100));
    let seen = play(
        cases,
        || sequence(steps as usize),
        |(furnished, beacon, acts)| {
            let mut stage = stage(*furnished);
            for (at, act) in acts.iter().enumerate() {
                stage.step(act);
                stage.adds_up();
                if at % COUNT_EVERY == 0 {
                    stage.balances();
                }
            }
            for ended in stage.told.ended.values() {
                *stage.seen.ends.entry(name(&ended.ending)).or_default() += 1;
            }
            stage.balances();
            stage.drains(*beacon);
            stage.seen
        },
    );
    // Few cases need not reach everything.
    if cases >= 500 && steps >= 100 {
        seen.reached(&["Absent", "GivenBack", "Lapsed", "Refuted", "Settled", "Slashed", "Void", "Withheld"], &TAKEN);
    }
}

/// Messages that random sequences get taken.
const TAKEN: [&str; 41] = [
    "arbiter burn",
    "arbiter demand",
    "arbiter reveal",
    "arbiter settle",
    "arbiter withdraw",
    "escrow assign",
    "escrow configure",
    "escrow expire",
    "escrow give_back",
    "escrow pause",
    "escrow post",
    "escrow refund",
    "escrow release",
    "escrow reward",
    "escrow settle",
    "escrow top_up",
    "escrow withdraw",
    "registry bond",
    "registry cap",
    "registry configure",
    "registry grant",
    "registry register",
    "registry revoke",
    "registry unbond",
    "registry update",
    "registry withdraw",
    "rewards approve",
    "rewards claim",
    "rewards configure",
    "rewards grant",
    "rewards revoke",
    "token burn",
    "token send",
    "token transfer",
    "verifier attest",
    "verifier beacon",
    "verifier configure",
    "verifier open",
    "verifier propose",
    "verifier refute",
    "verifier tick",
];
