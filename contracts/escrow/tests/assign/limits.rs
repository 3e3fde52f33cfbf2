//! How few and how cheap shards an operator puts up with, and how few a job lets it take.

use cosmwasm_std::Uint128;
use tequio_contract::bounds::OutOfBounds;
use tequio_escrow::ContractError;
use tequio_protocol::escrow::{Assigned, ExecuteMsg, JobSpec};

use super::limited;
use crate::world::{World, event};

/// What alice took as (first, count, price).
fn taken(world: &mut World, message: ExecuteMsg) -> (u64, u64, u128) {
    let assigned: Assigned = event(&world.sends(&world.alice.operator.clone(), message, 0));
    (assigned.first, assigned.count, assigned.price.u128())
}

/// Whoever is quicker leaves fewer shards, or cheaper ones.
#[test]
fn it_slips_neither_in_size_nor_in_price() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let (alice, bob, client) = (world.alice.operator.clone(), world.bob.operator.clone(), world.client.clone());
    world.sends(&client, ExecuteMsg::TopUp { job, first: 0, price: 2_000u128.into() }, 100_000);
    // Bob takes 70 of 100 first: alice wanted 40, or 30 if need be.
    world.assign(&bob, job, 70);
    let many = limited(&world, job, 60, None, 40, 0);
    let error = ContractError::NoRange { job, ranges: 1, asked: 40, price: Uint128::zero(), most: 30, least: 1 };
    assert_eq!(world.refused(&alice, many, 0), error);
    // At the place where she saw them they are no more.
    let there = limited(&world, job, 60, Some(0), 1, 0);
    assert_eq!(world.refused(&alice, there, 0), ContractError::UnknownRange { job, first: 0 });
    let there = limited(&world, job, 60, Some(70), 40, 0);
    let error = ContractError::TooFew { job, first: 70, range: 30, most: 30, asked: 40, least: 1 };
    assert_eq!(world.refused(&alice, there, 0), error);
    // Nor cheaper.
    let dear = limited(&world, job, 60, None, 1, 2_001);
    let (price, asked) = (Uint128::new(2_000), Uint128::new(2_001));
    let error = ContractError::NoRange { job, ranges: 1, asked: 1, price: asked, most: 0, least: 1 };
    assert_eq!(world.refused(&alice, dear, 0), error);
    let dear = limited(&world, job, 60, Some(70), 1, 2_001);
    assert_eq!(world.refused(&alice, dear, 0), ContractError::Cheaper { job, first: 70, price, asked });
    let fair = limited(&world, job, 60, Some(70), 30, 2_000);
    assert_eq!(taken(&mut world, fair), (70, 30, 2_000));
}

/// Audit M5: one cheap range that came back was all that anybody got, until somebody took it.
#[test]
fn a_cheap_range_does_not_block_the_rest() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let (bob, client) = (world.bob.operator.clone(), world.client.clone());
    let bait = world.assign(&bob, job, 1);
    world.sends(&client, ExecuteMsg::TopUp { job, first: 1, price: 2_000u128.into() }, 99_000);
    world.sends(&bob, ExecuteMsg::GiveBack { assignment: bait }, 10);
    assert_eq!(world.free(job), [(0, 1, 1_000), (1, 99, 2_000)]);
    for (message, takes) in [
        (limited(&world, job, 10, None, 1, 2_000), (1, 10, 2_000)),
        (limited(&world, job, 10, None, 2, 0), (11, 10, 2_000)),
        (limited(&world, job, 10, Some(21), 1, 0), (21, 10, 2_000)),
        (limited(&world, job, 10, None, 1, 0), (0, 1, 1_000)),
    ] {
        assert_eq!(taken(&mut world, message), takes);
    }
}

#[test]
fn it_looks_at_thirty_ranges() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let (alice, bob) = (world.alice.operator.clone(), world.bob.operator.clone());
    let assignments: Vec<_> = (0..60).map(|_| world.assign(&bob, job, 1)).collect();
    world.pass(3_601);
    for assignment in assignments.iter().step_by(2) {
        world.expire(*assignment);
    }
    // Thirty of one shard each, then forty at 60.
    assert_eq!(world.free(job).len(), 31);
    let error = ContractError::NoRange { job, ranges: 30, asked: 2, price: Uint128::zero(), most: 1, least: 1 };
    let message = limited(&world, job, 9, None, 2, 0);
    assert_eq!(world.refused(&alice, message.clone(), 0), error);
    let named = limited(&world, job, 2, Some(60), 2, 0);
    assert_eq!(taken(&mut world, named), (60, 2, 1_000));
    world.assign(&alice, job, 1);
    assert_eq!(taken(&mut world, message), (62, 9, 1_000));
}

/// Audit L7: settled shard by shard, a job's free ranges crumbled, and each crumb needs draws of its own.
#[test]
fn free_ranges_do_not_crumble() {
    let mut world = World::new();
    let job = world.post(JobSpec { least: 30, ..world.spec() });
    let alice = world.alice.operator.clone();
    let few = limited(&world, job, 29, None, 1, 0);
    let none = |asked, most| ContractError::NoRange { job, ranges: 1, asked, price: Uint128::zero(), most, least: 30 };
    assert_eq!(world.refused(&alice, few, 0), none(1, 0));
    // 80 would leave 20.
    let many = limited(&world, job, 80, Some(0), 71, 0);
    let error = ContractError::TooFew { job, first: 0, range: 100, most: 70, asked: 71, least: 30 };
    assert_eq!(world.refused(&alice, many, 0), error);
    let many = limited(&world, job, 80, None, 1, 0);
    let first = world.assign(&alice, job, 45);
    assert_eq!(world.free(job), [(45, 55, 1_000)]);
    // Of 55 nobody cuts 30, for 25 would be left.
    assert_eq!(world.refused(&alice, limited(&world, job, 54, None, 1, 0), 0), none(1, 0));
    assert_eq!(taken(&mut world, many), (45, 55, 1_000));
    // What the client left of a range is taken whole, however small.
    world.sends(&alice, ExecuteMsg::GiveBack { assignment: first }, 450);
    world.sends(&world.client.clone(), ExecuteMsg::Refund { job, shards: Some(38) }, 0);
    assert_eq!(world.free(job), [(0, 7, 1_000)]);
    assert_eq!(world.refused(&alice, limited(&world, job, 6, None, 1, 0), 0), none(1, 0));
    let whole = limited(&world, job, 7, None, 7, 0);
    assert_eq!(taken(&mut world, whole), (0, 7, 1_000));
}

/// Where one provider may take 4 at most, 4 of 6 leave 2, and they are the next one's.
#[test]
fn a_range_that_no_provider_may_take_whole_is_cut() {
    let mut world = World::new();
    let job = world.post(JobSpec { shards: 10, min_providers: 3, least: 4, ..world.spec() });
    let [alice, bob, carol] = world.providers().map(|provider| provider.operator.clone());
    let counts = [&alice, &bob, &carol].map(|operator| {
        let assignment = world.assign(operator, job, 10);
        world.assignment(assignment).count
    });
    assert_eq!(counts, [4, 4, 2]);
}

#[test]
fn what_contradicts_itself_is_refused() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let alice = world.alice.operator.clone();
    for (count, at_least) in [(5, 6), (5, 0), (5, u64::MAX)] {
        let error = OutOfBounds::Number { name: "at_least", value: at_least, min: 1, max: 5 };
        let message = limited(&world, job, count, None, at_least, 0);
        assert_eq!(world.refused(&alice, message, 0), ContractError::Bounds(error));
    }
}
