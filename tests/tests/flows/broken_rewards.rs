//! A rewards contract that fails holds up no payment, and what it missed is made up for exactly once.

use cosmwasm_std::{DepsMut, Empty, Env, MessageInfo, Response, StdError, StdResult, Uint128};
use cw_multi_test::{ContractWrapper, Executor};
use tequio_client::Contract;
use tequio_embedded::code::{self, Code};
use tequio_escrow::ContractError;
use tequio_protocol::{
    AssignmentId, JobId,
    escrow::{self, QueryMsg, ReleasePending, RewardPending},
    rewards::{self, CreditsReleased, Rewarded},
};
use tequio_tests::{World, job};

/// Code that refuses every message and keeps what is stored.
fn broken() -> Code {
    fn refuse(_: DepsMut, _: Env, _: MessageInfo, _: rewards::ExecuteMsg) -> StdResult<Response> {
        Err(StdError::generic_err("out of order"))
    }
    fn instantiate(_: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
        Err(StdError::generic_err("out of order"))
    }
    fn migrate(_: DepsMut, _: Env, _: rewards::MigrateMsg) -> StdResult<Response> {
        Ok(Response::new())
    }
    Box::new(ContractWrapper::new(refuse, instantiate, tequio_rewards::query).with_migrate(migrate))
}

fn migrate(world: &mut World, code: Code) {
    let code = world.chain.app().store_code(code);
    let (governance, rewards) = (world.chain.deployment().governance.clone(), world.chain.deployment().rewards.clone());
    world.chain.app().migrate_contract(governance, rewards, &rewards::MigrateMsg {}, code).unwrap();
}

fn pending(world: &World) -> (Vec<AssignmentId>, Vec<JobId>) {
    let rewards = world.ask(QueryMsg::PendingRewards { start_after: None, limit: None });
    (rewards, world.ask(QueryMsg::PendingReleases { start_after: None, limit: None }))
}

#[test]
fn payment_goes_through_and_the_reward_follows_once_it_is_repaired() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.beacon();
    world.open(&alice);

    migrate(&mut world, broken());
    world.settle();
    assert_eq!(world.withdraw(&alice.owner), 8_000);
    assert_eq!(pending(&world), (vec![assignment], vec![]));

    // A retry that fails too changes nothing.
    let stranger = world.stranger.clone();
    let retry = escrow::ExecuteMsg::Reward { assignments: vec![assignment] };
    let outcome = world.send(&stranger, retry.clone(), 0);
    assert_eq!(outcome.all::<RewardPending>(), [RewardPending { assignment }]);
    assert_eq!(pending(&world), (vec![assignment], vec![]));
    assert_eq!(world.claimable(&alice.owner).earned, Uint128::zero());

    migrate(&mut world, code::of(Contract::Rewards));
    let outcome = world.send(&stranger, retry.clone(), 0);
    let rewarded: Vec<Rewarded> = outcome.all();
    assert_eq!((rewarded.len(), rewarded[0].shards, rewarded[0].number), (1, 8, assignment.0.into()));
    assert_eq!(pending(&world), (vec![], vec![]));
    let earned = world.claimable(&alice.owner).earned;
    assert_eq!(earned, rewarded[0].earned);

    world.refuses(&stranger, retry, 0, ContractError::NoReward { assignment });
    assert_eq!(world.claim(&alice), earned.u128());
}

#[test]
fn a_refund_goes_through_and_the_credits_follow() {
    let mut world = World::new();
    let spec = world.offer(&job());
    let credits = world.quote(&spec).credits;
    let job = world.post(job());
    migrate(&mut world, broken());
    world.refund(Some(3));
    world.refund(Some(1));
    assert_eq!((world.balance(&world.client), pending(&world)), (4_000, (vec![], vec![job])));

    let stranger = world.stranger.clone();
    let retry = escrow::ExecuteMsg::Release { jobs: vec![job] };
    let outcome = world.send(&stranger, retry.clone(), 0);
    assert_eq!(outcome.all::<ReleasePending>(), [ReleasePending { job, shards: 4 }]);

    migrate(&mut world, code::of(Contract::Rewards));
    let released: Vec<CreditsReleased> = world.send(&stranger, retry.clone(), 0).all();
    assert_eq!((released.len(), released[0].amount.u128()), (1, credits.u128() / 2));
    world.refuses(&stranger, retry, 0, ContractError::NoRelease { job });
    world.refund(None);
    let free: Uint128 = world.ask(rewards::QueryMsg::Credits { client: world.client.to_string() });
    assert_eq!(free, credits);
}

#[test]
fn only_what_is_pending_is_retried_and_only_posting_needs_rewards() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let first = world.assign(&alice, 4);
    world.complete(&alice);
    let second = world.assign(&alice, 4);
    world.attest(&alice);
    world.beacon();
    world.open(&alice);
    let spec = world.offer(&job());
    let funds = world.quote(&spec).funds.u128();
    migrate(&mut world, broken());
    world.settle();
    assert_eq!(pending(&world).0, [second]);

    let (client, post) = (world.client.clone(), escrow::ExecuteMsg::Post { spec });
    let refused: StdError = world.refused(&client, post, funds);
    assert!(refused.to_string().contains("out of order"), "{refused}");

    migrate(&mut world, code::of(Contract::Rewards));
    let stranger = world.stranger.clone();
    world.refuses(
        &stranger,
        escrow::ExecuteMsg::Reward { assignments: vec![second, first] },
        0,
        ContractError::NoReward { assignment: first },
    );
    world.send(&stranger, escrow::ExecuteMsg::Reward { assignments: vec![second] }, 0);
    let spec = world.offer(&job());
    let half = world.quote(&spec).credits.u128() / 2;
    assert_eq!(world.claimable(&alice.owner).earned.u128(), 2 * (half * 4 / 5));
}
