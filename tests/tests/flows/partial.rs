//! What one leaves behind, another takes over.

use tequio_protocol::escrow::{Ending, State};
use tequio_tests::{World, job};

#[test]
fn what_is_left_behind_is_taken_over_and_the_job_completes() {
    let mut world = World::new();
    let (alice, bob, carol) = (world.provider("alice"), world.provider("bob"), world.provider("carol"));
    world.post(job());
    world.assign(&alice, 3);
    let vanished = world.assign(&bob, 5);
    world.complete(&alice);
    assert_eq!((world.shards(), world.free()), ((0, 5, 3, 0), vec![]));

    world.expire();
    assert_eq!(world.state_of(vanished), State::Ended(Ending::Absent));
    assert_eq!((world.shards(), world.free()), ((5, 0, 3, 0), vec![(3, 5)]));

    let taken_over = world.assign(&carol, 5);
    assert_eq!(world.assignment(taken_over).first, 3);
    world.complete(&carol);
    assert_eq!(world.shards(), (0, 0, 8, 0));
    assert_eq!([&alice, &bob, &carol].map(|who| world.balance(&who.owner)), [3_000, 0, 5_000]);
}

#[test]
fn a_part_is_paid_even_if_nobody_does_the_rest() {
    let mut world = World::new();
    let alice = world.provider("alice");
    let spec = world.offer(&job());
    let credits = world.quote(&spec).credits.u128();
    let before = (world.wealth(&world.client), world.token_wealth(&world.client));
    let job = world.post(job());
    world.assign(&alice, 2);
    world.complete(&alice);

    let end = world.job(job).end;
    world.chain.advance_to(end + 1);
    let stranger = world.stranger.clone();
    world.send(&stranger, tequio_protocol::escrow::ExecuteMsg::Refund { job, shards: None }, 0);
    assert_eq!(world.shards(), (0, 0, 2, 6));
    assert_eq!((world.balance(&alice.owner), world.balance(&world.client)), (2_000, 6_000));
    let after = (world.wealth(&world.client), world.token_wealth(&world.client));
    assert_eq!((before.0 - after.0, before.1 - after.1), (2_000, credits / 4));
}
