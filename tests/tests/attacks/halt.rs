//! Halt the chain past a deadline, or let a halt do the work: whoever is honest needs blocks to act in, and gets them.

use tequio_attestation::Wanted;
use tequio_protocol::{
    escrow::{Ending, ExecuteMsg, NotYet, Ruling},
    verifier::Verdict,
};
use tequio_tests::{World, job};

use crate::withhold::{demand, owed, reveals, settle, watched};

/// Longer than every window.
const HALT: u64 = 40 * 86_400;

#[test]
fn a_halt_before_the_attestation_makes_nobody_absent() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.chain.halt(HALT);
    // The stranger is first in the first block after it.
    assert!(matches!(world.ruling(assignment), Ruling::Wait(NotYet::Unattested { .. })));
    let stranger = world.stranger.clone();
    let expire = ExecuteMsg::Expire { assignments: vec![assignment] };
    let refused: tequio_escrow::ContractError = world.refused(&stranger, expire, 0);
    assert!(matches!(refused, tequio_escrow::ContractError::NotYet { .. }), "{refused}");
    world.complete(&alice);
    assert_eq!(world.balance(&alice.owner), 8_000);
}

/// The stranger posts the round in the very last block before the chain stands still.
#[test]
fn a_round_posted_in_the_last_block_makes_nobody_late() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.beacon();
    assert!(world.attestation(assignment).round.unwrap().deadline.is_some());
    world.chain.halt(HALT);
    assert_eq!(world.verdict(assignment), Verdict::Pending {});
    world.open(&alice);
    world.settle();
    assert_eq!(world.balance(&alice.owner), 8_000);
}

#[test]
fn a_halt_is_no_time_to_audit_either() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.beacon();
    world.open(&alice);
    world.chain.halt(HALT);
    assert!(matches!(world.ruling(assignment), Ruling::Wait(NotYet::Audit { .. })));
}

/// Blocks come to an end of their own: what is not done after a halt is ended by anyone.
#[test]
fn a_halt_holds_nothing_up_for_ever() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    world.assign(&alice, 8);
    world.chain.halt(HALT);
    assert_eq!(world.expire()[0].ending, Ending::Absent);
}

/// The chain stands still in the middle of a walk, before an answer and in a turn: both have their blocks left.
#[test]
fn a_halt_in_the_middle_of_a_walk_ends_nothing() {
    let (mut world, alice, assignment) = watched(job(), true);
    let client = world.client.clone();
    let first = demand(&mut world, &client, assignment, Wanted::Shards { depth: 0, index: 0 });
    world.chain.halt(HALT);
    assert!(matches!(world.verdict(assignment), Verdict::GenuineSoFar { .. }), "nothing is withheld by a halt");
    reveals(&mut world, assignment, first.demand);
    world.chain.halt(HALT);
    // Long past window and hold, the turn has its blocks, and the next step its answer window.
    let second = demand(&mut world, &client, assignment, Wanted::Tensors { shard: 3, depth: 0, index: 0 });
    assert_eq!(second.due, world.now() + 600);
    world.chain.halt(HALT);
    reveals(&mut world, assignment, second.demand);
    for _ in 0..99 {
        world.pass(0);
        assert!(matches!(world.ruling(assignment), Ruling::Wait(NotYet::Audit { .. })));
    }
    world.settle();
    settle(&mut world, &[first.demand, second.demand]);
    assert_eq!(world.balance(&alice.owner), 8_000);
    assert_eq!(owed(&world, &alice.operator) * 5, (first.bond + second.bond).u128() * 4);
}

/// Nor does a halt save who reveals nothing.
#[test]
fn a_halt_leaves_nobody_time_for_ever() {
    let (mut world, _, assignment) = watched(job(), true);
    let client = world.client.clone();
    demand(&mut world, &client, assignment, Wanted::Shards { depth: 0, index: 0 });
    world.chain.halt(HALT);
    for _ in 1..100 {
        assert!(matches!(world.verdict(assignment), Verdict::GenuineSoFar { .. }));
        world.pass(0);
    }
    assert_eq!(world.verdict(assignment), Verdict::Withheld { from: client.to_string() });
    assert_eq!(world.settle()[0].ending, Ending::Withheld);
}

/// The chain is exported and begins again at height 0: what was due stays due, in blocks of the new chain.
#[test]
fn an_export_in_the_middle_of_a_walk_ends_nothing() {
    let (mut world, alice, assignment) = watched(job(), true);
    let client = world.client.clone();
    let export = |world: &World| world.chain.app().update_block(|block| block.height = 0);
    let first = demand(&mut world, &client, assignment, Wanted::Shards { depth: 0, index: 0 });
    world.pass(300);
    export(&world);
    world.pass(295);
    reveals(&mut world, assignment, first.demand);
    export(&world);
    world.pass(300);
    let second = demand(&mut world, &client, assignment, Wanted::Tensors { shard: 3, depth: 0, index: 0 });
    assert_eq!(second.due, world.now() + 600);
    export(&world);
    world.pass(300);
    reveals(&mut world, assignment, second.demand);
    world.settle();
    assert_eq!(world.balance(&alice.owner), 8_000);
    // And what is over stays over.
    let (mut world, _, assignment) = watched(job(), true);
    let client = world.client.clone();
    let told = demand(&mut world, &client, assignment, Wanted::Shards { depth: 0, index: 0 });
    world.chain.advance_to(told.due + 1);
    let stranger = world.stranger.clone();
    world.send(&stranger, tequio_protocol::verifier::ExecuteMsg::Tick {}, 0);
    for _ in 0..2 {
        assert_eq!(world.verdict(assignment), Verdict::Withheld { from: client.to_string() });
        export(&world);
        world.pass(0);
    }
}
