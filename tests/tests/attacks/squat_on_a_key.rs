//! Register with another's operator key, so that its owner cannot, or so that its work counts for oneself.

use tequio_escrow::ContractError;
use tequio_protocol::escrow::{Ending, ExecuteMsg};
use tequio_tests::{Provider, World, job};

/// A provider for whom every key there is works, by its own word.
fn squatter(world: &mut World, keys: &[&str]) -> Provider {
    let mallory = world.provider("mallory");
    let keys: Vec<_> = keys.iter().map(|name| world.actor(name)).collect();
    world.rotate(&mallory, &keys.iter().collect::<Vec<_>>(), &[]);
    mallory
}

#[test]
fn a_key_works_for_whom_it_says_whoever_else_lists_it() {
    let mut world = World::new();
    let mallory = squatter(&mut world, &["alice", "alice's rig"]);
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 4);
    assert_eq!(world.assignment(assignment).provider, alice.owner.as_str());
    // Mallory neither takes shards for her, nor gives hers back.
    let not_operator =
        || ContractError::NotOperator { sender: mallory.operator.clone(), provider: alice.owner.clone() };
    let taking = alice.taking(world.job, 1);
    assert_eq!(world.refused::<ContractError>(&mallory.operator, taking, 0), not_operator());
    let (give_back, fee) = (ExecuteMsg::GiveBack { assignment }, world.give_back_fee(assignment));
    assert_eq!(world.refused::<ContractError>(&mallory.operator, give_back, fee), not_operator());
    // Nor does letting her keys go again touch hers.
    world.rotate(&mallory, &[], &[&alice.owner, &alice.operator]);
    world.complete(&alice);
    assert_eq!((world.balance(&alice.owner), world.balance(&mallory.owner)), (4_000, 0));
}

#[test]
fn shards_that_a_key_takes_are_its_own_providers_and_so_is_the_lien() {
    let mut world = World::new();
    let mallory = squatter(&mut world, &["alice's rig"]);
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    assert!(world.stake(&mallory).liens.is_zero() && !world.stake(&alice).liens.is_zero());
    world.attest(&alice);
    world.beacon();
    world.open(&alice);
    assert_eq!(world.settle()[0].ending, Ending::Settled);
    assert_eq!(world.assignment(assignment).provider, alice.owner.as_str());
    assert_eq!((world.balance(&alice.owner), world.balance(&mallory.owner)), (8_000, 0));
}
