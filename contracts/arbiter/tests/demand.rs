//! `demand`: anyone asks for what is there, once, for its bond.

use cosmwasm_std::{Coin, coin, coins};
use tequio_arbiter::ContractError;
use tequio_attestation::Malformed;
use tequio_contract::funds::BadFunds;
use tequio_protocol::{
    AttestationId, Deadline, DemandId,
    arbiter::{DemandResponse, Demanded, ExecuteMsg, QueryMsg, Queue, QuoteResponse, State, Wanted},
    verifier::{AnswerBy, Arbitration, Held, Verdict},
};

use crate::{
    program::{COUNT, FIRST, LEAVES, addresses},
    world::{DENOM, ONE, TERMS, WRONG, World},
};

const SHARDS: Wanted = Wanted::Shards { depth: 0, index: 0 };
const TENSORS: Wanted = Wanted::Tensors { shard: FIRST, depth: 0, index: 0 };

#[test]
fn what_is_demanded_is_held_and_kept() {
    let mut world = World::new();
    let (bob, due) = (world.bob.clone(), world.deadline(300));
    assert_eq!(world.quoted(&bob, ONE, SHARDS), Ok(QuoteResponse { bond: 126u128.into(), due }));
    let told = world.demands(&bob, SHARDS);
    let demand = DemandId(1);
    let expected = Demanded {
        demand,
        attestation: ONE,
        demander: bob.to_string(),
        wanted: SHARDS,
        queue: Queue::Public,
        bond: 126u128.into(),
        due: due.time(),
        due_block: due.block(),
    };
    assert_eq!(told, expected);
    let kept = DemandResponse {
        id: demand,
        attestation: ONE,
        demander: bob.to_string(),
        wanted: SHARDS,
        queue: Queue::Public,
        bond: 126u128.into(),
        due,
        revealed: 0u64.into(),
        parts: 1u64.into(),
        state: State::Open,
    };
    assert_eq!(world.demand(demand), kept);
    let answer_by = Some(AnswerBy { demander: bob.to_string(), deadline: due });
    assert_eq!(world.told(), [(ONE, Held { answer_by, turn: None })]);
    assert_eq!((world.bank(&world.arbiter), world.balance(&bob), world.to_burn()), (126, 0, 0));
}

#[test]
fn the_first_due_holds_it_whoever_came_first() {
    let mut world = World::new();
    let (bob, client) = (world.bob.clone(), world.client.clone());
    let all = addresses();
    let first = world.demands(&bob, all[0]);
    let second = world.demands(&bob, all[1]);
    assert_eq!((first.due + 30, first.due_block + 10), (second.due, second.due_block));
    // The principal's queue begins for itself, and what is due at the same second stays behind.
    let own = world.demands(&client, all[2]);
    assert_eq!((own.due, own.due_block, own.queue), (first.due, first.due_block, Queue::Principal));
    let by = |world: &World| world.told().pop().unwrap().1.answer_by.unwrap().demander;
    assert_eq!(by(&world), bob.as_str());
    world.reveals(first.demand);
    assert_eq!(by(&world), client.as_str());
    world.reveals(own.demand);
    assert_eq!(by(&world), bob.as_str());
    world.reveals(second.demand);
    assert_eq!(world.told().pop().unwrap().1, Held { answer_by: None, turn: Some(world.deadline(300)) });
}

#[test]
fn each_kind_has_its_bond() {
    let mut world = World::new();
    let (bob, client) = (world.bob.clone(), world.client.clone());
    for wanted in addresses() {
        let expected = if wanted == SHARDS { 126 } else { 1_251 };
        assert_eq!(world.quoted(&bob, ONE, wanted).unwrap().bond.u128(), expected, "{wanted}");
    }
    // Half the gas of every 16 KiB: a shard's output has 1,280 bytes and a digest for its slot.
    for (count, answers) in [(1, 1), (12, 1), (13, 2), (24, 2)] {
        let outputs = Wanted::Outputs { first: FIRST, count };
        assert_eq!(world.quoted(&client, ONE, outputs).unwrap().bond.u128(), 63 * answers, "{count}");
    }
    // They are due later by what they take: 24 · 1,312 bytes at 1,000 in a second.
    let told = world.demands(&client, Wanted::Outputs { first: FIRST, count: COUNT });
    assert_eq!(told.due, world.moment().time + 300 + 32);
}

