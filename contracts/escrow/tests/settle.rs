//! `settle`: anyone ends what is genuine or false.

use cosmwasm_std::Uint128;
use tequio_escrow::ContractError;
use tequio_protocol::{
    AssignmentId, Moment, TypedEvent,
    escrow::{Credited, Ended, Ending, ExecuteMsg, JobSpec, NotYet, Reason, State},
    registry, rewards,
    verifier::{Terms, Verdict},
};

use crate::world::{FALSE, TERMS, World, credited, event, sent, too_many};

fn of(assignment: AssignmentId) -> ExecuteMsg {
    ExecuteMsg::Settle { assignments: vec![assignment] }
}

fn not_yet(assignment: AssignmentId, reason: NotYet) -> ContractError {
    ContractError::NotYet { assignment, reason }
}

#[test]
fn genuine_work_is_paid_its_lien_freed_and_its_reward_counted() {
    let mut world = World::new();
    let assignment = world.genuine(32);
    let job = world.assignment(assignment).job;
    let events = world.settle(assignment);
    let provider = world.alice.owner.to_string();
    let ended = Ended {
        assignment,
        job,
        provider: provider.clone(),
        ending: Ending::Settled,
        first: 0,
        shards: 32,
        paid: 32_000u128.into(),
        slashed: Uint128::zero(),
        fee: Uint128::zero(),
        to_burn: Uint128::zero(),
    };
    assert_eq!(event::<Ended>(&events), ended);
    assert_eq!(event::<Credited>(&events), credited(&world.alice.owner, 32_000, Reason::Payment));
    assert_eq!((world.state(assignment), world.tally(job)), (State::Ended(Ending::Settled), (68, 0, 32, 0)));
    assert_eq!((world.balance(&world.alice.owner), world.lien_on(&world.alice)), (32_000, 0));
    let amount = Uint128::new(32 * 2_065);
    assert_eq!(world.told_registry()[1..], [registry::ExecuteMsg::Release { provider: provider.clone(), amount }]);
    let reward = rewards::ExecuteMsg::Reward { number: assignment.0.into(), job, provider, shards: 32 };
    assert_eq!(world.told_rewards()[1..], [reward]);
}

#[test]
fn the_provider_is_paid_whoever_settles_and_nobody_else() {
    let mut world = World::new();
    let assignment = world.genuine(1);
    world.sends(&world.bob.operator.clone(), of(assignment), 0);
    for other in [&world.bob.owner, &world.bob.operator, &world.alice.operator, &world.client] {
        assert_eq!(world.balance(other), 0);
    }
    assert_eq!(world.balance(&world.alice.owner), 1_000);
}

#[test]
fn nothing_is_paid_before_the_audit_window_is_over() {
    let mut world = World::new();
    let assignment = world.assigned(1);
    world.pass(100);
    world.attest(assignment);
    let until = world.deadline(600);
    world.verdict(assignment, Verdict::GenuineSoFar { until });
    world.pass(100_000);
    let error = world.refused(&world.stranger.clone(), of(assignment), 0);
    assert_eq!(error, not_yet(assignment, NotYet::Audit { until, now: world.moment() }));
    assert_eq!(world.lien_on(&world.alice), 2_065, "the lien stays until the verifier says that it is over");
    world.verdict(assignment, Verdict::Genuine {});
    world.settle(assignment);
}

#[test]
fn the_audit_window_is_the_jobs() {
    let mut world = World::new();
    for (window, seconds) in [(Some(0), 0), (Some(7_200), 7_200), (None, TERMS.audit_window)] {
        let job = world.post(JobSpec { audit_window: window, ..world.spec() });
        let assignment = world.assign(&world.alice.operator.clone(), job, 1);
        let terms = Terms { audit_window: seconds, ..TERMS };
        assert_eq!((world.assignment(assignment).subject.terms, world.job(job).terms), (terms, terms));
    }
}

#[test]
fn genuine_work_is_paid_long_after_every_deadline() {
    let mut world = World::new();
    let assignment = world.genuine(1);
    world.pass(1_000_000_000);
    let error = world.refused(&world.stranger.clone(), ExecuteMsg::Expire { assignments: vec![assignment] }, 0);
    assert_eq!(error, ContractError::Settles { assignment, ending: Ending::Settled });
    world.settle(assignment);
    assert_eq!(world.balance(&world.alice.owner), 1_000);
}

