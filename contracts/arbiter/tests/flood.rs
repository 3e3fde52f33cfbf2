//! Floods: whoever fills the queues, an honest provider that answers one demand of each per spacing is never late, and the
//! principal has its walk.

use std::collections::VecDeque;

use proptest::prelude::*;
use tequio_arbiter::core::{
    bond::{bond, burned},
    error::CoreError,
    queue::Case,
};
use tequio_protocol::{
    Deadline, DemandId, Moment,
    arbiter::{Queue, State, Wanted},
    verifier::{Arbitration, Terms, Verdict},
};

use crate::{
    program::{FIRST, addresses},
    world::{ONE, RICH, TERMS, World},
};

/// Answers what is due first of each queue, one per spacing.
#[derive(Default)]
struct Provider {
    queues: [VecDeque<Deadline>; 2],
    answered: u64,
}

impl Provider {
    fn take(&mut self, queue: Queue, due: Deadline) {
        self.queues[queue as usize].push_back(due);
    }

    fn answer(&mut self, case: &mut Case, (terms, arbitration): (&Terms, &Arbitration), now: Moment) {
        for queue in &mut self.queues {
            if let Some(due) = queue.pop_front() {
                assert!(now.time <= due.time(), "{now}: late for {due}");
                case.meet(terms, arbitration, now);
                self.answered += 1;
            }
        }
    }
}

/// More than ten thousand demands, all that the hold admits, whenever there is room: none is answered late.
#[test]
fn no_flood_makes_an_honest_provider_late() {
    let terms = Terms { audit_window: 86_400, ..TERMS };
    let arbitration = Arbitration { spacing: 10, longest_hold: 86_400, ..World::new().arbitration() };
    let (mut now, since) = (Moment { time: 10_000, block: 1_000 }, Moment { time: 10_000, block: 1_000 });
    let mut case = Case::new(Deadline { since, seconds: terms.audit_window, blocks: terms.blocks });
    let (mut provider, mut refused) = (Provider::default(), 0);
    loop {
        for queue in [Queue::Public, Queue::Principal] {
            loop {
                match case.demand(&terms, &arbitration, queue, 0, now) {
                    Ok(due) => provider.take(queue, due),
                    Err(CoreError::QueueFull { .. }) => break,
                    Err(other) => panic!("{other}"),
                }
            }
            refused += 1;
        }
        if provider.queues.iter().all(VecDeque::is_empty) {
            break;
        }
        provider.answer(&mut case, (&terms, &arbitration), now);
        now = Moment { time: now.time + 10, block: now.block + 2 };
    }
    // Both queues, all through window and hold.
    assert!(provider.answered > 30_000, "{} answered", provider.answered);
    assert!(refused > 1_000);
    let end = since.time + 2 * 86_400;
    assert!(case.turn.unwrap().time() <= end, "{:?} beyond {end}", case.turn);
}

/// A provider whose friends fill the public queue of its own attestation: the principal demands what they did, and is
/// answered within the window of its own queue. They pay a fifth of each bond.
#[test]
fn friends_do_not_keep_the_principal_out() {
    let mut world = World::new();
    let (friend, client) = (world.bob.clone(), world.client.clone());
    let mut filled = vec![];
    for wanted in addresses() {
        if world.quoted(&friend, ONE, wanted).is_err() {
            break;
        }
        filled.push(world.demands(&friend, wanted).demand);
    }
    assert!(filled.len() > 100);
    let last = world.demand(*filled.last().unwrap()).due;
    let walk = [
        Wanted::Shards { depth: 0, index: 0 },
        Wanted::Tensors { shard: FIRST, depth: 0, index: 0 },
        Wanted::Nodes { shard: FIRST, tensor: 1, depth: 0, index: 0 },
        Wanted::Leaves { shard: FIRST, tensor: 1, first: 0 },
    ];
    // In the last second of the window.
    world.blocks(100, 600);
    let mut own = vec![];
    for wanted in walk {
        let told = world.demands(&client, wanted);
        assert_eq!((told.queue, told.due), (Queue::Principal, world.moment().time + 300));
        assert!(told.due < last.time());
        // It is answered in the last second, and the next step comes at the end of the turn.
        world.blocks(100, 300);
        world.reveals(told.demand);
        own.push(told.demand);
        world.blocks(100, 300);
    }
    world.verdict(ONE, Verdict::Genuine {});
    let met: Vec<_> = own.iter().copied().chain(filled.iter().copied()).collect();
    // Its friends' were not answered here: they go back. Of the four that were, a fifth burns.
    for list in met.chunks(100) {
        world.settles(list);
    }
    assert_eq!(world.to_burn(), 26 + 3 * 251);
    assert_eq!(world.balance(&friend), RICH - world.bank(&friend));
    assert_eq!(world.balance(&world.alice), 100 + 3 * 1_000);
}

/// Friends who are answered, as they must be, lose a fifth of every bond: what they fill the queue with is not free.
#[test]
fn filling_ones_own_queue_costs_a_fifth() {
    let mut world = World::new();
    let friend = world.bob.clone();
    let mut demands = vec![];
    for wanted in addresses().into_iter().take(60) {
        demands.push(world.demands(&friend, wanted).demand);
    }
    for demand in &demands {
        world.reveals(*demand);
    }
    world.verdict(ONE, Verdict::Genuine {});
    world.settles(&demands);
    let spent = RICH - world.bank(&friend);
    let together = world.balance(&world.alice) + world.balance(&friend);
    assert!(5 * (spent - together) >= spent, "{together} left of {spent}");
    assert!(demands.iter().all(|demand| world.demand(*demand).state == State::Paid));
}

