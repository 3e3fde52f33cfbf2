//! Every error a message can meet, and the text that carries its numbers.

use cosmwasm_std::{Coin, coin, coins};
use tequio_protocol::{
    AttestationId, DemandId,
    arbiter::{ExecuteMsg, Wanted},
    verifier::{Arbitration, Verdict},
};

use crate::{
    program::{COUNT, FIRST},
    world::{DENOM, ONE, World},
};

const SHARDS: Wanted = Wanted::Shards { depth: 0, index: 0 };
const TENSORS: Wanted = Wanted::Tensors { shard: FIRST, depth: 0, index: 0 };
const LEAVES: Wanted = Wanted::Leaves { shard: FIRST, tensor: 1, first: 0 };
const NODES: Wanted = Wanted::Nodes { shard: FIRST, tensor: 1, depth: 0, index: 0 };
const OVER: AttestationId = id(2);
const FOREIGN: AttestationId = id(3);
const LONG: AttestationId = id(4);

const fn id(byte: u8) -> AttestationId {
    AttestationId(tequio_protocol::Digest([byte; 32]))
}

fn reveal(world: &World, demand: u64, wanted: Wanted) -> ExecuteMsg {
    ExecuteMsg::Reveal { demand: DemandId(demand), answer: world.run.reveal(&wanted, 0, usize::MAX).into() }
}

fn settle(demands: &[u64]) -> ExecuteMsg {
    ExecuteMsg::Settle { demands: demands.iter().copied().map(DemandId).collect() }
}

/// Of attestation 1, demand 1 is overdue, 2 is met and 3 was made just now; OVER is genuine, with demand 4 of it paid;
/// FOREIGN names nobody; LONG delivers slowly.
fn busy() -> World {
    let mut world = World::new();
    let bob = world.bob.clone();
    world.attested(OVER);
    world.attested_with(FOREIGN, None);
    let slow = Arbitration { rate: 1, longest_hold: 2_592_000, ..world.arbitration() };
    world.attested_with(LONG, Some(slow));
    world.demands(&bob, SHARDS);
    world.demands(&bob, TENSORS);
    world.reveals(DemandId(2));
    world.blocks(100, 301);
    world.demands(&bob, LEAVES);
    world.demands_of(&bob, OVER, SHARDS);
    world.reveals(DemandId(4));
    world.verdict(OVER, Verdict::Genuine {});
    world.settles(&[DemandId(4)]);
    world.sends(&bob, ExecuteMsg::Burn {}, 0);
    world
}

