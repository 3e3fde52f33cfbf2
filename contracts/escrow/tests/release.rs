//! `release`: releases of credits that failed are sent once more, exactly, by anyone.

use tequio_escrow::ContractError;
use tequio_protocol::{
    JobId, TypedEvent,
    escrow::{ExecuteMsg, QueryMsg, ReleasePending, ReleaseRetried},
    rewards,
};

use crate::world::{World, event, too_many};

fn of(jobs: &[JobId]) -> ExecuteMsg {
    ExecuteMsg::Release { jobs: jobs.to_vec() }
}

fn pending(world: &World) -> Vec<JobId> {
    world.ask(&QueryMsg::PendingReleases { start_after: None, limit: None })
}

#[test]
fn releases_that_failed_add_up_and_are_sent_again_once() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let (client, stranger) = (world.client.clone(), world.stranger.clone());
    world.rewards_fails(true);
    for shards in [30, 12] {
        let events = world.sends(&client, ExecuteMsg::Refund { job, shards: Some(shards) }, 0);
        assert_eq!(ReleasePending::all(&events), [ReleasePending { job, shards }]);
    }
    let events = world.sends(&stranger, of(&[job]), 0);
    assert_eq!(ReleasePending::all(&events), [ReleasePending { job, shards: 42 }], "it fails again and stays");
    assert_eq!((pending(&world), world.reserved(job)), (vec![job], 100));

    world.rewards_fails(false);
    world.sends(&client, ExecuteMsg::Refund { job, shards: Some(8) }, 0);
    assert_eq!(world.reserved(job), 92, "what failed before holds up nothing later");
    let events = world.sends(&stranger, of(&[job]), 0);
    assert_eq!(event::<ReleaseRetried>(&events), ReleaseRetried { job, shards: 42 });
    assert_eq!(ReleasePending::all(&events), []);
    assert_eq!((pending(&world), world.reserved(job)), (vec![], 50));
    assert_eq!(world.told_rewards().last(), Some(&rewards::ExecuteMsg::Release { job, shards: 42 }));
    assert_eq!(world.refused(&stranger, of(&[job]), 0), ContractError::NoRelease { job });
}

#[test]
fn what_is_not_pending_is_not_released() {
    let mut world = World::new();
    let job = world.post(world.spec());
    for job in [job, JobId(9)] {
        assert_eq!(world.refused(&world.stranger.clone(), of(&[job]), 0), ContractError::NoRelease { job });
    }
    world.rewards_fails(true);
    world.sends(&world.client.clone(), ExecuteMsg::Refund { job, shards: None }, 0);
    let error = ContractError::NoRelease { job };
    assert_eq!(world.refused(&world.stranger.clone(), of(&[job, job]), 0), error);
}

#[test]
fn lists_are_bounded() {
    let mut world = World::new();
    let list = |count: u64| of(&(1..=count).map(JobId).collect::<Vec<_>>());
    let stranger = world.stranger.clone();
    assert_eq!(world.refused(&stranger, list(0), 0), too_many("jobs", 0));
    assert_eq!(world.refused(&stranger, list(101), 0), too_many("jobs", 101));
}
