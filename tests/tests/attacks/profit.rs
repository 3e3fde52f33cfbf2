//! Cheats that hope to gain by playing both sides.

use tequio_attestation::ShardTrace;
use tequio_protocol::{escrow::State, verifier::Verdict};
use tequio_tests::{Job, World, job};

#[test]
fn slashing_yourself_to_save_the_stake() {
    let mut world = World::new();
    // Provider, client and reporter are one party.
    let mallory = world.cheat("mallory", |scene| ShardTrace {
        slots: scene.honest.slots.iter().map(|bytes| vec![1; bytes.len()]).collect(),
    });
    world.post(Job { draws: 128, ..job() });
    let assignment = world.assign(&mallory, 8);
    let lien = world.assignment(assignment).lien.u128();
    let party = [mallory.owner.clone(), mallory.operator.clone(), world.client.clone(), world.stranger.clone()];
    let wealth = |world: &World| party.iter().map(|address| world.wealth(address)).sum::<u128>();
    let before = wealth(&world);
    world.complete(&mallory);
    assert_eq!(world.state_of(assignment), State::Slashed);
    let lost = before - wealth(&world);
    assert!(2 * lost >= lien, "{lost} of a lien of {lien}");
}

#[test]
fn hiring_yourself_for_the_mint() {
    let mut world = World::new();
    let alice = world.provider("alice");
    let client = world.client.clone();
    let all = |world: &World| world.token_wealth(&client) + world.token_wealth(&alice.owner);
    let before = all(&world);
    let spec = world.offer(&job());
    let credits = world.quote(&spec).credits.u128();
    world.post(job());
    world.assign(&alice, 8);
    world.complete(&alice);
    world.claim(&alice);
    // κ is 4/5: a fifth of the credits is gone for good.
    assert_eq!(before - all(&world), credits.div_ceil(5));
}

#[test]
fn front_running_or_relaying_an_opening() {
    let mut world = World::new();
    let (alice, mallory) = (world.provider("alice"), world.provider("mallory"));
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.beacon();
    // Mallory sends all of it first. It pays Alice.
    world.open_by(&mallory.operator, &alice, 16);
    assert_eq!(world.verdict(assignment), Verdict::Genuine {});
    world.settle();
    assert_eq!((world.balance(&alice.owner), world.balance(&mallory.owner)), (8_000, 0));
}
