//! Random messages of random actors. `TEQUIO_CASES` raises the number of sequences.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use cosmwasm_std::{Addr, to_json_binary};
use proptest::{prelude::*, test_runner::TestRunner};
use tequio_protocol::{
    JobId,
    rewards::{Config, ExecuteMsg, Hook, Kind, MIN_TIMELOCK, QueryMsg, ReservationResponse, Rewarded},
};

use crate::world::{EPOCH, RICHES, World, addr, event, u};

const CLIENTS: [&str; 2] = ["client", "other"];
const SOURCES: [&str; 2] = ["escrow", "source"];
const PROVIDERS: [&str; 3] = ["alice", "bob", "client"];
const PEOPLE: [&str; 8] = ["client", "other", "escrow", "source", "alice", "bob", "dave", "governance"];
const JOBS: u64 = 4;
const STEPS: usize = 60;

#[derive(Clone, Debug)]
enum Step {
    Buy(&'static str, u128, &'static str),
    Send(&'static str, ExecuteMsg),
    Pass(u64),
}

fn cases() -> u32 {
    std::env::var("TEQUIO_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(64)
}

/// A name from `likely`, now and then anyone's.
fn who(likely: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop_oneof![9 => prop::sample::select(likely), 1 => prop::sample::select(&PEOPLE[..])]
}

fn text(likely: &'static [&'static str]) -> impl Strategy<Value = String> {
    who(likely).prop_map(|name| addr(name).to_string())
}

fn job() -> impl Strategy<Value = JobId> {
    (1..=JOBS).prop_map(JobId)
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Client), Just(Kind::Commons)]
}

fn reserve() -> impl Strategy<Value = ExecuteMsg> {
    (job(), text(&CLIENTS), kind(), 0..30u64, 1..5_000_000u64).prop_map(|(job, client, kind, shards, cost)| {
        ExecuteMsg::Reserve { job, client, kind, shards, cost: cost.into() }
    })
}

fn reward() -> impl Strategy<Value = ExecuteMsg> {
    (0..200u64, job(), text(&PROVIDERS), 0..12u64).prop_map(|(number, job, provider, shards)| ExecuteMsg::Reward {
        number: number.into(),
        job,
        provider,
        shards,
    })
}

