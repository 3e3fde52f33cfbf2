//! `give_back`: early, unattested, once, for a small fee.

use cosmwasm_std::{Uint128, coins};
use cw_multi_test::Executor;
use tequio_contract::funds::BadFunds;
use tequio_escrow::ContractError;
use tequio_protocol::{
    AssignmentId, Moment,
    escrow::{Credited, Ended, Ending, ExecuteMsg, GiveBack, JobSpec, Kept, QueryMsg, Reason, State},
};

use crate::world::{DENOM, World, credited, event};

fn of(assignment: AssignmentId) -> ExecuteMsg {
    ExecuteMsg::GiveBack { assignment }
}

#[test]
fn shards_go_back_whole_and_the_client_gets_the_fee() {
    let mut world = World::new();
    let assignment = world.assigned(32);
    let (alice, job) = (world.alice.operator.clone(), world.assignment(assignment).job);
    assert_eq!(world.lien_on(&world.alice), 32 * 2_065);
    world.pass(120);
    let events = world.sends(&alice, of(assignment), 320);
    let provider = world.alice.owner.to_string();
    let (paid, slashed) = (Uint128::zero(), Uint128::zero());
    let ending = Ending::GivenBack;
    // The client gets its gas, 50.
    let (fee, to_burn) = (Uint128::new(320), Uint128::new(270));
    let ended = Ended { assignment, job, provider, ending, first: 0, shards: 32, paid, slashed, fee, to_burn };
    assert_eq!(event::<Ended>(&events), ended);
    assert_eq!(event::<Credited>(&events), credited(&world.client, 50, Reason::GiveBackFee));
    assert_eq!((world.state(assignment), world.lien_on(&world.alice)), (State::Ended(Ending::GivenBack), 0));
    assert_eq!((world.tally(job), world.free(job)), ((100, 0, 0, 0), vec![(0, 100, 1_000)]));
    assert_eq!((world.balance(&world.client), world.ask(&QueryMsg::ToBurn {})), (50, to_burn));
}

#[test]
fn the_fee_rounds_up_and_is_sent_exactly() {
    let mut world = World::new();
    let job = world.post(JobSpec { price: 33u128.into(), ..world.spec() });
    let alice = world.alice.operator.clone();
    let assignment = world.assign(&alice, job, 1);
    let due = Uint128::one();
    let (none, denom) = (Uint128::zero(), DENOM.to_owned());
    let error = BadFunds::Underfunded { sent: none, due, denom: denom.clone() };
    assert_eq!(world.refused(&alice, of(assignment), 0), ContractError::Funds(error));
    let error = BadFunds::Overfunded { sent: 2u128.into(), due, denom };
    assert_eq!(world.refused(&alice, of(assignment), 2), ContractError::Funds(error));
    world.sends(&alice, of(assignment), 1);
}

#[test]
fn fees_above_the_clients_gas_are_to_be_burned() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let mut parts = vec![];
    for operator in world.providers().map(|provider| provider.operator.clone()) {
        let assignment = world.assign(&operator, job, 4);
        let ended: Ended = event(&world.sends(&operator, of(assignment), 40));
        parts.push((ended.fee.u128(), ended.to_burn.u128(), world.balance(&world.client)));
    }
    assert_eq!(parts, [(40, 0, 40), (40, 30, 50), (40, 40, 50)]);
    assert_eq!(world.ask::<Uint128>(&QueryMsg::ToBurn {}), Uint128::new(70));
}

#[test]
fn what_it_takes_can_be_asked() {
    let mut world = World::new();
    let assignment = world.assigned(32);
    let (alice, until) = (world.alice.operator.clone(), world.deadline(120));
    let query = QueryMsg::GiveBack { assignment };
    assert_eq!(world.ask::<GiveBack>(&query), GiveBack { until, fee: 320u128.into() });
    world.pass(121);
    assert!(world.asked_wrongly(&query).contains("could be given back until"));
    let again = world.assign(&alice, world.assignment(assignment).job, 1);
    world.sends(&alice, of(again), 10);
    assert!(world.asked_wrongly(&QueryMsg::GiveBack { assignment: again }).contains("is over: given_back"));
    let third = world.assign(&alice, world.assignment(assignment).job, 1);
    assert!(world.asked_wrongly(&QueryMsg::GiveBack { assignment: third }).contains("has given back of job 1 before"));
}

