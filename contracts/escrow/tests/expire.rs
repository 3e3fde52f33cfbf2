//! `expire`: anyone ends what was never attested, never opened, or never drawn.

use cosmwasm_std::Uint128;
use tequio_escrow::ContractError;
use tequio_protocol::{
    AssignmentId, Moment, TypedEvent,
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
    let attest_by = world.deadline(3_600);
    world.pass(3_600);
    let now = world.moment();
    let error = world.refused(&world.stranger.clone(), of(assignment), 0);
    assert_eq!(error, not_yet(assignment, NotYet::Unattested { attest_by, now }));
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
    for (shift, blocks) in [(-1, 0), (3_601, 100)] {
        let mut world = World::new();
        let assignment = world.assigned(10);
        let Moment { time, block } = world.moment();
        world.attest_at(assignment, Moment { time: time.strict_add_signed(shift), block: block + blocks });
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

/// A chain that halts past the deadline makes nobody absent, however late its next blocks are.
#[test]
fn a_halt_makes_nobody_absent() {
    let mut world = World::new();
    let assignment = world.assigned(10);
    let attest_by = world.deadline(3_600);
    world.blocks(99, 30 * 86_400);
    let now = world.moment();
    let error = world.refused(&world.stranger.clone(), of(assignment), 0);
    assert_eq!(error, not_yet(assignment, NotYet::Unattested { attest_by, now }));
    world.attest(assignment);
    world.verdict(assignment, Verdict::Genuine {});
    world.blocks(1, 0);
    world.settle(assignment);
    let assignment = world.assigned(10);
    world.blocks(100, 30 * 86_400);
    world.expire(assignment);
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

/// Audit L5: a stolen key's work could not be stopped before its deadline.
#[test]
fn the_owner_key_ends_what_nobody_attested_to_at_the_cost_of_absence() {
    let mut world = World::new();
    let (assignment, owner) = (world.assigned(10), world.alice.owner.clone());
    let job = world.assignment(assignment).job;
    let (attest_by, now) = (world.deadline(3_600), world.moment());
    let unattested = not_yet(assignment, NotYet::Unattested { attest_by, now });
    let operator = world.alice.operator.clone();
    for other in [&operator, &world.bob.owner.clone(), &world.client.clone(), &world.stranger.clone()] {
        assert_eq!(world.refused(other, of(assignment), 0), unattested);
    }
    let ended: Ended = event(&world.sends(&owner, of(assignment), 0));
    assert_eq!((ended.ending, ended.slashed.u128(), ended.fee.u128()), (Ending::Absent, 2_065, 0));
    assert_eq!((world.state(assignment), world.lien_on(&world.alice)), (State::Ended(Ending::Absent), 0));
    assert_eq!((world.tally(job), world.free(job)), ((100, 0, 0, 0), vec![(0, 100, 1_000)]));
    // What the key sends now is too late.
    world.attest_at(assignment, world.moment());
    world.verdict(assignment, Verdict::Genuine {});
    world.pass(600);
    let over = ContractError::Over { assignment, ending: Ending::Absent };
    let settle = ExecuteMsg::Settle { assignments: vec![assignment] };
    assert_eq!(world.refused(&operator, settle, 0), over);
    assert_eq!(world.refused(&owner, of(assignment), 0), over);
}

/// Once there is an attestation its verdict decides, whatever it will be: else an owner would run from a false one.
#[test]
fn the_owner_key_ends_nothing_that_is_attested() {
    let mut world = World::new();
    let owner = world.alice.owner.clone();
    let (pending, early) = (world.assigned(1), world.assigned(1));
    world.attest(pending);
    let reason = NotYet::Pending { deadline: None };
    assert_eq!(world.refused(&owner, of(pending), 0), not_yet(pending, reason));
    // Nor where it does not count: its draws may be known.
    let (attest_by, now) = (world.deadline(3_600), world.moment());
    world.attest_at(early, Moment { time: now.time - 1, ..now });
    let unattested = NotYet::Unattested { attest_by, now };
    assert_eq!(world.refused(&owner, of(early), 0), not_yet(early, unattested));
    for verdict in [Verdict::Genuine {}, FALSE] {
        world.verdict(pending, verdict);
        assert!(matches!(
            world.refused(&owner, of(pending), 0),
            ContractError::NotYet { .. } | ContractError::Settles { .. }
        ));
    }
    // In a batch with what it may end, it is passed over.
    let free = world.assigned(1);
    let ended: Ended = event(&world.sends(&owner, ExecuteMsg::Expire { assignments: vec![pending, free] }, 0));
    assert_eq!((ended.assignment, ended.ending), (free, Ending::Absent));
    assert_eq!(world.state(pending), State::Active);
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
