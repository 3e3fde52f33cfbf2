//! Take a provider off line, and demand what it cannot reveal: its stake is lost, and nobody has it.

use cosmwasm_std::{Addr, Uint128};
use tequio_attestation::Wanted;
use tequio_embedded::Setup;
use tequio_protocol::{AssignmentId, escrow::Ending, verifier::Verdict};
use tequio_tests::{Job, Provider, STAKE, World, job};

/// Alice's work is genuine, and from now on she is off line.
fn off_line(setup: Setup, price: u128) -> (World, Provider, AssignmentId) {
    let mut world = World::with(setup);
    let alice = world.provider("alice");
    world.post(Job { price, ..job() });
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.beacon();
    world.open(&alice);
    (world, alice, assignment)
}

/// All demand something, in this order, and then share what there is. What each has more than before.
fn profits(world: &mut World, all: &[Addr], assignment: AssignmentId) -> Vec<u128> {
    let before: Vec<u128> = all.iter().map(|who| world.wealth(who)).collect();
    let tensor = world.held(assignment).data.manifest().committed()[0].0.0;
    for (shard, who) in all.iter().enumerate() {
        let shard = shard as u64;
        world.demand(who, assignment, Wanted::Tensors { shard, depth: 0, index: 0 });
        world.demand(who, assignment, Wanted::Leaves { shard, tensor, first: 0 });
    }
    let first = world.due(assignment)[0].due;
    world.chain.advance_past(first);
    let ended = world.settle();
    assert_eq!(ended[0].ending, Ending::Withheld);
    world.settle_demands(assignment);
    all.iter()
        .zip(before)
        .map(|(who, before)| world.wealth(who).checked_sub(before).expect("no bond is lost"))
        .collect()
}

#[test]
fn who_demanded_gets_its_gas_and_nobody_else_anything() {
    let mut generous = Setup { max_gas: Uint128::new(1_000_000), ..Setup::default() };
    generous.escrow.reporter_tip = generous.max_gas;
    let mut dear = Setup { max_gas: Uint128::new(1 << 60), ..Setup::default() };
    dear.escrow.arbitration.as_mut().unwrap().answer_gas = dear.max_gas;
    // A fifth of the lien is more than that, or less.
    for (setup, price) in [(Setup::default(), 1_000_000), (generous, 100_000_000), (dear, 1_000), (Setup::default(), 1)]
    {
        let (tip, gas) = (setup.escrow.reporter_tip, setup.escrow.arbitration.as_ref().unwrap().answer_gas);
        let (mut world, alice, assignment) = off_line(setup, price);
        let lien = world.assignment(assignment).lien.u128();
        let all: Vec<Addr> = ["rival", "second", "third"].map(|name| world.actor(name)).to_vec();
        let stranger = world.stranger.clone();
        let profits = profits(&mut world, &all, assignment);
        assert_eq!(world.verdict(assignment), Verdict::Withheld { from: all[0].to_string() });
        // The whole lien is gone, and of it at most a fifth is anybody's.
        assert_eq!((world.stake(&alice).stake.u128(), world.balance(&alice.owner)), (STAKE - lien, 0));
        assert_eq!(profits[0], (tip + gas).u128().min(lien / 5));
        assert_eq!(profits[1..], [0, 0]);
        // Who sends the message gets nothing.
        assert_eq!(world.compensation(&stranger), 0);
    }
}

/// The client has the gas of a slash besides, as of any other, and its money back.
#[test]
fn the_client_gets_no_more_than_both_gases() {
    let setup = Setup::default();
    let (tip, client_gas) = (setup.escrow.reporter_tip.u128(), setup.escrow.client_gas.u128());
    let gas = setup.escrow.arbitration.as_ref().unwrap().answer_gas.u128();
    let (mut world, _, assignment) = off_line(setup, 1_000_000);
    let client = world.client.clone();
    let profits = profits(&mut world, &[client], assignment);
    assert_eq!(profits[0], tip + gas + client_gas);
    assert_eq!(world.refund(None).amount.u128(), 8_000_000);
}

/// Nobody's word is enough: whoever answers in time, or before it is due at all, is none the worse.
#[test]
fn any_friend_answers_for_who_is_off_line() {
    let (mut world, alice, assignment) = off_line(Setup::default(), 1_000);
    let (rival, friend) = (world.actor("rival"), world.actor("friend"));
    let demand = world.demand(&rival, assignment, Wanted::Shards { depth: 0, index: 0 });
    world.chain.advance_to(world.demanded(demand).due.time() - 5);
    world.reveal(&friend, assignment, demand);
    assert_eq!(world.settle()[0].ending, Ending::Settled);
    world.settle_demands(assignment);
    let bond = world.demanded(demand).bond.u128();
    assert_eq!((world.bonds(&friend), world.bonds(&alice.operator)), (0, bond - bond.div_ceil(5)));
}
