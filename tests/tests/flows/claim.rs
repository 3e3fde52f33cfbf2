//! Tokens are minted once for what was earned, and burned for credits.

use tequio_protocol::rewards;
use tequio_tests::{RICH, World, job};

#[test]
fn what_was_earned_is_minted_once() {
    let mut world = World::new();
    let (alice, bob) = (world.provider("alice"), world.provider("bob"));
    let spec = world.offer(&job());
    let credits = world.quote(&spec).credits.u128();
    world.post(job());
    assert_eq!(world.token_supply(), RICH - credits);

    world.assign(&alice, 6);
    world.assign(&bob, 2);
    world.complete(&alice);
    world.complete(&bob);
    // κ is 4/5, rounded down for each.
    let minted = |shards: u128| credits / 8 * shards * 4 / 5;
    assert_eq!((world.claim(&alice), world.claim(&bob)), (minted(6), minted(2)));
    assert_eq!(world.token_supply(), RICH - credits + minted(6) + minted(2));

    let owner = alice.owner.clone();
    world.refuses(
        &owner,
        rewards::ExecuteMsg::Claim { provider: None },
        0,
        tequio_rewards::ContractError::NothingToClaim { provider: owner.clone() },
    );
}

#[test]
fn pay_is_taken_out_once() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    world.assign(&alice, 8);
    world.complete(&alice);
    assert_eq!(world.withdraw(&alice.owner), 8_000);
    let owner = alice.owner.clone();
    let withdraw = tequio_protocol::escrow::ExecuteMsg::Withdraw {};
    world.refuses(&owner, withdraw, 0, tequio_escrow::ContractError::NothingToWithdraw { address: owner.clone() });
    assert_eq!(world.bank(&world.chain.deployment().escrow), 0);
}

#[test]
fn pay_is_the_owners_and_not_the_operators() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    world.assign(&alice, 8);
    world.complete(&alice);
    assert_eq!((world.balance(&alice.owner), world.balance(&alice.operator)), (8_000, 0));
    assert!(world.claimable(&alice.operator).earned.is_zero());
    assert!(!world.claimable(&alice.owner).earned.is_zero());
}
