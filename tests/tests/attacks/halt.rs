//! Halt the chain past a deadline, or let a halt do the work: whoever is honest needs blocks to act in, and gets them.

use tequio_protocol::{
    escrow::{Ending, ExecuteMsg, NotYet, Ruling},
    verifier::Verdict,
};
use tequio_tests::{World, job};

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
