//! Lists come in pages, and the equations come with both sides.

use cosmwasm_std::{Addr, Uint128};
use tequio_protocol::{
    AssignmentId, Conservation, Deadline, Equation, JobId, Relation,
    escrow::{
        ActiveResponse, AssignmentResponse, Ending, ExecuteMsg, Expiry, FreeResponse, JobResponse, JobSpec, NotYet,
        QueryMsg, Ruling, RulingResponse, Settlement,
    },
    verifier::Verdict,
};

use crate::world::World;

fn jobs(world: &World, after: Option<u64>, limit: Option<u32>) -> Vec<u64> {
    let jobs: Vec<JobResponse> = world.ask(&QueryMsg::Jobs { start_after: after.map(JobId), limit });
    jobs.into_iter().map(|job| job.id.0).collect()
}

fn assignments(world: &World, job: Option<u64>, after: Option<u64>, limit: Option<u32>) -> Vec<u64> {
    let (job, start_after) = (job.map(JobId), after.map(AssignmentId));
    let all: Vec<AssignmentResponse> = world.ask(&QueryMsg::Assignments { job, start_after, limit });
    all.into_iter().map(|assignment| assignment.id.0).collect()
}

#[test]
fn jobs_come_in_pages() {
    let mut world = World::new();
    for _ in 0..105 {
        world.post(JobSpec { shards: 1, ..world.spec() });
    }
    assert_eq!(jobs(&world, None, None), (1..=30).collect::<Vec<_>>());
    assert_eq!(jobs(&world, Some(30), Some(2)), [31, 32]);
    assert_eq!(jobs(&world, None, Some(1_000)).len(), 100);
    assert_eq!(jobs(&world, Some(104), None), [105]);
    assert!(jobs(&world, Some(105), None).is_empty());
    assert!(jobs(&world, None, Some(0)).is_empty());
}

#[test]
fn assignments_come_in_pages_of_all_jobs_or_one() {
    let mut world = World::new();
    let jobs = [world.post(world.spec()), world.post(world.spec())];
    for i in 0..110 {
        world.assign(&world.alice.operator.clone(), jobs[i % 2], 1);
    }
    assert_eq!(assignments(&world, None, None, None), (1..=30).collect::<Vec<_>>());
    assert_eq!(assignments(&world, None, Some(30), Some(2)), [31, 32]);
    assert_eq!(assignments(&world, None, None, Some(1_000)).len(), 100);
    assert_eq!(assignments(&world, Some(2), None, Some(3)), [2, 4, 6]);
    assert_eq!(assignments(&world, Some(1), Some(6), Some(2)), [7, 9]);
    assert!(assignments(&world, Some(3), None, None).is_empty());
}

#[test]
fn free_ranges_come_in_pages() {
    let mut world = World::new();
    let job = world.post(JobSpec { shards: 250, ..world.spec() });
    let all: Vec<_> = (0..240).map(|_| world.assign(&world.alice.operator.clone(), job, 1)).collect();
    world.pass(3_601);
    for assignment in all.into_iter().step_by(2) {
        world.expire(assignment);
    }
    let page = |start_after, limit| -> Vec<u64> {
        let ranges: Vec<FreeResponse> = world.ask(&QueryMsg::Free { job, start_after, limit });
        ranges.into_iter().map(|range| range.first).collect()
    };
    assert_eq!(page(None, None), (0..30).map(|i| 2 * i).collect::<Vec<_>>());
    assert_eq!(page(Some(58), Some(2)), [60, 62]);
    assert_eq!(page(None, Some(1_000)).len(), 100);
}

#[test]
fn pending_lists_come_in_pages() {
    let mut world = World::new();
    world.rewards_fails(true);
    for _ in 0..3 {
        let assignment = world.genuine(1);
        world.settle(assignment);
        let job = world.assignment(assignment).job;
        world.sends(&world.client.clone(), ExecuteMsg::Refund { job, shards: None }, 0);
    }
    let (start_after, limit) = (Some(AssignmentId(1)), Some(1));
    let rewards: Vec<AssignmentId> = world.ask(&QueryMsg::PendingRewards { start_after, limit });
    let start_after = Some(JobId(1));
    let releases: Vec<JobId> = world.ask(&QueryMsg::PendingReleases { start_after, limit });
    assert_eq!((rewards, releases), (vec![AssignmentId(2)], vec![JobId(2)]));
}

#[test]
fn unknown_ids_are_errors() {
    let world = World::new();
    assert!(world.asked_wrongly(&QueryMsg::Job { job: JobId(1) }).contains("no job 1"));
    let free = QueryMsg::Free { job: JobId(1), start_after: None, limit: None };
    assert!(world.asked_wrongly(&free).contains("no job 1"));
    assert!(world.asked_wrongly(&QueryMsg::Assignment { assignment: AssignmentId(1) }).contains("no assignment 1"));
}

#[test]
fn conservation_shows_both_sides() {
    let mut world = World::new();
    let assignment = world.genuine(40);
    world.settle(assignment);
    world.sends(&world.alice.owner.clone(), ExecuteMsg::Withdraw {}, 0);
    let conservation: Conservation = world.ask(&QueryMsg::Conservation {});
    let sides = |equation: &Equation| (equation.left.u128(), equation.right.u128(), equation.relation);
    let sides: Vec<_> = conservation.equations.iter().map(sides).collect();
    let (equal, at_most) = (Relation::Equal, Relation::AtMost);
    assert_eq!(sides, [(100_000, 100_000, equal), (60_000, 60_000, at_most), (100, 100, equal)]);
}