#[test]
fn the_window_is_short() {
    let mut world = World::new();
    let assignment = world.assigned(1);
    let until = world.deadline(120);
    world.pass(121);
    let error = world.refused(&world.alice.operator.clone(), of(assignment), 10);
    assert_eq!(error, ContractError::Kept { assignment, reason: Kept::Closed { until, now: world.moment() } });
}

#[test]
fn the_window_never_outlasts_the_time_to_attest() {
    let mut world = World::new();
    let job = world.post(JobSpec { attest_window: 60, ..world.spec() });
    let alice = world.alice.operator.clone();
    let assignment = world.assign(&alice, job, 1);
    let until = world.deadline(60);
    world.pass(61);
    let error = world.refused(&alice, of(assignment), 10);
    assert_eq!(error, ContractError::Kept { assignment, reason: Kept::Closed { until, now: world.moment() } });
}

/// attestation.md §8: give back after seeing the draws.
#[test]
fn what_is_attested_cannot_be_given_back() {
    let mut world = World::new();
    let assignment = world.assigned(1);
    let (alice, attested) = (world.alice.operator.clone(), world.moment());
    world.attest(assignment);
    world.pass(60);
    assert_eq!(
        world.refused(&alice, of(assignment), 10),
        ContractError::Kept { assignment, reason: Kept::Attested { attested } }
    );
    // Not even if the attestation does not count.
    let attested = Moment { time: attested.time - 1, ..attested };
    world.attest_at(assignment, attested);
    assert_eq!(
        world.refused(&alice, of(assignment), 10),
        ContractError::Kept { assignment, reason: Kept::Attested { attested } }
    );
}

#[test]
fn once_per_provider_and_job() {
    let mut world = World::new();
    let (first, other) = (world.post(world.spec()), world.post(world.spec()));
    let (alice, bob) = (world.alice.operator.clone(), world.bob.operator.clone());
    let assignment = world.assign(&alice, first, 1);
    world.sends(&alice, of(assignment), 10);
    let assignment = world.assign(&alice, first, 1);
    let provider = world.alice.owner.clone();
    assert_eq!(world.refused(&alice, of(assignment), 10), ContractError::GaveBack { job: first, provider });
    for (operator, job) in [(&alice, other), (&bob, first)] {
        let assignment = world.assign(operator, job, 1);
        world.sends(operator, of(assignment), 10);
    }
}

/// Audit L5: a key that was rotated away still gave its assignments back.
#[test]
fn who_works_for_the_provider_now_may_and_who_did_may_not() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let (other, owner) = (world.post(world.spec()), world.alice.owner.clone());
    let (old, new) = (world.alice.operator.clone(), world.stranger.clone());
    let (one, two) = (world.assign(&old, job, 1), world.assign(&old, other, 1));
    world.registers(&owner, &new);
    world.dismisses(&owner, &old);
    let error = ContractError::NotOperator { sender: old.clone(), provider: owner.clone() };
    assert_eq!(world.refused(&old, of(one), 10), error);
    world.sends(&new, of(one), 10);
    world.app.send_tokens(new, owner.clone(), &coins(10, DENOM)).unwrap();
    world.sends(&owner, of(two), 10);
}

#[test]
fn nobody_else_may() {
    let mut world = World::new();
    let assignment = world.assigned(1);
    let provider = world.alice.owner.clone();
    for sender in [world.bob.operator.clone(), world.client.clone(), world.stranger.clone()] {
        let error = world.refused(&sender, of(assignment), 10);
        assert_eq!(error, ContractError::NotOperator { sender, provider: provider.clone() });
    }
}

#[test]
fn what_is_over_cannot_be_given_back() {
    let mut world = World::new();
    let assignment = world.genuine(1);
    world.settle(assignment);
    let error = world.refused(&world.alice.operator.clone(), of(assignment), 10);
    assert_eq!(error, ContractError::Kept { assignment, reason: Kept::Over(Ending::Settled) });
    let assignment = AssignmentId(9);
    let error = world.refused(&world.alice.operator.clone(), of(assignment), 10);
    assert_eq!(error, ContractError::UnknownAssignment { assignment });
}
