//! `assign`: a provider takes shards, under a lien on its stake.

use cosmwasm_std::{Addr, Uint128};
use tequio_contract::bounds::OutOfBounds;
use tequio_escrow::{ContractError, core::assignment::context};
use tequio_protocol::{
    AssignmentId, Digest, JobId,
    escrow::{Assigned, AssignmentResponse, ExecuteMsg, JobSpec, Kind, State},
    registry,
    verifier::Subject,
};

use crate::{
    stand_in,
    world::{World, event, header},
};

/// What alice's operator sends to take `count` shards, but not fewer than `at_least` or cheaper than `price`.
fn limited(world: &World, job: JobId, count: u64, first: Option<u64>, at_least: u64, price: u128) -> ExecuteMsg {
    let (provider, at_least, price) = (world.alice.owner.to_string(), Some(at_least), Some(price.into()));
    ExecuteMsg::Assign { job, provider, count, first, at_least, price }
}

/// What alice took as (first, count, price).
fn taken(world: &mut World, message: ExecuteMsg) -> (u64, u64, u128) {
    let assigned: Assigned = event(&world.sends(&world.alice.operator.clone(), message, 0));
    (assigned.first, assigned.count, assigned.price.u128())
}

#[test]
fn a_provider_takes_the_first_shards_under_a_lien() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let (alice, now) = (world.alice.operator.clone(), world.now());
    let events = world.sends(&alice, world.taking(&alice, job, 32), 0);
    let (provider, operator) = (world.alice.owner.to_string(), alice.to_string());
    let lien = Uint128::new(32 * 2_065);
    let (id, attest_by) = (AssignmentId(1), now + 3_600);
    let assigned = Assigned {
        assignment: id,
        job,
        provider: provider.clone(),
        operator: operator.clone(),
        first: 0,
        count: 32,
        price: 1_000u128.into(),
        lien,
        attest_by,
    };
    assert_eq!(event::<Assigned>(&events), assigned);
    let expected = AssignmentResponse {
        id,
        job,
        provider: provider.clone(),
        operator,
        first: 0,
        count: 32,
        price: 1_000u128.into(),
        lien,
        assigned: now,
        attest_by,
        subject: Subject {
            program_id: header().program_id(&Digest([1; 32])),
            input_root: world.job(job).input_root,
            first_shard: 0,
            count: 32,
            draws: 16,
            context: context(&world.escrow, job, id, 100),
        },
        state: State::Active,
    };
    assert_eq!(world.assignment(id), expected);
    assert_eq!(world.told_registry(), [registry::ExecuteMsg::Lien { provider, amount: lien }]);
    assert_eq!((world.tally(job), world.free(job)), ((68, 32, 0, 0), vec![(32, 68, 1_000)]));
}

#[test]
fn many_assignments_share_jobs_and_no_two_share_a_subject() {
    let mut world = World::new();
    let jobs = [world.post(world.spec()), world.post(world.spec())];
    let (alice, bob) = (world.alice.operator.clone(), world.bob.operator.clone());
    let mut subjects = vec![];
    for (operator, job) in [(&alice, 0), (&bob, 0), (&alice, 1), (&alice, 0), (&bob, 1)] {
        let assignment = world.assign(operator, jobs[job], 10);
        subjects.push(world.assignment(assignment).subject);
    }
    let firsts: Vec<_> = subjects.iter().map(|subject| subject.first_shard).collect();
    assert_eq!(firsts, [0, 10, 0, 20, 10]);
    for (i, subject) in subjects.iter().enumerate() {
        assert!(subjects[..i].iter().all(|other| other.context != subject.context));
    }
    assert_eq!((world.tally(jobs[0]), world.tally(jobs[1])), ((70, 30, 0, 0), (80, 20, 0, 0)));
}

#[test]
fn it_gets_no_more_than_the_range_has() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let alice = world.alice.operator.clone();
    let assignment = world.assign(&alice, job, u64::MAX);
    assert_eq!(world.assignment(assignment).count, 100);
    let bob = world.bob.operator.clone();
    let error = world.refused(&bob, world.taking(&bob, job, 1), 0);
    assert_eq!(error, ContractError::FreeShards { job, free: 0, asked: 1 });
}

#[test]
fn a_range_of_another_price_is_another_assignment() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let (alice, bob, client) = (world.alice.operator.clone(), world.bob.operator.clone(), world.client.clone());
    let assignment = world.assign(&alice, job, 10);
    world.sends(&client, ExecuteMsg::TopUp { job, first: 10, price: 2_000u128.into() }, 90_000);
    world.sends(&alice, ExecuteMsg::GiveBack { assignment }, 100);
    assert_eq!(world.free(job), [(0, 10, 1_000), (10, 90, 2_000)]);
    let (low, high) = (world.assign(&bob, job, 100), world.assign(&bob, job, 1));
    let (low, high) = (world.assignment(low), world.assignment(high));
    assert_eq!((low.count, low.price.u128(), low.lien.u128()), (10, 1_000, 20_650));
    assert_eq!((high.count, high.price.u128(), high.lien.u128()), (1, 2_000, 4_106));
}

