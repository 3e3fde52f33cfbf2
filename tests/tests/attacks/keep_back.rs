//! What a provider keeps back, its trace or its outputs, whoever watches demands on the chain: it is revealed, or the lien
//! is lost.

use tequio_attestation::Wanted;
use tequio_protocol::{AssignmentId, arbiter::State, escrow::Ending, verifier::Verdict};
use tequio_runner::{Found, auditor::Missing};
use tequio_tests::{Job, Provider, Serves, World, job};

/// The shard in which one value is wrong.
const SHARD: u64 = 5;
const SLOT: usize = 3;

/// Mallory took all of a job, and all its draws are open; one element in one shard is wrong if `wrong`.
fn mallory(wrong: bool) -> (World, Provider, AssignmentId) {
    let mut world = World::new();
    let mallory = world.cheat("mallory", move |scene| {
        let mut shown = scene.honest.clone();
        if wrong && scene.shard == SHARD {
            shown.slots[SLOT][7] ^= 1;
        }
        shown
    });
    world.post(Job { draws: 2, ..job() });
    let assignment = world.assign(&mallory, 8);
    world.attest(&mallory);
    world.beacon();
    world.open(&mallory);
    assert!(world.verdict(assignment).agreed(), "no draw fell on it");
    (world, mallory, assignment)
}

/// Watches until nothing is left to wait for; what was found, and how many demands it took.
fn walk(world: &mut World, assignment: AssignmentId, shard: u64, serves: Serves) -> (Found, usize) {
    let (client, stranger) = (world.client.clone(), world.stranger.clone());
    let mut demands = 0;
    loop {
        match world.watch(&client, assignment, shard, serves).unwrap() {
            Found::Waits(_) => demands += 1,
            found => return (found, demands),
        }
        // Whoever relays it, it counts for the attester.
        world.reveal_all(&stranger, assignment);
    }
}

#[test]
fn a_trace_that_is_not_served_is_demanded_step_by_step() {
    for serves in [Serves::Nothing, Serves::Delivery, Serves::Wrong] {
        let (mut world, mallory, assignment) = mallory(true);
        let lien = world.assignment(assignment).lien.u128();
        let (found, demands) = walk(&mut world, assignment, SHARD, serves);
        assert_eq!((found, demands), (Found::Refuted, 2), "{serves:?}: tensors, leaves");
        let ended = world.settle();
        assert_eq!((ended[0].ending, ended[0].slashed.u128()), (Ending::Refuted, lien));
        assert_eq!(world.balance(&mallory.owner), 0);
        let client = world.client.clone();
        let bonds: u128 = world.demands(assignment).iter().map(|demand| demand.bond.u128()).sum();
        assert_eq!(world.demands(assignment).len(), demands);
        world.settle_demands(assignment);
        assert!(world.demands(assignment).iter().all(|demand| demand.state == State::Returned));
        assert_eq!((world.bonds(&client), world.bonds(&mallory.operator)), (bonds, 0));
    }
}

/// A right shard costs the watcher its bonds, of which the provider has what answering cost.
#[test]
fn a_right_shard_takes_one_answer_and_pays_for_it() {
    let (mut world, mallory, assignment) = mallory(true);
    let (found, demands) = walk(&mut world, assignment, 2, Serves::Nothing);
    assert_eq!((found, demands), (Found::Same, 1));
    world.settle();
    assert_eq!(world.demands(assignment).len(), 1);
    world.settle_demands(assignment);
    let bond = world.demands(assignment)[0].bond.u128();
    assert_eq!(world.bonds(&mallory.operator), bond - bond.div_ceil(5));
    assert_eq!(world.bonds(&world.client), 0);
    assert_eq!(world.balance(&mallory.owner), 8_000, "the wrong value was in another shard");
}

#[test]
fn what_is_not_revealed_costs_the_lien() {
    let (mut world, mallory, assignment) = mallory(true);
    let (client, lien) = (world.client.clone(), world.assignment(assignment).lien.u128());
    let Found::Waits(demand) = world.watch(&client, assignment, SHARD, Serves::Nothing).unwrap() else { panic!() };
    assert_eq!(world.watch(&client, assignment, SHARD, Serves::Nothing).unwrap(), Found::Waits(demand), "once");
    let due = world.demanded(demand).due;
    world.chain.advance_past(due);
    assert_eq!(world.verdict(assignment), Verdict::Withheld { from: client.to_string() });
    let ended = world.settle();
    assert_eq!((ended[0].ending, ended[0].paid.u128(), ended[0].slashed.u128()), (Ending::Withheld, 0, lien));
    assert_eq!(world.balance(&mallory.owner), 0);
    world.settle_demands(assignment);
    assert_eq!(world.bonds(&client), world.demanded(demand).bond.u128());
    // Too late for everything.
    assert!(world.watch(&client, assignment, SHARD, Serves::Nothing).is_ok_and(|found| found == Found::Unserved));
}

#[test]
fn outputs_that_were_not_delivered_are_revealed_on_demand() {
    let (mut world, mallory, assignment) = mallory(false);
    let (client, stranger) = (world.client.clone(), world.stranger.clone());
    let delivered = world.receive(&client, assignment, Serves::Everything).unwrap().unwrap();
    assert_eq!(world.receive(&stranger, assignment, Serves::Nothing).unwrap(), Err(Missing(None)), "not his");
    let Err(Missing(Some(demand))) = world.receive(&client, assignment, Serves::Nothing).unwrap() else { panic!() };
    assert_eq!(world.demanded(demand).wanted, Wanted::Outputs { first: 0, count: 8 });
    assert_eq!(world.receive(&client, assignment, Serves::Nothing).unwrap(), Err(Missing(Some(demand))));
    assert_eq!(world.reveal_all(&mallory.operator, assignment), 1);
    assert_eq!(world.receive(&client, assignment, Serves::Nothing).unwrap().unwrap(), delivered);
    world.settle();
    assert_eq!(world.balance(&mallory.owner), 8_000);
}

/// Before the draws are open there is nothing to demand, but what is served refutes at any time.
#[test]
fn nothing_is_demanded_before_the_draws_are_open() {
    let mut world = World::new();
    let mallory = world.cheat("mallory", |scene| {
        let mut shown = scene.honest.clone();
        shown.slots[SLOT][7] ^= 1;
        shown
    });
    world.post(job());
    let assignment = world.assign(&mallory, 8);
    world.attest(&mallory);
    let client = world.client.clone();
    assert_eq!(world.watch(&client, assignment, SHARD, Serves::Nothing).unwrap(), Found::Unserved);
    assert_eq!(world.receive(&client, assignment, Serves::Nothing).unwrap(), Err(Missing(None)));
    assert_eq!(world.watch(&client, assignment, SHARD, Serves::Everything).unwrap(), Found::Refuted);
    assert!(matches!(world.verdict(assignment), Verdict::Refuted { .. }));
}
