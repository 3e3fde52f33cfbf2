//! `expire`: anyone ends what was never attested, never opened, or never drawn.

use cosmwasm_std::Uint128;
use tequio_escrow::ContractError;
use tequio_protocol::{
    AssignmentId, TypedEvent,
    escrow::{Credited, Ended, Ending, ExecuteMsg, NotYet, State},
    verifier::Verdict,
};

use crate::world::{FALSE, World, event, too_many};

fn of(assignment: AssignmentId) -> ExecuteMsg {
    ExecuteMsg::Expire { assignments: vec![assignment] }
}

fn not_yet(assignment: AssignmentId, reason: NotYet) -> ContractError {
    ContractError::NotYet { assignment, reason }
}

#[test]
fn the_vanished_expire_after_their_deadline() {
    let mut world = World::new();
    let assignment = world.assigned(10);
    let job = world.assignment(assignment).job;
    world.pass(3_600);
    let now = world.now();
    let error = world.refused(&world.stranger.clone(), of(assignment), 0);
    assert_eq!(error, not_yet(assignment, NotYet::Unattested { attest_by: now, now }));
    world.pass(1);
    let events = world.expire(assignment);
    let ended = Ended {
        assignment,
        job,
        provider: world.alice.owner.to_string(),
        ending: Ending::Absent,
        first: 0,
        shards: 10,
        paid: Uint128::zero(),
        slashed: 2_065u128.into(),
        fee: Uint128::zero(),
        to_burn: Uint128::zero(),
    };
    assert_eq!((event::<Ended>(&events), Credited::all(&events)), (ended, vec![]));
    assert_eq!((world.state(assignment), world.lien_on(&world.alice)), (State::Ended(Ending::Absent), 0));
    assert_eq!((world.tally(job), world.free(job)), ((100, 0, 0, 0), vec![(0, 100, 1_000)]));
}

#[test]
fn late_and_early_attestations_are_none() {
    for shift in [-1, 3_601] {
        let mut world = World::new();
        let assignment = world.assigned(10);
        world.attest_at(assignment, world.now().strict_add_signed(shift));
        world.verdict(assignment, FALSE);
        world.pass(3_601);
        world.expire(assignment);
        assert_eq!(world.state(assignment), State::Ended(Ending::Absent));
    }
}

#[test]
fn an_attestation_at_the_last_second_counts() {
    let mut world = World::new();
    let assignment = world.assigned(10);
    world.pass(3_600);
    world.attest(assignment);
    world.pass(1);
    let error = world.refused(&world.stranger.clone(), of(assignment), 0);
    assert_eq!(error, not_yet(assignment, NotYet::Pending { deadline: None }));
}

#[test]
fn without_a_beacon_nobody_loses() {
    let mut world = World::new();
    let assignment = world.assigned(10);
    let job = world.assignment(assignment).job;
    world.attest(assignment);
    world.verdict(assignment, Verdict::Void {});
    world.expire(assignment);
    assert_eq!((world.state(assignment), world.lien_on(&world.alice)), (State::Ended(Ending::Void), 0));
    assert_eq!(world.told_registry().len(), 2, "placed, released");
    assert_eq!(world.tally(job), (100, 0, 0, 0));
}

#[test]
fn what_has_a_verdict_is_settled_instead() {
    let mut world = World::new();
    let stranger = world.stranger.clone();
    for (verdict, ending) in [(Verdict::Genuine {}, Ending::Settled), (FALSE, Ending::Slashed)] {
        let assignment = world.assigned(1);
        world.attest(assignment);
        world.verdict(assignment, verdict);
        world.pass(600);
        assert_eq!(world.refused(&stranger, of(assignment), 0), ContractError::Settles { assignment, ending });
    }
}

#[test]
fn it_expires_once() {
    let mut world = World::new();
    let (assignment, stranger) = (world.assigned(1), world.stranger.clone());
    world.pass(3_601);
    let over = ContractError::Over { assignment, ending: Ending::Absent };
    let twice = ExecuteMsg::Expire { assignments: vec![assignment, assignment] };
    assert_eq!(Ended::all(&world.sends(&stranger, twice.clone(), 0)).len(), 1);
    for again in [of(assignment), twice] {
        assert_eq!(world.refused(&stranger, again, 0), over);
    }
}

#[test]
fn lists_are_bounded() {
    let mut world = World::new();
    let stranger = world.stranger.clone();
    let list = |count: u64| ExecuteMsg::Expire { assignments: (1..=count).map(AssignmentId).collect() };
    assert_eq!(world.refused(&stranger, list(0), 0), too_many("assignments", 0));
    assert_eq!(world.refused(&stranger, list(101), 0), too_many("assignments", 101));
}