#[test]
fn what_is_pending_or_unattested_waits() {
    let mut world = World::new();
    let assignment = world.assigned(1);
    let (now, attest_by, stranger) = (world.moment(), world.deadline(3_600), world.stranger.clone());
    let error = not_yet(assignment, NotYet::Unattested { attest_by, now });
    assert_eq!(world.refused(&stranger, of(assignment), 0), error);
    world.attest(assignment);
    assert_eq!(world.refused(&stranger, of(assignment), 0), not_yet(assignment, NotYet::Pending { deadline: None }));
    world.pass(1_000_000);
    assert_eq!(world.refused(&stranger, of(assignment), 0), not_yet(assignment, NotYet::Pending { deadline: None }));
}

#[test]
fn what_lapsed_is_void_or_absent_is_expired_instead() {
    let mut world = World::new();
    let stranger = world.stranger.clone();
    for (verdict, ending) in [(Verdict::Lapsed {}, Ending::Lapsed), (Verdict::Void {}, Ending::Void)] {
        let assignment = world.assigned(1);
        world.attest(assignment);
        world.verdict(assignment, verdict);
        let error = ContractError::Expires { assignment, ending };
        assert_eq!(world.refused(&stranger, of(assignment), 0), error);
    }
    let assignment = world.assigned(1);
    world.pass(3_601);
    let error = ContractError::Expires { assignment, ending: Ending::Absent };
    assert_eq!(world.refused(&stranger, of(assignment), 0), error);
}

/// attestation.md §8: attest before assigning; attest too late.
#[test]
fn an_attestation_out_of_time_pays_nothing() {
    let mut world = World::new();
    let assignment = world.assigned(1);
    let (now, attest_by, stranger) = (world.moment(), world.deadline(3_600), world.stranger.clone());
    let late = Moment { time: now.time + 3_601, block: now.block + 100 };
    for at in [Moment { time: now.time - 1, ..now }, late] {
        world.attest_at(assignment, at);
        world.verdict(assignment, Verdict::Genuine {});
        let error = not_yet(assignment, NotYet::Unattested { attest_by, now });
        assert_eq!(world.refused(&stranger, of(assignment), 0), error);
    }
    world.pass(4_300);
    let error = ContractError::Expires { assignment, ending: Ending::Absent };
    assert_eq!(world.refused(&stranger, of(assignment), 0), error);
}

/// attestation.md §8: open for another job, shard or assignment.
#[test]
fn an_attestation_counts_for_its_own_assignment_only() {
    let mut world = World::new();
    let genuine = world.genuine(1);
    let job = world.assignment(genuine).job;
    let others = [world.assign(&world.alice.operator.clone(), job, 1), world.assigned(1)];
    for assignment in others {
        let (attest_by, now) = (world.assignment(assignment).attest_by, world.moment());
        let error = world.refused(&world.stranger.clone(), of(assignment), 0);
        assert_eq!(error, not_yet(assignment, NotYet::Unattested { attest_by, now }));
    }
}

#[test]
fn it_settles_once() {
    let mut world = World::new();
    let (assignment, stranger) = (world.genuine(1), world.stranger.clone());
    let over = ContractError::Over { assignment, ending: Ending::Settled };
    let twice = ExecuteMsg::Settle { assignments: vec![assignment, assignment] };
    assert_eq!(Ended::all(&world.sends(&stranger, twice.clone(), 0)).len(), 1);
    for again in [of(assignment), twice] {
        assert_eq!(world.refused(&stranger, again, 0), over);
    }
    assert_eq!(world.balance(&world.alice.owner), 1_000);
}

/// Whoever ends one of a list just before it arrives does not stop the others.
#[test]
fn what_is_over_is_passed_over() {
    let mut world = World::new();
    let (first, second, third) = (world.genuine(1), world.genuine(2), world.genuine(3));
    let stranger = world.stranger.clone();
    world.settle(second);
    let all = ExecuteMsg::Settle { assignments: vec![first, second, third] };
    let ended: Vec<_> = Ended::all(&world.sends(&stranger, all.clone(), 0)).iter().map(|e| e.assignment).collect();
    assert_eq!(ended, [first, third]);
    assert_eq!(world.balance(&world.alice.owner), 6_000);
    let over = ContractError::Over { assignment: first, ending: Ending::Settled };
    assert_eq!(world.refused(&stranger, all, 0), over);
}

