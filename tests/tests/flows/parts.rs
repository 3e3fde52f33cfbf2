//! Opening in parts, and by others.

use tequio_protocol::verifier::Verdict;
use tequio_tests::{World, job};

#[test]
fn an_opening_may_come_in_parts_and_from_anyone() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.beacon();

    let (stranger, client) = (world.stranger.clone(), world.client.clone());
    let parts = world.openings(assignment, 20);
    assert_eq!(parts.len(), 4);
    for (part, (sender, opened)) in
        parts.into_iter().zip([(&stranger, 20), (&alice.operator, 40), (&client, 60), (&alice.owner, 64)])
    {
        assert_eq!(world.verdict(assignment), Verdict::Pending {});
        world.send(sender, part, 0);
        assert_eq!(world.attestation(assignment).opened, opened);
    }
    assert!(world.verdict(assignment).agreed());
    world.settle();
    assert_eq!([&alice.owner, &stranger, &client].map(|who| world.balance(who)), [8_000, 0, 0]);
}

#[test]
fn a_part_opens_the_next_draws_only() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.beacon();
    let parts = world.openings(assignment, 32);
    let operator = alice.operator.clone();
    for wrong in [&parts[1], &parts[1]] {
        let _: tequio_verifier::ContractError = world.refused(&operator, wrong.clone(), 0);
    }
    world.send(&operator, parts[0].clone(), 0);
    let _: tequio_verifier::ContractError = world.refused(&operator, parts[0].clone(), 0);
    world.send(&operator, parts[1].clone(), 0);
    assert!(world.verdict(assignment).agreed());
}
