//! Work that the network chose: no payment, emission by epochs.

use cosmwasm_std::Uint128;
use tequio_embedded::Setup;
use tequio_protocol::{
    escrow::Kind,
    rewards::{self, EpochResponse},
};
use tequio_tests::{Job, World, job};

fn commons() -> Job {
    Job { price: 0, kind: Kind::Commons, ..job() }
}

/// A world whose epochs have `budget` to give and no cap that matters.
fn world(budget: u128) -> World {
    let setup = Setup::default();
    let schedule = rewards::Schedule { initial: Uint128::new(budget), ..setup.schedule.clone() };
    let rewards = rewards::Config { cap: rewards::MAX_PER_UNIT, ..setup.rewards.clone() };
    World::with(Setup { schedule, rewards, ..setup })
}

#[test]
fn an_epochs_budget_is_shared_by_work_once_it_is_over() {
    let mut world = world(9_000);
    let (alice, bob) = (world.provider("alice"), world.provider("bob"));
    world.post(commons());
    for (who, shards) in [(&alice, 6), (&bob, 2)] {
        world.assign(who, shards);
        world.attest(who);
    }
    world.beacon();
    world.open(&alice);
    world.open(&bob);
    let paid: Vec<u128> = world.settle().iter().map(|ended| ended.paid.u128()).collect();
    assert_eq!(paid, [0, 0]);

    let owner = alice.owner.clone();
    world.refuses(
        &owner,
        rewards::ExecuteMsg::Claim { provider: None },
        0,
        tequio_rewards::ContractError::NothingToClaim { provider: owner.clone() },
    );
    world.pass(86_400);
    assert_eq!((world.claim(&alice), world.claim(&bob)), (6_750, 2_250));
    let epoch: EpochResponse = world.ask(rewards::QueryMsg::Epoch { epoch: 0 });
    assert_eq!((epoch.budget.u128(), epoch.minted.u128()), (9_000, 9_000));
}

#[test]
fn work_belongs_to_the_epoch_in_which_it_is_settled() {
    let mut world = world(9_000);
    let (alice, bob) = (world.provider("alice"), world.provider("bob"));
    world.post(commons());
    world.assign(&alice, 4);
    world.complete(&alice);
    world.pass(86_400);
    world.assign(&bob, 4);
    world.complete(&bob);
    world.pass(86_400);
    // Each was alone in its epoch.
    assert_eq!((world.claim(&alice), world.claim(&bob)), (9_000, 9_000));
}

#[test]
fn what_the_cap_leaves_over_is_not_minted() {
    let setup = Setup::default();
    let rewards = rewards::Config { cap: Uint128::new(1_000), ..setup.rewards.clone() };
    let mut world = World::with(Setup { rewards, ..setup });
    let alice = world.provider("alice");
    let job = world.post(commons());
    world.assign(&alice, 8);
    world.complete(&alice);
    world.pass(86_400);
    let work = u128::from(world.job(job).cost.u64());
    assert_eq!(world.claim(&alice), 8 * 1_000 * work / 1_000_000);
}

#[test]
fn only_governance_posts_for_the_commons() {
    let mut world = World::new();
    let (client, spec) = (world.client.clone(), world.offer(&commons()));
    let post = tequio_protocol::escrow::ExecuteMsg::Post { spec };
    world.refuses(&client, post, 0, tequio_escrow::ContractError::Ownership(cw_ownable::OwnershipError::NotOwner));
}
