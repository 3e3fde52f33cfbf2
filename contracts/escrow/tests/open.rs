//! Jobs that take providers: the newest first, and no dust hides them.

use cosmwasm_std::{Addr, Uint128};
use tequio_attestation::Header;
use tequio_protocol::{
    Digest, JobId, ProgramId,
    escrow::{ExecuteMsg, JobSpec, OpenResponse, QueryMsg},
};

use crate::world::{World, header};

#[derive(Clone, Default)]
struct Wanted {
    program: Option<ProgramId>,
    price: Option<u128>,
    shards: Option<u64>,
    provider: Option<Addr>,
}

fn page(world: &World, wanted: &Wanted, before: Option<u64>, limit: Option<u32>) -> (Vec<u64>, Option<u64>) {
    let Wanted { program, price, shards, provider } = wanted.clone();
    let (price, provider) = (price.map(Uint128::new), provider.map(Addr::into_string));
    let start_before = before.map(JobId);
    let answer: OpenResponse = world.ask(&QueryMsg::Open { program, price, shards, provider, start_before, limit });
    (answer.jobs.into_iter().map(|job| job.id.0).collect(), answer.next.map(|id| id.0))
}

/// Those of the first page, which is the last.
fn open(world: &World, wanted: Wanted) -> Vec<u64> {
    let (jobs, next) = page(world, &wanted, None, None);
    assert_eq!(next, None);
    jobs
}

fn any() -> Wanted {
    Wanted::default()
}

#[test]
fn the_newest_come_first_in_pages() {
    let mut world = World::new();
    for _ in 0..105 {
        world.post(JobSpec { shards: 1, ..world.spec() });
    }
    let all = |from: u64, to: u64| (to..=from).rev().collect::<Vec<_>>();
    assert_eq!(page(&world, &any(), None, None), (all(105, 76), Some(76)));
    assert_eq!(page(&world, &any(), Some(76), Some(2)), (all(75, 74), Some(74)));
    assert_eq!(page(&world, &any(), None, Some(1_000)), (all(105, 6), Some(6)));
    assert_eq!(page(&world, &any(), Some(6), None), (all(5, 1), None));
    assert_eq!(page(&world, &any(), Some(1), None), (vec![], None));
    assert_eq!(page(&world, &any(), None, Some(0)), (vec![105], Some(105)), "a page is never empty for its limit");
}

/// A page looks at a bounded number of jobs and says where it stopped, so that whoever goes on finds what it wants
/// behind any amount of dust.
#[test]
fn dust_hides_nothing() {
    let mut world = World::new();
    let wanted = world.post(JobSpec { shards: 1_000, price: 77u128.into(), ..world.spec() });
    for _ in 0..250 {
        world.post(JobSpec { shards: 1, price: 1u128.into(), ..world.spec() });
    }
    for filter in [Wanted { price: Some(77), ..any() }, Wanted { shards: Some(2), ..any() }] {
        let (mut found, mut before, mut pages) = (vec![], None, 0);
        loop {
            let (jobs, next) = page(&world, &filter, before, None);
            found.extend(jobs);
            pages += 1;
            before = next;
            if next.is_none() {
                break;
            }
        }
        assert_eq!((found, pages), (vec![wanted.0], 3));
    }
}

#[test]
fn only_jobs_that_take_somebody_now_are_open() {
    let mut world = World::new();
    let (alice, client) = (world.alice.operator.clone(), world.client.clone());
    let [taken, refunded, short] = [(); 3].map(|()| world.post(world.spec()));
    let brief = world.post(JobSpec { end: world.now() + 100, ..world.spec() });
    assert_eq!(open(&world, any()), [4, 3, 2, 1]);
    let assignment = world.assign(&alice, taken, 100);
    world.sends(&client, ExecuteMsg::Refund { job: refunded, shards: None }, 0);
    world.assign(&alice, short, 99);
    assert_eq!(open(&world, any()), [brief.0, short.0]);
    world.pass(101);
    assert_eq!(open(&world, any()), [short.0], "past its end");
    // What comes back is open again.
    world.sends(&alice, ExecuteMsg::GiveBack { assignment }, 1_000);
    assert_eq!(open(&world, any()), [short.0, taken.0]);
}

