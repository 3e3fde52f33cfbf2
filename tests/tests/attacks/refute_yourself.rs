//! Refute yourself, or withhold from a friend, to save the stake.

use cosmwasm_std::{Addr, Uint128};
use tequio_attestation::Wanted;
use tequio_embedded::Setup;
use tequio_protocol::{AssignmentId, escrow::Ending, verifier::ExecuteMsg};
use tequio_tests::{Provider, STAKE, World, job, walk};

/// The shard in which one value is wrong.
const SHARD: u64 = 5;

/// Governance that is hers as far as it may be: every tip as high as she likes.
fn generous() -> Setup {
    let mut setup = Setup { max_gas: Uint128::MAX, ..Setup::default() };
    setup.escrow.reporter_tip = Uint128::MAX;
    setup.escrow.client_gas = Uint128::MAX;
    setup
}

/// Mallory changed one value, which her draws may have missed.
pub fn mallory(setup: Setup) -> (World, Provider, AssignmentId) {
    let mut world = World::with(setup);
    let mallory = world.cheat("mallory", |scene| {
        let mut shown = scene.honest.clone();
        if scene.shard == SHARD {
            shown.slots[3][0] ^= 1;
        }
        shown
    });
    world.post(job());
    let assignment = world.assign(&mallory, 8);
    world.attest(&mallory);
    (world, mallory, assignment)
}

/// The message that shows what is wrong.
pub fn refutation(world: &World, assignment: AssignmentId) -> ExecuteMsg {
    let (held, attestation) = (world.held(assignment), world.attestation(assignment));
    let trace = held.executable.trace(&held.data.inputs, SHARD).unwrap();
    let honest = world.model(world.job).executable.clone();
    let found = walk(&held.data, &*honest, &attestation, &held.run.tree, SHARD, trace).unwrap();
    found.expect("something is wrong").0
}

/// What mallory and her friend have lost together, what the friend got, and the lien.
fn lost(
    mut world: World,
    mallory: &Provider,
    friend: &Addr,
    assignment: AssignmentId,
    ends: impl FnOnce(&mut World),
) -> (u128, u128, u128) {
    let lien = world.assignment(assignment).lien.u128();
    let before = world.wealth(friend);
    ends(&mut world);
    let ended = world.settle();
    assert_eq!((ended[0].slashed.u128(), ended[0].paid.u128()), (lien, 0));
    assert!(matches!(ended[0].ending, Ending::Refuted | Ending::Withheld));
    let gained = world.wealth(friend) - before;
    (STAKE - world.stake(mallory).stake.u128() - gained, gained, lien)
}

#[test]
fn a_friend_that_refutes_you_gets_less_than_you_lose() {
    for setup in [Setup::default(), generous()] {
        let (mut world, mallory, assignment) = mallory(setup);
        let friend = world.actor("friend");
        let message = refutation(&world, assignment);
        let (lost, gained, lien) = lost(world, &mallory, &friend, assignment, |world| {
            world.send(&friend, message, 0);
        });
        assert!(5 * lost >= 4 * lien && gained > 0 && gained < lost, "{lost} and {gained} of {lien}");
    }
}

#[test]
fn a_friend_that_you_withhold_from_gets_less_than_you_lose() {
    for setup in [Setup::default(), generous()] {
        let mut world = World::with(setup);
        let mallory = world.provider("mallory");
        world.post(job());
        let assignment = world.assign(&mallory, 8);
        world.attest(&mallory);
        world.beacon();
        world.open(&mallory);
        let friend = world.actor("friend");
        let (lost, gained, lien) = lost(world, &mallory, &friend, assignment, |world| {
            let demand = world.demand(&friend, assignment, Wanted::Shards { depth: 0, index: 0 });
            world.chain.advance_past(world.demanded(demand).due);
            world.settle_demands(assignment);
        });
        assert!(5 * lost >= 4 * lien && gained > 0 && gained < lost, "{lost} and {gained} of {lien}");
    }
}