/// What does not exist: shard N and beyond, slots that are not there, inputs, leaves and nodes that are padding.
#[test]
fn what_does_not_exist_is_not_demanded() {
    let mut world = World::new();
    let bob = world.bob.clone();
    let (shard, end) = (FIRST, FIRST + COUNT);
    let address = ContractError::Malformed(Malformed::Address);
    for wanted in [
        Wanted::Tensors { shard: end, depth: 0, index: 0 },
        Wanted::Tensors { shard: FIRST - 1, depth: 0, index: 0 },
        Wanted::Tensors { shard: u64::MAX, depth: 0, index: 0 },
        Wanted::Tensors { shard, depth: 0, index: 1 },
        Wanted::Tensors { shard, depth: 1, index: 0 },
        Wanted::Shards { depth: 0, index: 1 },
        Wanted::Shards { depth: 8, index: 0 },
        Wanted::Nodes { shard, tensor: 1, depth: 8, index: 0 },
        Wanted::Nodes { shard, tensor: 1, depth: 0, index: 1 },
        Wanted::Nodes { shard: end, tensor: 1, depth: 0, index: 0 },
        Wanted::Leaves { shard, tensor: 1, first: 32 },
        Wanted::Leaves { shard, tensor: 1, first: LEAVES },
        Wanted::Leaves { shard, tensor: 1, first: 8 },
        Wanted::Leaves { shard, tensor: 1, first: u32::MAX - 15 },
        Wanted::Leaves { shard: end, tensor: 1, first: 0 },
    ] {
        assert_eq!(world.refuses(&bob, wanted), address, "{wanted}");
    }
    // The input, which is not the attester's to commit to, and no tensor at all.
    let leaves = |tensor| Wanted::Leaves { shard, tensor, first: 0 };
    assert_eq!(world.refuses(&bob, leaves(0)), ContractError::Malformed(Malformed::NotDrawn { tensor: 0 }));
    for tensor in [3, u32::MAX] {
        assert!(matches!(world.refuses(&bob, leaves(tensor)), ContractError::Malformed(_)));
    }
    let client = world.client.clone();
    for (first, count) in [(FIRST, 0), (FIRST, COUNT + 1), (end, 1), (FIRST - 1, 2), (FIRST, u64::MAX), (u64::MAX, 1)] {
        assert_eq!(world.refuses(&client, Wanted::Outputs { first, count }), address, "{first} {count}");
    }
}

/// Header and descriptors of another program, of another tensor, changed anywhere, or none.
#[test]
fn what_is_shown_is_of_this_program() {
    let mut world = World::new();
    let bob = world.bob.clone();
    let wanted = Wanted::Leaves { shard: FIRST, tensor: 1, first: 0 };
    let good = world.run.locate(&wanted);
    let other = world.run.locate(&Wanted::Leaves { shard: FIRST, tensor: 2, first: 0 });
    let mut all = vec![vec![], other, good[..good.len() - 1].to_vec(), [&good[..], &[0]].concat()];
    all.extend((0..good.len()).map(|at| {
        let mut spoiled = good.clone();
        spoiled[at] ^= 1;
        spoiled
    }));
    for shown in all {
        let demand = ExecuteMsg::Demand { attestation: ONE, wanted, shown: shown.into() };
        let error = world.refused(&bob, demand, &coins(1_251, DENOM));
        assert!(matches!(error, ContractError::Malformed(_)), "{error}");
    }
    world.demands(&bob, wanted);
}

#[test]
fn nothing_is_demanded_twice() {
    let mut world = World::new();
    let (bob, carol, client) = (world.bob.clone(), world.carol.clone(), world.client.clone());
    for wanted in [SHARDS, TENSORS] {
        let demand = world.demands(&client, wanted).demand;
        let already = ContractError::DemandedAlready { wanted, demand };
        for who in [&client, &bob] {
            assert_eq!(world.refuses(who, wanted), already);
        }
        world.reveals(demand);
        for who in [&client, &bob, &carol] {
            assert_eq!(world.refuses(who, wanted), already);
        }
    }
    // Of another attestation it is another demand.
    let two = AttestationId::from([2; 32]);
    world.attested(two);
    world.demands_of(&bob, two, SHARDS);
}