/// Who sends what with what, and what it says.
fn attempts(world: &World) -> Vec<(&'static str, ExecuteMsg, Vec<Coin>, String)> {
    let bond = || coins(126, DENOM);
    let demand = |attestation, wanted| world.demanding(attestation, wanted);
    let attempt = |who, msg, funds, says: &str| (who, msg, funds, says.to_string());
    let now = world.moment();
    let closed = "demands and reveals are taken only while an attestation is genuine so far";
    let spoiled = ExecuteMsg::Reveal { demand: DemandId(3), answer: vec![1].into() };
    let due = world.demand(DemandId(1)).due;
    vec![
        attempt(
            "bob",
            demand(FOREIGN, SHARDS),
            bond(),
            &format!("attestation {FOREIGN} names another arbiter, or none"),
        ),
        attempt("bob", demand(OVER, SHARDS), bond(), &format!("genuine: {closed}")),
        attempt(
            "bob",
            demand(ONE, Wanted::Outputs { first: FIRST, count: COUNT }),
            bond(),
            &format!("outputs may be demanded only by {}", world.client),
        ),
        attempt("bob", demand(ONE, SHARDS), bond(), "shards/0/0 was demanded already: 1"),
        attempt("client", demand(ONE, TENSORS), bond(), &format!("tensors/{FIRST}/0/0 was demanded already: 2")),
        attempt(
            "bob",
            demand(ONE, Wanted::Shards { depth: 0, index: 9 }),
            bond(),
            &format!("malformed: {}", tequio_attestation::Malformed::Address),
        ),
        attempt("bob", demand(ONE, NODES), coins(1_250, DENOM), "1250utoken sent, short of 1251utoken"),
        attempt("bob", demand(ONE, NODES), coins(1_252, DENOM), "1252utoken sent, more than 1251utoken"),
        attempt("bob", demand(ONE, NODES), vec![], "0utoken sent, short of 1251utoken"),
        attempt("bob", demand(ONE, NODES), coins(1_251, "ufoo"), "1251ufoo sent where only utoken is taken"),
        attempt(
            "bob",
            demand(ONE, NODES),
            vec![coin(1, "ufoo"), coin(1_251, DENOM)],
            "1ufoo,1251utoken sent where only utoken is taken",
        ),
        attempt("bob", reveal(world, 9, SHARDS), vec![], "demand 9 is not known"),
        attempt("bob", reveal(world, 2, TENSORS), vec![], "demand 2 is met"),
        attempt("bob", reveal(world, 4, SHARDS), vec![], "demand 4 is paid"),
        attempt("bob", reveal(world, 1, SHARDS), vec![], &format!("demand 1 was due at {due}, it is {now}")),
        attempt("bob", spoiled, vec![], "malformed: "),
        attempt("bob", settle(&[4]), vec![], "demand 4 is settled: paid"),
        attempt("bob", settle(&[2]), vec![], "the attestation of demand 2 has no final answer yet: genuine_so_far"),
        attempt("bob", settle(&[9]), vec![], "demand 9 is not known"),
        attempt("bob", settle(&[]), vec![], "demands is 0, not between 1 and 100"),
        attempt("bob", ExecuteMsg::Burn {}, vec![], "nothing to burn"),
        attempt("bob", ExecuteMsg::Withdraw {}, vec![], &format!("nothing to withdraw for {}", world.bob)),
        attempt("bob", ExecuteMsg::Withdraw {}, coins(5, DENOM), "5utoken sent to a message that takes no funds"),
        attempt("bob", ExecuteMsg::Burn {}, coins(5, "ufoo"), "5ufoo sent to a message that takes no funds"),
        attempt("bob", settle(&[2]), coins(5, DENOM), "5utoken sent to a message that takes no funds"),
        attempt("bob", reveal(world, 3, LEAVES), coins(5, DENOM), "5utoken sent to a message that takes no funds"),
    ]
}

#[test]
fn each_error_carries_its_numbers_and_leaves_no_trace() {
    let mut world = busy();
    for (who, msg, funds, says) in attempts(&world) {
        let sender = if who == "client" { world.client.clone() } else { world.bob.clone() };
        let met = world.refused(&sender, msg.clone(), &funds).to_string();
        assert!(met == says || says == "malformed: " && met.starts_with(&says), "{msg:?}: {met}, not {says}");
    }
}

/// What only very long deliveries and full queues meet.
#[test]
fn core_errors_carry_their_numbers() {
    use tequio_arbiter::core::error::CoreError;
    let full = CoreError::QueueFull { due: 10, turn: 20, limit: 15, limit_block: 7 };
    assert_eq!(full.to_string(), "due at 10, with a turn after it at 20: the hold ends at 15 and block 7");
    let long = CoreError::DeliveryTooLong { seconds: 9, max: 8 };
    assert_eq!(long.to_string(), "these outputs take 9 s more to deliver, all together at most 8");
    // 24 shards at a byte a second are met; the message itself says so where 30 days are too short.
    let mut world = busy();
    let client = world.client.clone();
    let all = Wanted::Outputs { first: FIRST, count: COUNT };
    let told = world.demands_of(&client, LONG, all);
    assert_eq!(told.due, world.moment().time + 300 + 24 * 1_312);
}
