//! `top_up`: the client raises the price of what nobody takes.

use cosmwasm_std::Uint128;
use tequio_contract::funds::BadFunds;
use tequio_escrow::ContractError;
use tequio_protocol::{
    JobId,
    escrow::{ExecuteMsg, ToppedUp},
};

use crate::world::{DENOM, World, event};

fn of(job: JobId, first: u64, price: u128) -> ExecuteMsg {
    ExecuteMsg::TopUp { job, first, price: price.into() }
}

#[test]
fn the_client_raises_the_price_and_the_lien_with_it() {
    let mut world = World::new();
    let assignment = world.assigned(10);
    let (job, client) = (world.assignment(assignment).job, world.client.clone());
    let events = world.sends(&client, of(job, 10, 1_250), 90 * 250);
    assert_eq!(event::<ToppedUp>(&events), ToppedUp { job, first: 10, count: 90, price: 1_250u128.into() });
    assert_eq!(world.free(job), [(10, 90, 1_250)]);
    let dearer = world.assign(&world.bob.operator.clone(), job, 1);
    // ⌈(1,250 + 12) × (2/q − 1) / ½⌉.
    assert_eq!(world.assignment(dearer).lien.u128(), 2_576);
    assert_eq!(world.assignment(assignment).price.u128(), 1_000, "what is taken keeps its price");
}

#[test]
fn ranges_of_one_price_become_one() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let (alice, bob, client) = (world.alice.operator.clone(), world.bob.operator.clone(), world.client.clone());
    let (low, high) = (world.assign(&alice, job, 10), world.assign(&bob, job, 10));
    world.sends(&client, of(job, 20, 1_250), 80 * 250);
    world.sends(&alice, ExecuteMsg::GiveBack { assignment: low }, 100);
    world.sends(&bob, ExecuteMsg::GiveBack { assignment: high }, 100);
    assert_eq!(world.free(job), [(0, 20, 1_000), (20, 80, 1_250)]);
    world.sends(&client, of(job, 0, 1_250), 20 * 250);
    assert_eq!(world.free(job), [(0, 100, 1_250)]);
}

#[test]
fn exactly_the_difference_is_sent() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let client = world.client.clone();
    let (due, denom) = (Uint128::new(100), DENOM.to_owned());
    let error = BadFunds::Underfunded { sent: 99u128.into(), due, denom: denom.clone() };
    assert_eq!(world.refused(&client, of(job, 0, 1_001), 99), ContractError::Funds(error));
    let error = BadFunds::Overfunded { sent: 101u128.into(), due, denom };
    assert_eq!(world.refused(&client, of(job, 0, 1_001), 101), ContractError::Funds(error));
}

#[test]
fn a_price_only_rises() {
    let mut world = World::new();
    let job = world.post(world.spec());
    for price in [0, 999, 1_000] {
        let error = ContractError::NotRaised { price: price.into(), current: 1_000u128.into() };
        assert_eq!(world.refused(&world.client.clone(), of(job, 0, price), 0), error);
    }
}

#[test]
fn a_price_can_be_written_down_with_its_lien() {
    let mut world = World::new();
    let job = world.post(world.spec());
    for price in [u128::MAX, u128::MAX / 200] {
        let error = world.refused(&world.client.clone(), of(job, 0, price), 1);
        assert!(matches!(error, ContractError::Overflow(_)), "{error}");
    }
}

#[test]
fn only_what_is_free_and_only_by_its_first_shard() {
    let mut world = World::new();
    let assignment = world.assigned(10);
    let (job, client) = (world.assignment(assignment).job, world.client.clone());
    for first in [0, 9, 11, 100] {
        let error = ContractError::UnknownRange { job, first };
        assert_eq!(world.refused(&client, of(job, first, 2_000), 90_000), error);
    }
}

#[test]
fn only_the_client_and_only_before_the_end() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let (client, end) = (world.client.clone(), world.job(job).end);
    for sender in [world.stranger.clone(), world.governance.clone(), world.alice.operator.clone()] {
        let error = world.refused(&sender, of(job, 0, 2_000), 100_000);
        assert_eq!(error, ContractError::NotClient { job, client: client.clone(), sender });
    }
    world.pass(86_401);
    let error = ContractError::JobEnded { job, end, now: end + 1 };
    assert_eq!(world.refused(&client, of(job, 0, 2_000), 100_000), error);
    let job = JobId(2);
    assert_eq!(world.refused(&client, of(job, 0, 2_000), 0), ContractError::UnknownJob { job });
}
