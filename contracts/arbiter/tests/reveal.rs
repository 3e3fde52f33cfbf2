//! `reveal`: shows what was demanded, for anyone, until it is due.

use tequio_arbiter::ContractError;
use tequio_protocol::{
    DemandId,
    arbiter::{ExecuteMsg, Revealed, State, Wanted},
    verifier::{Held, Verdict},
};

use crate::{
    program::{FIRST, LEAVES, addresses},
    world::{ONE, WRONG, World, event},
};

const LEAF: Wanted = Wanted::Leaves { shard: FIRST + 3, tensor: 1, first: 16 };

#[test]
fn what_is_revealed_is_told_and_not_kept() {
    let mut world = World::new();
    let (bob, carol) = (world.bob.clone(), world.carol.clone());
    let demand = world.demands(&bob, LEAF).demand;
    world.blocks(7, 40);
    let answer = world.run.reveal(&LEAF, 0, usize::MAX);
    let told: Revealed = event(&world.sends(&carol, world.revealing(demand), 0));
    let one = 1u64.into();
    let expected = Revealed {
        demand,
        attestation: ONE,
        wanted: LEAF,
        from: 0u64.into(),
        parts: one,
        all: one,
        answer: answer.clone().into(),
    };
    assert_eq!(told, expected);
    assert_eq!(world.demand(demand).state, State::Met);
    assert_eq!(world.told().pop(), Some((ONE, Held { answer_by: None, turn: Some(world.deadline(300)) })));
    // Nothing of it is in the state.
    let stored = world.app.dump_wasm_raw(&world.arbiter);
    assert!(stored.iter().all(|(_, value)| !value.windows(64).any(|window| answer.windows(64).any(|a| a == window))));
}

#[test]
fn every_address_is_answered_by_its_own_answer_only() {
    let mut world = World::new();
    let bob = world.bob.clone();
    let all: Vec<_> = addresses().into_iter().take(9).collect();
    let demands: Vec<DemandId> = all.iter().map(|wanted| world.demands(&bob, *wanted).demand).collect();
    for (wanted, demand) in all.iter().zip(&demands) {
        for other in all.iter().filter(|other| *other != wanted) {
            let answer = world.run.reveal(other, 0, usize::MAX).into();
            let error = world.refused(&bob, ExecuteMsg::Reveal { demand: *demand, answer }, &[]);
            assert!(matches!(error, ContractError::Malformed(_)), "{wanted} answered with {other}: {error}");
        }
        let good = world.run.reveal(wanted, 0, usize::MAX);
        let cut = [good[..good.len() - 1].to_vec(), [&good[..], &[0]].concat(), vec![]];
        let spoiled = (0..good.len()).step_by(11).map(|at| {
            let mut bytes = good.clone();
            bytes[at] ^= 4;
            bytes
        });
        for answer in cut.into_iter().chain(spoiled) {
            let error = world.refused(&bob, ExecuteMsg::Reveal { demand: *demand, answer: answer.into() }, &[]);
            assert!(matches!(error, ContractError::Malformed(_)), "{wanted}: {error}");
        }
    }
    for demand in demands {
        world.reveals(demand);
    }
}

#[test]
fn outputs_are_revealed_in_parts_and_the_last_is_the_answer() {
    let mut world = World::new();
    let client = world.client.clone();
    let wanted = Wanted::Outputs { first: FIRST + 1, count: 2 };
    let demand = world.demands(&client, wanted).demand;
    let all = 2 * u64::from(LEAVES);
    let held = world.told();
    let (mut from, mut messages) = (0u64, 0);
    loop {
        // A part that was shown before, or is still to come, is none.
        for other in [from + 1, from.saturating_sub(1)].into_iter().filter(|other| *other != from && *other < all) {
            let answer = world.run.reveal(&wanted, other, 1_000).into();
            let error = world.refused(&client, ExecuteMsg::Reveal { demand, answer }, &[]);
            assert!(matches!(error, ContractError::Malformed(_)), "{error}");
        }
        let told: Revealed = event(&world.sends(&client, world.revealing_part(demand, 1_000), 0));
        assert_eq!((told.from.u64(), told.all.u64()), (from, all));
        assert!(told.parts.u64() > from);
        (from, messages) = (told.parts.u64(), messages + 1);
        if from == all {
            break;
        }
        assert_eq!(
            (world.demand(demand).state, world.told()),
            (State::Open, held.clone()),
            "nothing is told of a part"
        );
        world.blocks(1, 10);
    }
    assert!(messages > 2);
    assert_eq!(world.demand(demand).state, State::Met);
    assert_eq!(world.told().pop().unwrap().1, Held { answer_by: None, turn: Some(world.deadline(300)) });
    let answer = world.run.reveal(&wanted, 0, 1_000).into();
    let error = world.refused(&client, ExecuteMsg::Reveal { demand, answer }, &[]);
    assert_eq!(error, ContractError::NotOpen { demand, state: State::Met });
}

