//! `assign`: a provider takes shards, under a lien on its stake.

mod limits;

use cosmwasm_std::{Addr, Uint128};
use tequio_contract::bounds::OutOfBounds;
use tequio_escrow::ContractError;
use tequio_protocol::{
    AssignmentId, Digest, JobId, TypedEvent,
    escrow::{Assigned, AssignmentResponse, ExecuteMsg, JobSpec, Kind, State, context},
    registry,
    verifier::Subject,
};

use crate::{
    stand_in,
    world::{TERMS, World, event, header},
};

/// What alice's operator sends to take `count` shards, but not fewer than `at_least` or cheaper than `price`.
fn limited(world: &World, job: JobId, count: u64, first: Option<u64>, at_least: u64, price: u128) -> ExecuteMsg {
    let (provider, at_least, price) = (world.alice.owner.to_string(), Some(at_least), Some(price.into()));
    ExecuteMsg::Assign { job, provider, count, parts: None, first, at_least, price }
}

#[test]
fn a_provider_takes_the_first_shards_under_a_lien() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let (alice, attest_by) = (world.alice.operator.clone(), world.deadline(3_600));
    let events = world.sends(&alice, world.taking(&alice, job, 32), 0);
    let (provider, operator) = (world.alice.owner.to_string(), alice.to_string());
    let lien = Uint128::new(32 * 2_065);
    let id = AssignmentId(1);
    let assigned = Assigned {
        assignment: id,
        job,
        provider: provider.clone(),
        operator: operator.clone(),
        first: 0,
        count: 32,
        price: 1_000u128.into(),
        lien,
        attest_by: attest_by.time(),
        blocks: 100,
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
        attest_by,
        subject: Subject {
            program_id: header().program_id(&Digest([1; 32])),
            input_root: world.job(job).input_root,
            first_shard: 0,
            count: 32,
            draws: 16,
            context: context(&world.escrow, job, id, 100),
            terms: TERMS,
            arbitration: None,
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
        parts: None,
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
        let message = ExecuteMsg::Assign { job, provider: to, count: 1, parts: None, first, at_least, price };
        let assigned: Assigned = event(&world.sends(sender, message, 0));
        assert_eq!((&assigned.provider, &assigned.operator), (&provider.to_string(), &sender.to_string()));
    }
    assert_eq!((world.lien_on(&world.alice), world.lien_on(&world.bob)), (2 * 2_065, 2_065));
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
    let job = world.post(world.commons());
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

#[test]
fn only_its_takers_take_of_a_job_that_names_them() {
    let mut world = World::new();
    let [alice, bob, carol] = world.providers().map(|provider| provider.operator.clone());
    let owners = world.providers().map(|provider| provider.owner.to_string());
    let job = world.post(JobSpec { takers: owners[..2].to_vec(), ..world.spec() });
    let provider = world.carol.owner.clone();
    assert_eq!(
        world.refused(&carol, world.taking(&carol, job, 1), 0),
        ContractError::NotTaker { job, provider, takers: 2 }
    );
    let (first, second) = (world.assign(&alice, job, 10), world.assign(&bob, job, 10));
    // What comes back is still theirs alone.
    world.sends(&alice, ExecuteMsg::GiveBack { assignment: first }, 100);
    assert!(matches!(
        world.refused(&carol, world.taking(&carol, job, 1), 0),
        ContractError::NotTaker { takers: 2, .. }
    ));
    assert_eq!(world.assignment(second).provider, owners[1]);
}

/// It is the provider that is named: neither its operator's key, nor who works for another, nor the client itself.
#[test]
fn a_taker_is_an_owner_key() {
    let mut world = World::new();
    let (alice, owner) = (world.alice.operator.clone(), world.alice.owner.clone());
    let job = world.post(JobSpec { takers: vec![alice.to_string()], ..world.spec() });
    let error = world.refused(&alice, world.taking(&alice, job, 1), 0);
    assert_eq!(error, ContractError::NotTaker { job, provider: owner.clone(), takers: 1 });
    let job = world.post(JobSpec { takers: vec![owner.to_string()], ..world.spec() });
    let (bob, client) = (world.bob.operator.clone(), world.client.clone());
    for sender in [bob, client] {
        let (provider, first, at_least, price) = (owner.to_string(), None, None, None);
        let message = ExecuteMsg::Assign { job, provider, count: 1, parts: None, first, at_least, price };
        let provider = owner.clone();
        let not_operator = ContractError::NotOperator { sender: sender.clone(), provider };
        assert_eq!(world.refused(&sender, message, 0), not_operator);
    }
    world.assign(&alice, job, 100);
}

#[test]
fn several_are_taken_with_one_message() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let (alice, provider) = (world.alice.operator.clone(), world.alice.owner.to_string());
    let parts = |count, parts, first| {
        let (provider, parts, (at_least, price)) = (provider.clone(), Some(parts), (None, None));
        ExecuteMsg::Assign { job, provider, count, parts, first, at_least, price }
    };
    for wrong in [0, 31] {
        let error = OutOfBounds::Number { name: "parts", value: wrong.into(), min: 1, max: 30 };
        assert_eq!(world.refused(&alice, parts(1, wrong, None), 0), error.into());
    }
    // The last is what is left, and there is no fifth.
    let before = world.told_registry().len();
    let taken = Assigned::all(&world.sends(&alice, parts(30, 5, Some(0)), 0));
    let ranges: Vec<_> = taken.iter().map(|taken| (taken.assignment.0, taken.first, taken.count)).collect();
    assert_eq!(ranges, [(1, 0, 30), (2, 30, 30), (3, 60, 30), (4, 90, 10)]);
    assert_eq!(world.tally(job), (0, 100, 0, 0));
    let amount = Uint128::new(100 * 2_065);
    assert_eq!(taken.iter().map(|taken| taken.lien).sum::<Uint128>(), amount);
    assert_eq!(world.told_registry()[before..], [registry::ExecuteMsg::Lien { provider: provider.clone(), amount }]);
    let error = ContractError::Diversity { job, provider: world.alice.owner.clone(), held: 100, cap: 100 };
    assert_eq!(world.refused(&alice, parts(1, 2, None), 0), error);
    assert_eq!(world.job(job).active, 100);
    world.conserves();
}