/// One that cannot be ended yet, or not by this message, holds up nobody's pay.
#[test]
fn what_is_too_early_or_to_be_expired_is_passed_over() {
    let mut world = World::new();
    let (pending, genuine, wrong, lapsed) =
        (world.assigned(1), world.assigned(2), world.assigned(3), world.assigned(4));
    for assignment in [pending, genuine, wrong, lapsed] {
        world.attest(assignment);
    }
    let verdicts = [(genuine, Verdict::Genuine {}), (wrong, FALSE), (lapsed, Verdict::Lapsed {})];
    verdicts.into_iter().for_each(|(assignment, verdict)| world.verdict(assignment, verdict));
    world.pass(600);
    let stranger = world.stranger.clone();
    let all = ExecuteMsg::Settle { assignments: vec![pending, lapsed, genuine, wrong] };
    let events = world.sends(&stranger, all.clone(), 0);
    let states: Vec<_> = Ended::all(&events).into_iter().map(|ended| (ended.assignment, ended.ending)).collect();
    assert_eq!(states, [(genuine, Ending::Settled), (wrong, Ending::Slashed)]);
    assert_eq!(Credited::all(&events), [credited(&world.alice.owner, 2_000, Reason::Payment)]);
    // Where nothing is left to end, the first reason is the error.
    assert_eq!(world.refused(&stranger, all, 0), not_yet(pending, NotYet::Pending { deadline: None }));
    let expire = ExecuteMsg::Expire { assignments: vec![pending, genuine, lapsed] };
    assert_eq!(Ended::all(&world.sends(&stranger, expire, 0)).len(), 1);
    assert_eq!(world.state(lapsed), State::Ended(Ending::Lapsed));
}

/// Whoever runs ahead of a batch of 100 and ends any of it, itself or through another message, stops none of the rest.
#[test]
fn no_batch_is_stopped_by_running_ahead_of_it() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let operator = world.alice.operator.clone();
    let batch: Vec<_> = (0..100).map(|_| world.assign(&operator, job, 1)).collect();
    for (i, assignment) in batch.iter().enumerate() {
        world.attest(*assignment);
        let lapses = i % 10 == 0;
        world.verdict(*assignment, if lapses { Verdict::Lapsed {} } else { Verdict::Genuine {} });
    }
    world.pass(600);
    for ahead in [1, 2, 51, 99] {
        world.settle(batch[ahead]);
    }
    for ahead in [0, 10, 90] {
        world.expire(batch[ahead]);
    }
    let stranger = world.stranger.clone();
    let settled = world.sends(&stranger, ExecuteMsg::Settle { assignments: batch.clone() }, 0);
    let expired = world.sends(&stranger, ExecuteMsg::Expire { assignments: batch }, 0);
    assert_eq!((Ended::all(&settled).len(), Ended::all(&expired).len()), (86, 7));
    assert_eq!(world.tally(job), (10, 0, 90, 0));
}

#[test]
fn a_list_that_names_what_never_was_ends_nothing() {
    let mut world = World::new();
    let (assignments, stranger) = (vec![world.genuine(1), AssignmentId(9)], world.stranger.clone());
    let error = world.refused(&stranger, ExecuteMsg::Settle { assignments }, 0);
    assert_eq!(error, ContractError::UnknownAssignment { assignment: AssignmentId(9) });
}

#[test]
fn lists_are_bounded() {
    let mut world = World::new();
    let stranger = world.stranger.clone();
    let list = |count: u64| ExecuteMsg::Settle { assignments: (1..=count).map(AssignmentId).collect() };
    assert_eq!(world.refused(&stranger, list(0), 0), too_many("assignments", 0));
    assert_eq!(world.refused(&stranger, list(101), 0), too_many("assignments", 101));
    let assignment = AssignmentId(1);
    assert_eq!(world.refused(&stranger, list(100), 0), ContractError::UnknownAssignment { assignment });
}

#[test]
fn a_reward_has_its_own_gas() {
    let mut world = World::new();
    let assignment = world.genuine(1);
    world.settle(assignment);
    let limits: Vec<_> = sent().into_iter().map(|message| message.gas_limit).collect();
    assert_eq!(limits, [None, Some(400_000)], "registry is told without a limit, rewards within one");
}

#[test]
fn a_failing_rewards_holds_up_no_payment() {
    let mut world = World::new();
    let assignment = world.genuine(7);
    world.rewards_fails(true);
    world.settle(assignment);
    assert_eq!((world.balance(&world.alice.owner), world.lien_on(&world.alice)), (7_000, 0));
    world.sends(&world.alice.owner.clone(), ExecuteMsg::Withdraw {}, 0);
}