fn configure() -> impl Strategy<Value = ExecuteMsg> {
    (0..40u128, 0..=10_000u16, 0..400u128, MIN_TIMELOCK - 1..2 * MIN_TIMELOCK).prop_map(
        |(rate, kappa_bps, cap, timelock)| {
            let config = Config { rate: u(rate), kappa_bps, cap: u(cap), timelock };
            ExecuteMsg::Configure { config }
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let by = |likely: &'static [&'static str], msg: BoxedStrategy<ExecuteMsg>| {
        (who(likely), msg).prop_map(|(sender, msg)| Step::Send(sender, msg)).boxed()
    };
    let buy = (who(&CLIENTS), 0..2_000u128, who(&CLIENTS)).prop_map(|(by, amount, to)| Step::Buy(by, amount, to));
    let approve =
        (text(&SOURCES), 0..4_000u128).prop_map(|(source, amount)| ExecuteMsg::Approve { source, amount: u(amount) });
    let release = (job(), 0..12u64).prop_map(|(job, shards)| ExecuteMsg::Release { job, shards });
    let claim = prop::option::of(text(&PROVIDERS)).prop_map(|provider| ExecuteMsg::Claim { provider });
    let grant = text(&SOURCES).prop_map(|source| ExecuteMsg::Grant { source });
    let revoke = text(&SOURCES).prop_map(|source| ExecuteMsg::Revoke { source });
    prop_oneof![
        4 => buy,
        4 => by(&CLIENTS, approve.boxed()),
        7 => by(&SOURCES, reserve().boxed()),
        14 => by(&SOURCES, reward().boxed()),
        4 => by(&SOURCES, release.boxed()),
        6 => by(&PROVIDERS, claim.boxed()),
        2 => by(&["governance"], grant.boxed()),
        1 => by(&["governance"], revoke.boxed()),
        2 => by(&["governance"], configure().boxed()),
        5 => (0..3 * EPOCH).prop_map(Step::Pass),
        1 => Just(Step::Pass(MIN_TIMELOCK)),
    ]
}

/// Rewards in use: most sequences start here, or few messages would pass.
fn furnish(world: &mut World) {
    for source in SOURCES {
        world.grant(&addr(source)).unwrap();
    }
    for client in CLIENTS {
        world.buy(&addr(client), 5_000).unwrap();
        for source in SOURCES {
            world.approve(&addr(client), &addr(source), 5_000).unwrap();
        }
    }
}

fn verb(msg: &ExecuteMsg) -> String {
    format!("{msg:?}").split([' ', '{', '(']).next().unwrap_or_default().to_string()
}

/// What a test keeps of what it saw, to compare with what the contract keeps.
#[derive(Default)]
struct Seen {
    /// (source, number) that were counted.
    counted: BTreeSet<(String, u64)>,
    consumed: u128,
    earned: u128,
    passed: BTreeMap<String, u32>,
}

fn send(world: &mut World, seen: &mut Seen, sender: &str, msg: &ExecuteMsg) {
    let sender = addr(sender);
    let supply = world.supply();
    let paid = match msg {
        ExecuteMsg::Claim { provider: Some(provider) } => Addr::unchecked(provider),
        _ => sender.clone(),
    };
    let (purse, claimable) = (world.purse(&paid), world.claimable(&paid));
    let Ok(response) = world.send(&sender, msg) else {
        assert_eq!(world.supply(), supply);
        return;
    };
    *seen.passed.entry(verb(msg)).or_default() += 1;
    match msg {
        ExecuteMsg::Claim { .. } => {
            let amount = (claimable.earned + claimable.emitted).u128();
            assert_eq!((world.supply(), world.purse(&paid)), (supply + amount, purse + amount));
        }
        _ => assert_eq!(world.supply(), supply, "{msg:?}"),
    }
    if let ExecuteMsg::Reward { number, .. } = msg {
        assert!(seen.counted.insert((sender.to_string(), number.u64())), "{number} counted twice");
        let rewarded: Rewarded = event(&response);
        assert!(rewarded.earned < rewarded.consumed || rewarded.consumed.is_zero());
        seen.consumed += rewarded.consumed.u128();
        seen.earned += rewarded.earned.u128();
    }
}

/// Some have no tokens, and nothing buys nothing.
fn buy(world: &mut World, by: &str, amount: u128, to: &str) {
    let (by, to) = (addr(by), addr(to));
    let before = (world.purse(&by), world.supply(), world.credits(&to));
    let hook = to_json_binary(&Hook::Buy { client: Some(to.to_string()), approve: None }).unwrap();
    let bought = if world.try_tokens(&by, amount, hook).is_ok() { amount } else { 0 };
    let after = (before.0 - bought, before.1 - bought, before.2 + bought);
    assert_eq!((world.purse(&by), world.supply(), world.credits(&to)), after);
}

/// The sums a contract cannot keep wrongly without some entry showing it.
fn entries_agree(world: &World, seen: &Seen) {
    let free: u128 = PEOPLE.iter().map(|name| world.credits(&addr(name))).sum();
    let mut reserved = 0;
    for source in SOURCES.map(addr) {
        for job in 1..=JOBS {
            let query = QueryMsg::Reservation { source: source.to_string(), job: JobId(job) };
            let answer: Result<ReservationResponse, _> = world.app.wrap().query_wasm_smart(&world.rewards, &query);
            reserved += answer.map(|r| r.credits.u128() * u128::from(r.shards)).unwrap_or(0);
        }
    }
    let equations = world.conservation().equations;
    let bought = equations[0].left.u128();
    assert_eq!(bought, free + reserved + seen.consumed);
    assert_eq!(equations[1].left.u128(), seen.earned);
    let minted = equations[4].left.u128();
    assert_eq!(world.supply() + bought, 2 * RICHES + minted);
}

/// Every epoch closes and everyone claims: what came of it is within the schedule, epoch by epoch.
fn ends(world: &mut World) {
    let last = (world.now() - world.epoch(0).begins) / EPOCH;
    world.pass(EPOCH);
    for name in PEOPLE {
        while world.claim(&addr(name)).is_ok() {}
    }
    for epoch in 0..=last {
        let epoch = world.epoch(epoch);
        assert!(epoch.minted <= epoch.budget, "{epoch:?}");
    }
    // Client jobs burn more than they mint.
    let schedule: u128 = (0..=last).map(|epoch| world.epoch(epoch).budget.u128()).sum();
    assert!(world.supply() <= 2 * RICHES + schedule);
}

#[test]
fn nothing_is_minted_that_was_not_earned_whatever_is_sent() {
    let passed = RefCell::new(BTreeMap::<String, u32>::new());
    let config = ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&(prop::bool::weighted(0.8), prop::collection::vec(step(), STEPS)), |(furnished, steps)| {
            let mut world = World::new();
            let mut seen = Seen::default();
            if furnished {
                furnish(&mut world);
            }
            for step in steps {
                match step {
                    Step::Pass(seconds) => world.pass(seconds),
                    Step::Buy(by, amount, to) => buy(&mut world, by, amount, to),
                    Step::Send(sender, msg) => send(&mut world, &mut seen, sender, &msg),
                }
                entries_agree(&world, &seen);
            }
            ends(&mut world);
            let mut passed = passed.borrow_mut();
            seen.passed.into_iter().for_each(|(verb, count)| *passed.entry(verb).or_default() += count);
            Ok(())
        })
        .unwrap();
    // Sequences in which a message never passes prove nothing about it.
    let passed = passed.into_inner();
    println!("passed: {passed:?}");
    assert!(cases() < 64 || passed.len() == 8, "{passed:?}");
}
