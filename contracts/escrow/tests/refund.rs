//! `refund`: free shards' payment goes back to the client.

use tequio_escrow::ContractError;
use tequio_protocol::{
    JobId,
    escrow::{Credited, ExecuteMsg, JobSpec, RangeResponse, Reason, Refunded},
    rewards,
};

use crate::world::{World, credited, event, sent};

fn range(first: u64, count: u64, price: u128) -> RangeResponse {
    RangeResponse { first, count, price: price.into() }
}

fn of(job: JobId, shards: Option<u64>) -> ExecuteMsg {
    ExecuteMsg::Refund { job, shards }
}

#[test]
fn the_client_takes_back_all_that_is_free() {
    let mut world = World::new();
    let assignment = world.assigned(40);
    let (job, client) = (world.assignment(assignment).job, world.client.clone());
    let events = world.sends(&client, of(job, None), 0);
    let ranges = vec![range(40, 60, 1_000)];
    let refunded = Refunded { job, client: client.to_string(), shards: 60, amount: 60_000u128.into(), ranges };
    assert_eq!(event::<Refunded>(&events), refunded);
    assert_eq!(event::<Credited>(&events), credited(&client, 60_000, Reason::Refund));
    assert_eq!((world.tally(job), world.free(job)), ((0, 40, 0, 60), vec![]));
    assert_eq!(world.balance(&client), 60_000);
    assert_eq!(world.told_rewards()[1..], [rewards::ExecuteMsg::Release { job, shards: 60 }]);
    assert_eq!(sent()[0].gas_limit, Some(400_000));
}

#[test]
fn a_part_is_taken_from_the_end() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let (client, alice) = (world.client.clone(), world.alice.operator.clone());
    let low = world.assign(&alice, job, 10);
    world.assign(&alice, job, 10);
    world.sends(&alice, ExecuteMsg::GiveBack { assignment: low }, 100);
    world.sends(&client, ExecuteMsg::TopUp { job, first: 20, price: 1_500u128.into() }, 40_000);
    let events = world.sends(&client, of(job, Some(79)), 0);
    assert_eq!(event::<Refunded>(&events).ranges, [range(21, 79, 1_500)]);
    assert_eq!((world.free(job), world.balance(&client)), (vec![(0, 10, 1_000), (20, 1, 1_500)], 50 + 79 * 1_500));
    let events = world.sends(&client, of(job, Some(3)), 0);
    assert_eq!(event::<Refunded>(&events).ranges, [range(20, 1, 1_500), range(8, 2, 1_000)]);
    assert_eq!(event::<Credited>(&events), credited(&client, 3_500, Reason::Refund));
    assert_eq!(world.free(job), [(0, 8, 1_000)]);
    assert_eq!(world.balance(&client), 50 + 80 * 1_500 + 2 * 1_000);
}

#[test]
fn no_more_than_is_free() {
    let mut world = World::new();
    let assignment = world.assigned(40);
    let (job, client) = (world.assignment(assignment).job, world.client.clone());
    let error = ContractError::FreeShards { job, free: 60, asked: 61 };
    assert_eq!(world.refused(&client, of(job, Some(61)), 0), error);
    assert_eq!(world.refused(&client, of(job, Some(0)), 0), ContractError::ZeroShards { job });
    world.sends(&client, of(job, None), 0);
    let error = ContractError::FreeShards { job, free: 0, asked: 0 };
    assert_eq!(world.refused(&client, of(job, None), 0), error);
}

#[test]
fn after_the_end_anyone_gives_it_back_to_the_client() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let (stranger, end) = (world.stranger.clone(), world.job(job).end);
    world.pass(86_400);
    let error = ContractError::NotRefundable { job, end, now: end };
    assert_eq!(world.refused(&stranger, of(job, None), 0), error);
    world.pass(1);
    let error = ContractError::NotClient { job, client: world.client.clone(), sender: stranger.clone() };
    assert_eq!(world.refused(&stranger, of(job, Some(1)), 0), error, "all of it, not shard by shard");
    world.sends(&stranger, of(job, None), 0);
    assert_eq!((world.balance(&world.client), world.balance(&stranger)), (100_000, 0));
}

#[test]
fn shards_that_come_back_after_the_end_are_refunded_too() {
    let mut world = World::new();
    let assignment = world.assigned(40);
    let (job, stranger) = (world.assignment(assignment).job, world.stranger.clone());
    world.pass(86_401);
    world.sends(&stranger, of(job, None), 0);
    world.expire(assignment);
    world.sends(&stranger, of(job, None), 0);
    assert_eq!((world.tally(job), world.balance(&world.client)), ((0, 0, 0, 100), 100_000));
}

#[test]
fn at_most_thirty_ranges_a_message() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let (client, bob) = (world.client.clone(), world.bob.operator.clone());
    let assignments: Vec<_> = (0..80).map(|_| world.assign(&bob, job, 1)).collect();
    world.pass(3_601);
    for assignment in assignments.into_iter().step_by(2) {
        world.expire(assignment);
    }
    assert_eq!(world.free(job).len(), 41);
    // A named number is refunded as a whole or not at all: 30 ranges hold the 20 shards never assigned and 29 more.
    assert_eq!(
        world.refused(&client, of(job, Some(50)), 0),
        ContractError::FreeRanges { job, asked: 50, shards: 49, most: 30 }
    );
    let events = world.sends(&client, of(job, None), 0);
    assert_eq!(event::<Refunded>(&events).ranges.len(), 30);
    assert_eq!((world.free(job).len(), world.tally(job)), (11, (11, 40, 0, 49)));
    world.sends(&client, of(job, None), 0);
    assert_eq!(world.tally(job), (0, 40, 0, 60));
}

#[test]
fn a_failing_rewards_holds_up_no_refund() {
    let mut world = World::new();
    let job = world.post(JobSpec { shards: 10, ..world.spec() });
    let client = world.client.clone();
    world.rewards_fails(true);
    world.sends(&client, of(job, None), 0);
    world.sends(&client, ExecuteMsg::Withdraw {}, 0);
    assert_eq!(world.bank(&world.escrow), 0);
}

#[test]
fn an_unknown_job_has_nothing_to_refund() {
    let mut world = World::new();
    let job = JobId(1);
    assert_eq!(world.refused(&world.client.clone(), of(job, None), 0), ContractError::UnknownJob { job });
}