/// While the attestation stands, whoever waits for the turn to settle in the same transaction has nothing to settle.
#[test]
fn a_turn_follows_every_reveal() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let demand = world.demands(&bob, addresses()[1]).demand;
    let message = world.revealing(demand);
    world.sends(&alice, message, 0);
    let (_, held) = world.told().pop().unwrap();
    assert_eq!(held.turn, Some(world.deadline(300)));
    let settle = tequio_protocol::arbiter::ExecuteMsg::Settle { demands: vec![DemandId(1)] };
    assert!(matches!(world.refused(&alice, settle, &[]), tequio_arbiter::ContractError::NotFinal { .. }));
}

/// What a demander loses who is answered, and what answering costs the attester, beyond what it gets: whatever gas and a
/// shard cost, harassment costs the harasser no less than its victim.
fn lost((gas, shard): (u128, u128), wanted: Wanted, bytes: u64) -> (u128, u128, u128) {
    let five_quarters = |cost: u128| cost + cost.div_ceil(4);
    let arbitration =
        Arbitration { bond: five_quarters(gas), rerun_bond: five_quarters(gas + shard), ..World::new().arbitration() };
    let bond = bond(&arbitration, &wanted, bytes).unwrap();
    let earned = (bond - burned(bond)).u128();
    let cost = match wanted {
        Wanted::Shards { .. } => gas,
        Wanted::Outputs { .. } => gas * u128::from(bytes.div_ceil(16 << 10)),
        _ => gas + shard,
    };
    (bond.u128(), earned, cost)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn harassment_costs_the_harasser_at_least_what_it_costs_the_victim(
        gas in prop_oneof![1..2_000u128, 1..1u128 << 60],
        shard in prop_oneof![0..2_000u128, 0..1u128 << 60],
        bytes in 1..1u64 << 40,
    ) {
        let kept = Wanted::Shards { depth: 0, index: 0 };
        let again = [
            Wanted::Tensors { shard: 0, depth: 0, index: 0 },
            Wanted::Nodes { shard: 0, tensor: 1, depth: 0, index: 0 },
            Wanted::Leaves { shard: 0, tensor: 1, first: 0 },
        ];
        for wanted in again.into_iter().chain([kept]) {
            let (paid, earned, cost) = lost((gas, shard), wanted, 8_192);
            prop_assert!(paid >= cost && earned >= cost, "{wanted}: {paid} paid, {earned} of {cost} earned");
        }
        // Outputs: each side pays half, and the principal no less than the attester.
        let (paid, earned, cost) = lost((gas, shard), Wanted::Outputs { first: 0, count: 1 }, bytes);
        prop_assert!(paid >= cost - earned.min(cost), "{paid} paid, {earned} of {cost} earned");
        prop_assert!(2 * earned + 2 >= cost && earned <= cost + 1, "{earned} of {cost}");
    }

    /// Demands at any times, answered as late as can be: in each queue due times never fall, in seconds or blocks; they are
    /// the spacing apart, and never sooner than the answer window.
    #[test]
    fn a_queue_is_answered_at_its_pace(
        steps in prop::collection::vec((0..400u64, 0..200u64, prop::bool::ANY, 0..3u64), 1..200),
    ) {
        let arbitration = World::new().arbitration();
        let mut now = Moment { time: 10_000, block: 1_000 };
        let window = Deadline { since: now, seconds: TERMS.audit_window, blocks: TERMS.blocks };
        let (mut case, mut last) = (Case::new(window), [None::<Deadline>; 2]);
        for (seconds, blocks, principal, delivery) in steps {
            now = Moment { time: now.time + seconds, block: now.block + blocks };
            let queue = if principal { Queue::Principal } else { Queue::Public };
            let delivery = if principal { delivery * 100 } else { 0 };
            let before = case;
            match case.demand(&TERMS, &arbitration, queue, delivery, now) {
                Err(_) => case = before,
                Ok(due) => {
                    prop_assert!(due.time() >= now.time + 300 + delivery && due.block() >= now.block + 100);
                    if let Some(last) = last[queue as usize].replace(due) {
                        prop_assert!(due.time() >= last.time() + 30 + delivery);
                        prop_assert!(due.block() >= last.block() + 10);
                    }
                    let hold = 3_780 + case.delivery;
                    let within_time = due.time() + 300 <= window.time() + hold;
                    prop_assert!(within_time || due.block() + 100 <= window.block() + hold.div_ceil(3));
                }
            }
        }
    }

    /// At any moment of the window, whatever is in the other queue, six rounds of answer, spacing and turn fit.
    #[test]
    fn a_walk_fits_at_any_moment_of_the_window(
        start in 0..=600u64, blocks in 0..=100u64, filled in 0..500usize, lateness in prop::collection::vec((0..=300u64, 0..=300u64), 6),
    ) {
        let arbitration = World::new().arbitration();
        let since = Moment { time: 10_000, block: 1_000 };
        let mut case = Case::new(Deadline { since, seconds: TERMS.audit_window, blocks: TERMS.blocks });
        for _ in 0..filled {
            let _ = case.demand(&TERMS, &arbitration, Queue::Public, 0, since);
        }
        let mut now = Moment { time: since.time + start, block: since.block + blocks };
        for (answer, turn) in lateness {
            let due = case.demand(&TERMS, &arbitration, Queue::Principal, 0, now).unwrap();
            prop_assert!(due.time() <= now.time + 300 + 30);
            now = Moment { time: now.time + answer, block: now.block + 100 };
            case.meet(&TERMS, &arbitration, now);
            now = Moment { time: now.time + turn, block: now.block + 100 };
        }
    }
}
