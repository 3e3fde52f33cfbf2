//! `reward`: rewards that failed are sent once more, exactly, by anyone.

use tequio_escrow::ContractError;
use tequio_protocol::{
    AssignmentId, TypedEvent,
    escrow::{ExecuteMsg, QueryMsg, RewardPending, RewardRetried},
    rewards,
    verifier::Verdict,
};

use crate::world::{World, event, sent, too_many};

fn of(assignments: &[AssignmentId]) -> ExecuteMsg {
    ExecuteMsg::Reward { assignments: assignments.to_vec() }
}

fn pending(world: &World) -> Vec<AssignmentId> {
    world.ask(&QueryMsg::PendingRewards { start_after: None, limit: None })
}

#[test]
fn a_reward_that_failed_is_pending_and_sent_again_once() {
    let mut world = World::new();
    let assignment = world.genuine(7);
    let (job, stranger) = (world.assignment(assignment).job, world.stranger.clone());
    world.rewards_fails(true);
    let events = world.settle(assignment);
    assert_eq!(RewardPending::all(&events), [RewardPending { assignment }]);
    assert_eq!((pending(&world), world.reserved(job)), (vec![assignment], 100));

    let events = world.sends(&stranger, of(&[assignment]), 0);
    assert_eq!(RewardPending::all(&events), [RewardPending { assignment }], "it fails again and stays");
    assert_eq!((pending(&world), world.reserved(job)), (vec![assignment], 100));

    world.rewards_fails(false);
    let events = world.sends(&stranger, of(&[assignment]), 0);
    assert_eq!(event::<RewardRetried>(&events), RewardRetried { assignment });
    assert_eq!(RewardPending::all(&events), []);
    assert_eq!((pending(&world), world.reserved(job)), (vec![], 93));
    let provider = world.alice.owner.to_string();
    let reward = rewards::ExecuteMsg::Reward { number: assignment.0.into(), job, provider, shards: 7 };
    assert_eq!(world.told_rewards().last(), Some(&reward));
    assert_eq!(world.refused(&stranger, of(&[assignment]), 0), ContractError::NoReward { assignment });
}

#[test]
fn a_reward_that_was_counted_is_not_pending() {
    let mut world = World::new();
    let (active, settled) = (world.assigned(1), world.genuine(1));
    world.settle(settled);
    for assignment in [active, settled, AssignmentId(9)] {
        let error = ContractError::NoReward { assignment };
        assert_eq!(world.refused(&world.stranger.clone(), of(&[assignment]), 0), error);
    }
}

#[test]
fn a_list_is_sent_each_once() {
    let mut world = World::new();
    let all = [world.genuine(1), world.genuine(2), world.genuine(3)];
    world.rewards_fails(true);
    for assignment in all {
        world.settle(assignment);
    }
    world.rewards_fails(false);
    let stranger = world.stranger.clone();
    let error = ContractError::NoReward { assignment: all[1] };
    assert_eq!(world.refused(&stranger, of(&[all[1], all[1]]), 0), error);
    world.sends(&stranger, of(&all), 0);
    assert!(pending(&world).is_empty());
    assert!(sent().iter().all(|message| message.gas_limit.is_none()), "nothing waits for a retry");
}

#[test]
fn lists_are_bounded() {
    let mut world = World::new();
    let list = |count: u64| of(&(1..=count).map(AssignmentId).collect::<Vec<_>>());
    let stranger = world.stranger.clone();
    assert_eq!(world.refused(&stranger, list(0), 0), too_many("assignments", 0));
    assert_eq!(world.refused(&stranger, list(101), 0), too_many("assignments", 101));
}

/// What is settled of one job and provider at once is counted at once, or pending one by one.
#[test]
fn what_is_settled_together_is_counted_together() {
    for order in [[0, 1], [1, 0]] {
        for fails in [false, true] {
            let mut world = World::new();
            let job = world.post(world.spec());
            let (alice, stranger) = (world.alice.operator.clone(), world.stranger.clone());
            let all = [10, 20].map(|count| world.assign(&alice, job, count));
            for assignment in all {
                world.attest(assignment);
                world.verdict(assignment, Verdict::Genuine {});
            }
            world.rewards_fails(fails);
            let events = world.sends(&stranger, ExecuteMsg::Settle { assignments: all.to_vec() }, 0);
            let provider = world.alice.owner.to_string();
            let reward = |number: AssignmentId, shards| {
                let (number, provider) = (number.0.into(), provider.clone());
                rewards::ExecuteMsg::Reward { number, job, provider, shards }
            };
            if !fails {
                assert_eq!(world.told_rewards().last(), Some(&reward(all[0], 30)));
                assert_eq!((RewardPending::all(&events), world.reserved(job)), (vec![], 70));
                continue;
            }
            assert_eq!(RewardPending::all(&events), all.map(|assignment| RewardPending { assignment }));
            assert_eq!((pending(&world), world.reserved(job)), (all.to_vec(), 100));
            world.rewards_fails(false);
            for at in order {
                world.sends(&stranger, of(&[all[at]]), 0);
                assert_eq!(world.told_rewards().last(), Some(&reward(all[at], [10, 20][at])));
            }
            assert_eq!((pending(&world), world.reserved(job)), (vec![], 70));
        }
    }
}