/// A friend of the attester's cannot keep the principal out by demanding everything first, behind a long queue.
#[test]
fn the_principal_demands_again_what_waits_in_the_public_queue() {
    let mut world = World::new();
    let (bob, client) = (world.bob.clone(), world.client.clone());
    let waits = world.demands(&bob, TENSORS);
    let own = world.demands(&client, TENSORS);
    assert_eq!(own.queue, Queue::Principal);
    let latest: Option<DemandId> = world.ask(&QueryMsg::Demanded { attestation: ONE, wanted: TENSORS });
    assert_eq!(latest, Some(own.demand));
    let already = ContractError::DemandedAlready { wanted: TENSORS, demand: own.demand };
    for who in [&client, &bob] {
        assert_eq!(world.refuses(who, TENSORS), already);
    }
    // Both are answered, and what was met is no reason to demand it once more.
    world.reveals(own.demand);
    assert_eq!(world.refuses(&client, TENSORS), already);
    world.reveals(waits.demand);
    assert_eq!(world.refuses(&client, TENSORS), already);
    // What the other queue has got already needs no second answer.
    let met = world.demands(&bob, SHARDS).demand;
    world.reveals(met);
    assert_eq!(world.refuses(&client, SHARDS), ContractError::DemandedAlready { wanted: SHARDS, demand: met });
}

#[test]
fn outputs_do_not_overlap() {
    let mut world = World::new();
    let client = world.client.clone();
    let outputs = |first, count| Wanted::Outputs { first: FIRST + first, count };
    let demand = world.demands(&client, outputs(4, 4)).demand;
    let later = world.demands(&client, outputs(10, 1)).demand;
    for (first, count) in [(4, 4), (4, 1), (7, 1), (3, 2), (7, 2), (0, 6), (5, 1)] {
        let wanted = outputs(first, count);
        assert_eq!(world.refuses(&client, wanted), ContractError::DemandedAlready { wanted, demand }, "{wanted}");
    }
    for (first, count) in [(0, 24), (8, 3), (10, 14)] {
        let wanted = outputs(first, count);
        assert_eq!(world.refuses(&client, wanted), ContractError::DemandedAlready { wanted, demand: later });
    }
    for (first, count) in [(0, 4), (8, 2), (11, 13)] {
        world.demands(&client, outputs(first, count));
    }
    world.reveals(demand);
    let wanted = outputs(4, 4);
    assert_eq!(world.refuses(&client, wanted), ContractError::DemandedAlready { wanted, demand });
    // Leaves of the same tensor are something else.
    world.demands(&client, Wanted::Leaves { shard: FIRST + 4, tensor: 2, first: 0 });
}

#[test]
fn outputs_are_for_the_principal() {
    let mut world = World::new();
    let principal = world.client.to_string();
    for who in [world.bob.clone(), world.alice.clone(), world.arbiter.clone()] {
        let wanted = Wanted::Outputs { first: FIRST, count: 1 };
        let demand = world.demanding(ONE, wanted);
        let error = world.refused(&who, demand, &[]);
        assert_eq!(error, ContractError::NotPrincipal { principal: principal.clone() });
    }
}

#[test]
fn only_of_attestations_that_name_this_arbiter() {
    let mut world = World::new();
    let bob = world.bob.clone();
    let other = Arbitration { arbiter: world.verifier.to_string(), ..world.arbitration() };
    for arbitration in [None, Some(other)] {
        world.attested_with(ONE, arbitration);
        assert_eq!(world.refuses(&bob, SHARDS), ContractError::NotNamed { attestation: ONE });
    }
    let unknown = AttestationId::from([9; 32]);
    let demand = world.demanding(unknown, SHARDS);
    assert!(matches!(world.refused(&bob, demand, &coins(126, DENOM)), ContractError::Std(_)));
}

