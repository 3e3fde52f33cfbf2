//! Opening in parts, and by others.

use tequio_protocol::verifier::{ExecuteMsg, Verdict};
use tequio_runner::provider::Part;
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

#[test]
fn parts_are_as_long_as_they_may_be() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.beacon();
    let operator = alice.operator.clone();
    let length = |message: &ExecuteMsg| match message {
        ExecuteMsg::Open { opening, .. } => opening.len(),
        other => panic!("{other:?}"),
    };
    let of_one: Vec<usize> = world.openings(assignment, 1).iter().map(length).collect();
    let bytes = of_one.iter().max().unwrap() * 5;
    let parts = world.parts(assignment, Part { draws: u32::MAX, bytes });
    assert!(parts.len() > 2 && parts.len() < of_one.len() / 2, "{} parts", parts.len());
    assert!(parts.iter().all(|part| length(part) <= bytes));
    // Where one draw is too long, it comes alone.
    assert_eq!(world.parts(assignment, Part { draws: u32::MAX, bytes: 1 }).len(), of_one.len());

    for part in parts {
        let (before, whole) = (world.attestation(assignment).opened, length(&part));
        // With one draw more it would be too long.
        let longer = |world: &World, draws| length(&world.openings(assignment, draws)[0]);
        let draws =
            (1..=64).take_while(|draws| before + draws <= 64 && longer(&world, *draws) <= bytes).last().unwrap();
        assert_eq!(longer(&world, draws), whole);
        world.send(&operator, part, 0);
        assert_eq!(world.attestation(assignment).opened, before + draws);
    }
    assert_eq!(world.attestation(assignment).opened, 64);
    assert!(world.verdict(assignment).agreed());
}