#[test]
fn a_balance_is_zero_until_it_is_not() {
    let mut world = World::new();
    let query = QueryMsg::Balance { address: world.alice.owner.to_string() };
    assert_eq!(world.ask::<Uint128>(&query), Uint128::zero());
    let assignment = world.genuine(1);
    world.settle(assignment);
    assert_eq!(world.ask::<Uint128>(&query).u128(), 1_000);
}

#[test]
fn a_free_range_shows_the_lien_at_its_price() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let low = world.assign(&world.alice.operator.clone(), job, 10);
    world.sends(&world.client.clone(), ExecuteMsg::TopUp { job, first: 10, price: 2_000u128.into() }, 90_000);
    world.pass(3_601);
    world.expire(low);
    let ranges: Vec<FreeResponse> = world.ask(&QueryMsg::Free { job, start_after: None, limit: None });
    let range =
        |first, count, price: u128, lien: u128| FreeResponse { first, count, price: price.into(), lien: lien.into() };
    assert_eq!(ranges, [range(0, 10, 1_000, 2_065), range(10, 90, 2_000, 4_106)]);
    // The formula is in everybody's hands.
    let basis = world.job(job).basis;
    assert_eq!(basis.per_shard(2_000u128.into()), Ok(ranges[1].lien));
    for (first, count, lien) in [(0, 10, 2_065), (10, 90, 4_106)] {
        let taken = world.assign(&world.bob.operator.clone(), job, 100);
        let taken = world.assignment(taken);
        assert_eq!((taken.first, taken.count, taken.lien.u128()), (first, count, u128::from(count) * lien));
    }
}

#[test]
fn active_assignments_are_a_providers_and_an_operators() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let (alice, old, new) = (world.alice.owner.clone(), world.alice.operator.clone(), world.stranger.clone());
    let (one, two) = (world.assign(&old, job, 1), world.assign(&old, job, 2));
    world.assign(&world.bob.operator.clone(), job, 3);
    world.registers(&alice, &new);
    let three = world.assign(&new, job, 4);
    let ask = |world: &World, operator: Option<&Addr>, start_after, limit| {
        let (provider, operator) = (alice.to_string(), operator.map(Addr::to_string));
        let answer: ActiveResponse = world.ask(&QueryMsg::Active { provider, operator, start_after, limit });
        (answer.assignments.into_iter().map(|assignment| assignment.id).collect::<Vec<_>>(), answer.next)
    };
    assert_eq!(ask(&world, None, None, None), (vec![one, two, three], None));
    assert_eq!(ask(&world, Some(&old), None, None), (vec![one, two], None));
    // A page that has none of the operator's still says where the next begins.
    assert_eq!(ask(&world, Some(&new), None, Some(2)), (vec![], Some(two)));
    assert_eq!(ask(&world, Some(&new), Some(two), Some(2)), (vec![three], None));
    // What ended, however it did, is there no more.
    world.sends(&old, ExecuteMsg::GiveBack { assignment: two }, 20);
    world.attest(one);
    world.verdict(one, Verdict::Genuine {});
    world.pass(600);
    world.settle(one);
    assert_eq!(ask(&world, None, None, None), (vec![three], None));
    world.pass(3_601);
    world.expire(three);
    assert_eq!(ask(&world, None, None, None), (vec![], None));
    assert_eq!(ask(&world, None, None, Some(0)), (vec![], None));
}

#[test]
fn a_ruling_says_what_and_until_when() {
    let mut world = World::new();
    let assignment = world.assigned(1);
    let (now, attest_by) = (world.moment(), world.assignment(assignment).attest_by);
    let ask = |world: &World| -> (Ruling, Option<Deadline>) {
        let answer: RulingResponse = world.ask(&QueryMsg::Ruling { assignment });
        (answer.ruling, answer.until)
    };
    let unattested = Ruling::Wait(NotYet::Unattested { attest_by, now });
    assert_eq!(ask(&world), (unattested, Some(attest_by)));
    world.attest(assignment);
    assert_eq!(ask(&world), (Ruling::Wait(NotYet::Pending { deadline: None }), None));
    let until = world.deadline(600);
    world.verdict(assignment, Verdict::GenuineSoFar { until });
    assert_eq!(ask(&world), (Ruling::Wait(NotYet::Audit { until, now }), Some(until)));
    world.verdict(assignment, Verdict::Genuine {});
    assert_eq!(ask(&world), (Ruling::Settle(Settlement::Genuine), None));
    world.settle(assignment);
    assert_eq!(ask(&world), (Ruling::Over(Ending::Settled), None));
    let held = world.assigned(1);
    world.attest(held);
    world.verdict(held, Verdict::Withheld { from: world.stranger.to_string() });
    let answer: RulingResponse = world.ask(&QueryMsg::Ruling { assignment: held });
    assert_eq!(answer, RulingResponse { ruling: Ruling::Settle(Settlement::Withheld), until: None });
    let absent = world.assigned(1);
    world.pass(3_601);
    let answer: RulingResponse = world.ask(&QueryMsg::Ruling { assignment: absent });
    assert_eq!(answer, RulingResponse { ruling: Ruling::Expire(Expiry::Absent), until: None });
}
