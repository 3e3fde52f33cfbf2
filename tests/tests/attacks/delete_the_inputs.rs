//! The client deletes the inputs after the attestation.

use tequio_client::data::Store;
use tequio_tests::{World, job};

#[test]
fn the_provider_keeps_what_it_needs_to_open() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.store = Store::memory();
    assert!(world.fetch(world.job).is_err());
    world.beacon();
    world.open(&alice);
    assert!(world.verdict(assignment).agreed());
    world.settle();
    assert_eq!(world.balance(&alice.owner), 8_000);
}