/// The last second and the last block are in time.
#[test]
fn overdue_is_after_the_last_second_and_the_last_block() {
    for (blocks, seconds, taken) in [(0, 1_000, true), (99, 1_000, true), (1_000, 300, true), (100, 301, false)] {
        let mut world = World::new();
        let bob = world.bob.clone();
        let demand = world.demands(&bob, LEAF).demand;
        world.blocks(blocks, seconds);
        if taken {
            world.reveals(demand);
        } else {
            let (due, now) = (world.demand(demand).due, world.moment());
            let message = world.revealing(demand);
            assert_eq!(world.refused(&bob, message, &[]), ContractError::Overdue { demand, due, now });
        }
    }
}

/// Two queues whose times and blocks ran apart: what is overdue stays so, though what is recorded is not.
#[test]
fn what_is_overdue_is_refused_though_another_is_recorded_that_is_not() {
    let mut world = World::new();
    let (bob, client) = (world.bob.clone(), world.client.clone());
    let all = addresses();
    let public: Vec<_> = all[..10].iter().map(|wanted| world.demands(&bob, *wanted).demand).collect();
    // Hardly a block is made until the principal demands.
    world.blocks(1, 290);
    let own = world.demands(&client, all[10]).demand;
    for demand in &public[..9] {
        world.reveals(*demand);
    }
    let [last, due] = [public[9], own].map(|demand| world.demand(demand).due);
    assert!(last.time() < due.time() && last.block() > due.block());
    world.blocks(100, 301);
    assert_eq!((last.over(&world.moment()), due.over(&world.moment())), (false, true));
    assert_eq!(world.told().pop().unwrap().1.answer_by.unwrap().deadline, last);
    let (message, now) = (world.revealing(own), world.moment());
    assert_eq!(world.refused(&client, message, &[]), ContractError::Overdue { demand: own, due, now });
    // Once the other is answered, the record is what is overdue: that withholds it.
    world.reveals(public[9]);
    assert_eq!(world.told().pop().unwrap().1.answer_by.unwrap().deadline, due);
}

#[test]
fn only_while_it_is_genuine_so_far() {
    let mut world = World::new();
    let bob = world.bob.clone();
    let demand = world.demands(&bob, LEAF).demand;
    for verdict in [
        Verdict::Genuine {},
        Verdict::False(WRONG),
        Verdict::Refuted { by: bob.to_string(), wrong: WRONG },
        Verdict::Withheld { from: bob.to_string() },
    ] {
        world.verdict(ONE, verdict.clone());
        let message = world.revealing(demand);
        assert_eq!(world.refused(&bob, message, &[]), ContractError::Closed { verdict: verdict.word() });
    }
}

#[test]
fn only_what_was_demanded() {
    let mut world = World::new();
    let (bob, demand) = (world.bob.clone(), DemandId(1));
    let answer = world.run.reveal(&LEAF, 0, usize::MAX);
    let message = ExecuteMsg::Reveal { demand, answer: answer.into() };
    assert_eq!(world.refused(&bob, message.clone(), &[]), ContractError::UnknownDemand { demand });
    assert_eq!(world.demands(&bob, LEAF).demand, demand);
    world.sends(&bob, message.clone(), 0);
    assert_eq!(world.refused(&bob, message, &[]), ContractError::NotOpen { demand, state: State::Met });
}