#[test]
fn only_while_it_is_genuine_so_far() {
    let mut world = World::new();
    let bob = world.bob.clone();
    for verdict in [
        Verdict::Pending {},
        Verdict::Genuine {},
        Verdict::False(WRONG),
        Verdict::Refuted { by: bob.to_string(), wrong: WRONG },
        Verdict::Withheld { from: bob.to_string() },
        Verdict::Lapsed {},
        Verdict::Void {},
    ] {
        world.verdict(ONE, verdict.clone());
        assert_eq!(world.refuses(&bob, SHARDS), ContractError::Closed { verdict: verdict.word() });
    }
}

#[test]
fn exactly_the_bond_is_taken() {
    let mut world = World::new();
    let bob = world.bob.clone();
    let funds = |sent: u128, due: u128| {
        let denom = DENOM.to_string();
        match sent < due {
            true => BadFunds::Underfunded { sent: sent.into(), due: due.into(), denom },
            false => BadFunds::Overfunded { sent: sent.into(), due: due.into(), denom },
        }
    };
    for (wanted, due) in [(SHARDS, 126), (TENSORS, 1_251)] {
        for sent in [1, due - 1, due + 1, 10 * due] {
            let demand = world.demanding(ONE, wanted);
            let error = world.refused(&bob, demand, &coins(sent, DENOM));
            assert_eq!(error, ContractError::Funds(funds(sent, due)));
        }
        let demand = world.demanding(ONE, wanted);
        assert!(matches!(world.refused(&bob, demand, &[]), ContractError::Funds(_)));
        let others: [&[Coin]; 2] = [&[coin(due, "ufoo")], &[coin(1, "ufoo"), coin(due, DENOM)]];
        for sent in others {
            let demand = world.demanding(ONE, wanted);
            let error = world.refused(&bob, demand, sent);
            assert!(matches!(error, ContractError::Funds(BadFunds::WrongDenom { .. })), "{error}");
        }
    }
}

/// Nothing is kept, the bond neither, where the verifier does not write it down.
#[test]
fn what_the_verifier_does_not_write_down_is_not_demanded() {
    let mut world = World::new();
    let bob = world.bob.clone();
    world.refuses_holds(true);
    let demand = world.demanding(ONE, SHARDS);
    let error = world.refused_by_any(&bob, demand, &coins(126, DENOM));
    assert!(format!("{error:#}").contains("not taken"), "{error:#}");
    world.refuses_holds(false);
    world.demands(&bob, SHARDS);
}

/// The hold is that of the window's end, and a queue that is full says until when it goes.
#[test]
fn a_full_queue_is_full() {
    let mut world = World::new();
    let (bob, client) = (world.bob.clone(), world.client.clone());
    let Verdict::GenuineSoFar { until: window } = world.so_far() else { panic!("another verdict") };
    let (mut last, mut taken) = (0, 0);
    let refused = addresses().into_iter().find_map(|wanted| match world.quoted(&bob, ONE, wanted) {
        Ok(_) => {
            last = world.demands(&bob, wanted).due;
            taken += 1;
            None
        }
        Err(_) => Some(world.refuses(&bob, wanted)),
    });
    let limit = window.time() + 3_780;
    assert!(last + 300 <= limit && last + 330 > limit, "{last} of {limit}");
    assert_eq!(taken, (limit - 300 - (world.moment().time + 300)) / 30 + 1);
    let full = tequio_arbiter::core::error::CoreError::QueueFull {
        due: last + 30,
        turn: last + 330,
        limit,
        limit_block: window.block() + 1_260,
    };
    assert_eq!(refused, Some(ContractError::Core(full)));
    // Another queue is another.
    let own = world.demands(&client, SHARDS);
    assert_eq!(own.due, world.moment().time + 300);
}

/// Due times count from when it is demanded, in seconds and blocks.
#[test]
fn no_demand_is_due_sooner_than_the_answer_window() {
    let mut world = World::new();
    let bob = world.bob.clone();
    let all = addresses();
    world.demands(&bob, all[0]);
    world.blocks(20, 250);
    let second = world.demands(&bob, all[1]);
    let due = Deadline { since: world.moment(), seconds: 300, blocks: 100 };
    assert_eq!((second.due, second.due_block), (due.time(), due.block()));
    assert_eq!(world.demand(second.demand).due, Deadline { blocks: TERMS.blocks, ..due });
}
