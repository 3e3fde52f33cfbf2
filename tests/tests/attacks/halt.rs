//! Halt the chain past a deadline, or let a halt do the work: whoever is honest needs blocks to act in, and gets them.

use tequio_attestation::Wanted;
use tequio_protocol::{
    AssignmentId,
    escrow::{Ending, ExecuteMsg, NotYet, Ruling},
    verifier::Verdict,
};
use tequio_tests::{Provider, World, job};

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

fn watched() -> (World, Provider, AssignmentId) {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.beacon();
    world.open(&alice);
    (world, alice, assignment)
}

fn tensors(shard: u64) -> Wanted {
    Wanted::Tensors { shard, depth: 0, index: 0 }
}

/// Nor is the turn over that follows, or the walk.
#[test]
fn a_halt_makes_nobody_late_to_reveal_and_ends_no_walk() {
    let (mut world, alice, assignment) = watched();
    let client = world.client.clone();
    for shard in 0..6 {
        let demand = world.demand(&client, assignment, tensors(shard));
        world.chain.halt(HALT);
        assert!(world.verdict(assignment).agreed());
        world.reveal(&alice.operator, assignment, demand);
        world.chain.halt(HALT);
        assert!(matches!(world.verdict(assignment), Verdict::GenuineSoFar { .. }));
    }
    assert_eq!(world.settle()[0].ending, Ending::Settled);
}

/// The friend of a provider who withholds fills the public queue before a halt: blocks of it are left when what the client
/// demanded after the halt is overdue. That is not revealed any more, and the answer comes when those are met or over.
#[test]
fn what_is_overdue_is_not_revealed_whatever_else_is_due_first() {
    for met in [true, false] {
        let (mut world, alice, assignment) = watched();
        let (friend, client) = (world.actor("friend"), world.client.clone());
        let flood: Vec<_> = (0..8).map(|shard| world.demand(&friend, assignment, tensors(shard))).collect();
        let (last, before) = flood.split_last().expect("eight");
        for demand in before {
            world.reveal(&alice.operator, assignment, *demand);
        }
        world.chain.halt(10_000);
        let demand = world.demand(&client, assignment, Wanted::Shards { depth: 0, index: 0 });
        world.chain.advance_past(world.demanded(demand).due);
        assert!(matches!(world.verdict(assignment), Verdict::GenuineSoFar { .. }));
        let message = world.revealing(assignment, demand, usize::MAX);
        let refused: tequio_arbiter::ContractError = world.refused(&alice.operator, message, 0);
        assert!(matches!(refused, tequio_arbiter::ContractError::Overdue { .. }), "{refused}");
        let from = if met {
            world.reveal(&alice.operator, assignment, *last);
            client
        } else {
            world.chain.advance_past(world.demanded(*last).due);
            friend
        };
        assert_eq!(world.verdict(assignment), Verdict::Withheld { from: from.into() });
    }
}