#[test]
fn a_diverse_job_is_spread_over_providers() {
    let mut world = World::new();
    let job = world.post(JobSpec { min_providers: 3, ..world.spec() });
    let [alice, bob, carol] = world.providers().map(|provider| provider.operator.clone());
    let (one, two) = (world.assign(&alice, job, 30), world.assign(&alice, job, 30));
    assert_eq!((world.assignment(one).count, world.assignment(two).count), (30, 4), "⌈100/3⌉ = 34");
    let provider = world.alice.owner.clone();
    let error = world.refused(&alice, world.taking(&alice, job, 1), 0);
    assert_eq!(error, ContractError::Diversity { job, provider: provider.clone(), held: 34, cap: 34 });
    let (three, four) = (world.assign(&bob, job, 100), world.assign(&carol, job, 100));
    assert_eq!((world.assignment(three).count, world.assignment(four).count), (34, 32));
    // What a provider was paid for counts as much as what it holds.
    world.attest(one);
    world.verdict(one, tequio_protocol::verifier::Verdict::Genuine {});
    world.pass(600);
    world.settle(one);
    // What it lost does not.
    world.pass(3_001);
    world.expire(two);
    let again = world.assign(&alice, job, 100);
    assert_eq!(world.assignment(again).count, 4);
    world.expire(three);
    let error = world.refused(&alice, world.taking(&alice, job, 1), 0);
    assert_eq!(error, ContractError::Diversity { job, provider, held: 34, cap: 34 });
}

#[test]
fn only_who_works_for_the_provider_assigns() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let provider = world.alice.owner.clone();
    let message = limited(&world, job, 1, None, 1, 0);
    for sender in [&world.stranger, &world.client, &world.bob.operator, &world.bob.owner].map(Addr::clone) {
        let error = world.refused(&sender, message.clone(), 0);
        assert_eq!(error, ContractError::NotOperator { sender, provider: provider.clone() });
    }
    let nobody = ExecuteMsg::Assign {
        job,
        provider: world.stranger.to_string(),
        count: 1,
        first: None,
        at_least: None,
        price: None,
    };
    for sender in [world.stranger.clone(), world.alice.operator.clone()] {
        let error = world.refused(&sender, nobody.clone(), 0);
        assert_eq!(error, ContractError::NotOperator { sender, provider: world.stranger.clone() });
    }
}

#[test]
fn the_owner_key_works_too_and_one_key_for_many() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let [alice, bob] = [world.alice.owner.clone(), world.bob.owner.clone()];
    let rig = world.alice.operator.clone();
    world.registers(&bob, &rig);
    for (sender, provider) in [(&alice, &alice), (&rig, &bob), (&rig, &alice)] {
        let (to, first, at_least, price) = (provider.to_string(), None, None, None);
        let message = ExecuteMsg::Assign { job, provider: to, count: 1, first, at_least, price };
        let assigned: Assigned = event(&world.sends(sender, message, 0));
        assert_eq!((&assigned.provider, &assigned.operator), (&provider.to_string(), &sender.to_string()));
    }
    assert_eq!((world.lien_on(&world.alice), world.lien_on(&world.bob)), (2 * 2_065, 2_065));
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

#[test]
fn without_stake_nothing_is_assigned() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let provider = world.alice.owner.to_string();
    stand_in::registry::STAKE.save(&mut *world.of_registry(), &provider, &Uint128::new(2_064)).unwrap();
    let alice = world.alice.operator.clone();
    let error = world.send(&alice, &world.taking(&alice, job, 1), 0).unwrap_err();
    assert!(format!("{error:#}").contains("stake short of lien"));
    assert_eq!(world.tally(job), (100, 0, 0, 0));
}

#[test]
fn nothing_is_assigned_after_the_end() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let alice = world.alice.operator.clone();
    world.pass(86_400);
    world.assign(&alice, job, 1);
    world.pass(1);
    let (end, now) = (world.job(job).end, world.now());
    assert_eq!(world.refused(&alice, world.taking(&alice, job, 1), 0), ContractError::JobEnded { job, end, now });
}

#[test]
fn a_job_that_pays_and_mints_nothing_needs_no_lien() {
    let mut world = World::new();
    world.terms(Kind::Commons, 0, 0);
    let job = world.post(JobSpec { kind: Kind::Commons, price: Uint128::zero(), ..world.spec() });
    let assignment = world.assign(&world.alice.operator.clone(), job, 1);
    assert!(world.told_registry().is_empty());
    world.pass(3_601);
    world.expire(assignment);
    assert!(world.told_registry().is_empty());
}

#[test]
fn zero_shards_and_unknown_jobs_are_refused() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let alice = world.alice.operator.clone();
    assert_eq!(world.refused(&alice, world.taking(&alice, job, 0), 0), ContractError::ZeroShards { job });
    let job = JobId(2);
    assert_eq!(world.refused(&alice, world.taking(&alice, job, 1), 0), ContractError::UnknownJob { job });
}