#[test]
fn by_program_price_and_number() {
    let mut world = World::new();
    let client = world.client.clone();
    let other = Header { cost: 3_000_000, ..header() };
    let of = |header: &Header| header.program_id(&Digest([1; 32]));
    let [cheap, dear] = [1_000u128, 2_000].map(|price| world.post(JobSpec { price: price.into(), ..world.spec() }));
    let small = world.post(JobSpec { header: other.encode().into(), shards: 5, ..world.spec() });
    assert_eq!(open(&world, Wanted { program: Some(of(&other)), ..any() }), [small.0]);
    assert_eq!(open(&world, Wanted { program: Some(of(&header())), ..any() }), [dear.0, cheap.0]);
    assert!(open(&world, Wanted { program: Some(ProgramId([0; 32].into())), ..any() }).is_empty());
    assert_eq!(open(&world, Wanted { shards: Some(6), ..any() }), [dear.0, cheap.0]);
    assert_eq!(open(&world, Wanted { price: Some(1_001), ..any() }), [dear.0]);
    // A range that was raised counts, until it is taken.
    world.sends(&client, ExecuteMsg::TopUp { job: cheap, first: 0, price: 5_000u128.into() }, 400_000);
    assert_eq!(open(&world, Wanted { price: Some(2_001), ..any() }), [cheap.0]);
    assert!(open(&world, Wanted { price: Some(5_001), ..any() }).is_empty());
    world.assign(&world.alice.operator.clone(), cheap, 100);
    assert!(open(&world, Wanted { price: Some(2_001), ..any() }).is_empty());
}

#[test]
fn by_room_for_a_provider() {
    let mut world = World::new();
    let (operator, owner, bob) = (world.alice.operator.clone(), world.alice.owner.clone(), world.bob.owner.clone());
    let job = world.post(JobSpec { min_providers: 2, ..world.spec() });
    let wants = |provider: &Addr, shards| Wanted { provider: Some(provider.clone()), shards: Some(shards), ..any() };
    assert_eq!((open(&world, wants(&owner, 50)), open(&world, wants(&owner, 51))), (vec![job.0], vec![]));
    world.assign(&operator, job, 40);
    assert_eq!((open(&world, wants(&owner, 10)), open(&world, wants(&owner, 11))), (vec![job.0], vec![]));
    world.assign(&operator, job, 10);
    assert_eq!((open(&world, wants(&owner, 1)), open(&world, wants(&bob, 50))), (vec![], vec![job.0]));
    // What is left to a provider is less than an assignment has here, until it is a whole range.
    let coarse = world.post(JobSpec { shards: 12, min_providers: 2, least: 4, ..world.spec() });
    let (rig, client) = (world.bob.operator.clone(), world.client.clone());
    let opens = |world: &World| [&owner, &bob].map(|provider| open(world, wants(provider, 1)).contains(&coarse.0));
    assert_eq!(opens(&world), [true, true]);
    world.assign(&rig, coarse, 4);
    assert!(world.send(&rig, &world.taking(&rig, coarse, 2), 0).is_err());
    assert_eq!(opens(&world), [true, false]);
    world.sends(&client, ExecuteMsg::Refund { job: coarse, shards: Some(6) }, 0);
    assert_eq!(opens(&world), [true, true]);
    world.assign(&rig, coarse, 2);
    assert_eq!(opens(&world), [false, false]);
    // Nor is there room for who was absent too often.
    let other = world.post(world.spec());
    for _ in 0..3 {
        assert_eq!(open(&world, wants(&owner, 1)), [other.0]);
        let assignment = world.assign(&operator, other, 1);
        world.pass(3_601);
        world.expire(assignment);
    }
    assert!(open(&world, wants(&owner, 1)).is_empty());
}

#[test]
fn what_names_its_takers_is_open_to_them_alone() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.owner.clone(), world.bob.owner.clone());
    let anyones = world.post(world.spec());
    let hers = world.post(JobSpec { takers: vec![alice.to_string()], ..world.spec() });
    let wants = |provider: &Addr| Wanted { provider: Some(provider.clone()), ..any() };
    assert_eq!(open(&world, wants(&alice)), [hers.0, anyones.0]);
    assert_eq!(open(&world, wants(&bob)), [anyones.0]);
    assert_eq!(open(&world, any()), [hers.0, anyones.0], "whoever asks for nobody sees all");
}

#[test]
fn while_nobody_may_assign_nothing_is_open() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let governance = world.governance.clone();
    for (posting, assigning, jobs) in [(true, false, vec![job.0]), (false, true, vec![]), (false, false, vec![job.0])] {
        world.sends(&governance, ExecuteMsg::Pause { posting, assigning }, 0);
        assert_eq!(open(&world, any()), jobs);
    }
}
