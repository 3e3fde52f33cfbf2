//! Random messages from random actors: after each, everything adds up; at the end, anyone drains it to zero.
//!
//! `PROPTEST_CASES` and `PROPERTY_STEPS` make the run longer.

mod adds_up;
mod run;

use std::{cell::RefCell, collections::BTreeMap};

use proptest::{prelude::*, test_runner::TestRunner};

use self::run::Run;
use crate::world::World;

/// What somebody does. Numbers are taken modulo what there is.
#[derive(Clone, Debug)]
enum Act {
    Post {
        commons: bool,
        shards: u64,
        price: u64,
        audit: Option<u32>,
        providers: u32,
        least: u64,
        /// Bits of the providers that it names; 0, and anyone may take it.
        takers: u8,
        lasts: u64,
    },
    Assign {
        provider: usize,
        job: usize,
        count: u64,
        parts: Option<u32>,
        range: Option<usize>,
        limits: u64,
    },
    Attest {
        assignment: usize,
    },
    Answer {
        assignment: usize,
        verdict: usize,
    },
    GiveBack {
        assignment: usize,
    },
    Settle {
        assignments: Vec<usize>,
    },
    Expire {
        assignment: usize,
        owner: bool,
    },
    Refund {
        job: usize,
        client: bool,
        shards: Option<u64>,
    },
    TopUp {
        job: usize,
        range: usize,
        raise: u64,
    },
    Withdraw {
        actor: usize,
    },
    Reward {
        assignment: usize,
    },
    Release {
        job: usize,
    },
    Fail {
        fails: bool,
    },
    Pause {
        posting: bool,
        assigning: bool,
    },
    Configure {
        scale: u16,
    },
    Burn {
        bps: u16,
    },
    BurnFees,
    /// `halts`: with fewer blocks than any deadline takes.
    Pass {
        seconds: u64,
        halts: bool,
    },
}

fn post() -> impl Strategy<Value = Act> {
    let audit = proptest::option::of(0..1_000u32);
    let takers = prop_oneof![2 => Just(0), 1 => 1..8u8];
    (0..4u8, 1..40u64, 1..2_000u64, audit, 1..4u32, 0..40u64, takers, 1_000..200_000u64).prop_map(
        |(kind, shards, price, audit, providers, least, takers, lasts)| Act::Post {
            commons: kind == 0,
            shards,
            price,
            audit,
            providers,
            least,
            takers,
            lasts,
        },
    )
}

fn act() -> impl Strategy<Value = Act> {
    let (index, flag) = (|| 0..1_000usize, proptest::bool::ANY);
    prop_oneof![
        2 => post(),
        16 => (index(), index(), 1..12u64, proptest::option::of(0..5u32), proptest::option::weighted(0.3, index()), 0..40u64)
            .prop_map(|(provider, job, count, parts, range, limits)| {
                Act::Assign { provider, job, count, parts, range, limits }
            }),
        12 => index().prop_map(|assignment| Act::Attest { assignment }),
        10 => (index(), index()).prop_map(|(assignment, verdict)| Act::Answer { assignment, verdict }),
        6 => index().prop_map(|assignment| Act::GiveBack { assignment }),
        8 => proptest::collection::vec(index(), 1..3).prop_map(|assignments| Act::Settle { assignments }),
        8 => (index(), proptest::bool::weighted(0.2)).prop_map(|(assignment, owner)| Act::Expire { assignment, owner }),
        4 => (index(), flag, proptest::option::of(1..8u64))
            .prop_map(|(job, client, shards)| Act::Refund { job, client, shards }),
        3 => (index(), index(), 1..50u64).prop_map(|(job, range, raise)| Act::TopUp { job, range, raise }),
        3 => index().prop_map(|actor| Act::Withdraw { actor }),
        4 => index().prop_map(|assignment| Act::Reward { assignment }),
        4 => index().prop_map(|job| Act::Release { job }),
        4 => flag.prop_map(|fails| Act::Fail { fails }),
        1 => (0..9u8).prop_map(|bits| Act::Pause { posting: bits == 0, assigning: bits == 1 }),
        1 => (0..500u16).prop_map(|scale| Act::Configure { scale }),
        1 => (5_000..=10_000u16).prop_map(|bps| Act::Burn { bps }),
        3 => Just(Act::BurnFees),
        8 => prop_oneof![20 => 0..60u64, 20 => 100..1_000u64, 2 => 3_000..5_000u64, 1 => Just(50_000)]
            .prop_flat_map(|seconds| proptest::bool::weighted(0.2).prop_map(move |halts| Act::Pass { seconds, halts })),
    ]
}

fn from_env(name: &str, default: u32) -> u32 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

#[test]
fn everything_adds_up_and_everything_ends() {
    let cases = from_env("PROPTEST_CASES", 48);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let steps = from_env("PROPERTY_STEPS", 100) as usize;
    let (went, ended) = (RefCell::<BTreeMap<&str, u32>>::default(), RefCell::<BTreeMap<String, u32>>::default());
    let ran = TestRunner::new(config).run(&(post(), proptest::collection::vec(act(), steps)), |(first, acts)| {
        let mut run = Run::new(World::new());
        run.step(&first);
        for act in &acts {
            run.step(act);
            run.adds_up();
        }
        for assignment in run.all_assignments() {
            *ended.borrow_mut().entry(format!("{:?}", assignment.state)).or_default() += 1;
        }
        run.drains();
        for (word, count) in &run.went {
            *went.borrow_mut().entry(word).or_default() += count;
        }
        Ok(())
    });
    ran.unwrap_or_else(|error| panic!("{error}"));
    let (went, ended) = (went.into_inner(), ended.into_inner());
    println!("{went:?}\n{ended:?}");
    if cases >= 32 {
        assert_eq!((went.len(), ended.len()), (14, 8), "a message or a state was never reached: {went:?} {ended:?}");
    }
}
