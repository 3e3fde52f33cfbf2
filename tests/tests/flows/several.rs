//! Several jobs, several providers for each, several assignments for each provider, at once.

use tequio_protocol::{AssignmentId, escrow};
use tequio_tests::{
    Job, World, job,
    model::{digits, images},
};

#[test]
fn many_at_once_do_not_mix() {
    let mut world = World::new();
    let (alice, bob) = (world.provider("alice"), world.provider("bob"));
    let small = world.post(job());
    let other = world.post(Job { price: 7, draws: 24, ..job() });
    let digits = world.post(Job { price: 50, draws: 8, ..Job::of(digits(), images(4)) });
    for (job, shares) in [(small, [3, 1]), (other, [1, 3]), (digits, [1, 1]), (small, [2, 2]), (other, [3, 1])] {
        world.assign_of(job, &alice, shares[0]);
        world.assign_of(job, &bob, shares[1]);
    }
    world.assign_of(digits, &bob, 2);

    world.attest(&alice);
    world.pass(10);
    world.attest(&bob);
    world.beacon();
    world.open(&bob);
    world.open(&alice);
    let ended = world.settle();
    assert_eq!(ended.len(), 11);
    assert!([small, other, digits].iter().all(|job| world.job(*job).settled == world.job(*job).shards));
    assert_eq!(world.balance(&alice.owner), 5 * 1_000 + 4 * 7 + 50);
    assert_eq!(world.balance(&bob.owner), 3 * 1_000 + 4 * 7 + 3 * 50);
    assert_eq!(world.bank(&world.chain.deployment().escrow), 8 * 1_000 + 8 * 7 + 4 * 50);
}

#[test]
fn one_message_settles_what_it_can_of_a_list() {
    let mut world = World::new();
    let (alice, bob) = (world.provider("alice"), world.provider("bob"));
    world.post(job());
    let assignments: Vec<AssignmentId> = vec![world.assign(&alice, 2), world.assign(&bob, 3), world.assign(&alice, 3)];
    for who in [&alice, &bob] {
        world.attest(who);
    }
    world.beacon();
    world.open(&alice);
    world.pass(605);

    let (stranger, settle) = (world.stranger.clone(), escrow::ExecuteMsg::Settle { assignments: assignments.clone() });
    world.send(&stranger, settle.clone(), 0);
    assert_eq!((world.balance(&alice.owner), world.balance(&bob.owner)), (5_000, 0));
    // Where it can settle nothing, it says why of the first.
    let refused: tequio_escrow::ContractError = world.refused(&stranger, settle.clone(), 0);
    let over = tequio_escrow::ContractError::Over { assignment: assignments[0], ending: escrow::Ending::Settled };
    assert_eq!(refused, over);

    world.open(&bob);
    world.pass(605);
    world.send(&stranger, settle, 0);
    assert_eq!((world.balance(&alice.owner), world.balance(&bob.owner)), (5_000, 3_000));
}
