//! Steal a provider's operator key: take shards of a job of one's own with it, show nothing, and share in the slash.

use cosmwasm_std::Uint128;
use tequio_embedded::Setup;
use tequio_protocol::{
    escrow::{Assigned, ExecuteMsg},
    registry, rewards, verifier,
};
use tequio_tests::{Job, World, job};

const STAKE: u128 = 1_000_000;
const CAP: u128 = 200_000;

/// What the owner lost and the thief won.
fn steals(setup: Setup) -> (u128, u128) {
    let mut world = World::with(setup);
    let alice = world.provider_with("alice", STAKE);
    let cap = registry::ExecuteMsg::Cap { holder: world.chain.deployment().escrow.to_string(), amount: CAP.into() };
    world.send(&alice.owner, cap, 0);
    let thief = world.actor("thief");
    let before = world.wealth(&thief);
    let job = world.post_as(&thief, Job { price: 19_000, ..job() });
    for round in 0u8.. {
        let mut taken = vec![];
        while let Ok(executed) = world.chain.send(&alice.operator, ExecuteMsg::Assign { job, count: 1 }, 0) {
            let Assigned { assignment, .. } = executed.one().unwrap();
            let subject = world.assignment(assignment).subject;
            world.send(&alice.operator, verifier::ExecuteMsg::Attest { subject, root: [round; 32].into() }, 0);
            taken.push(assignment);
        }
        if taken.is_empty() {
            break;
        }
        world.beacon();
        world.pass(3_700);
        world.send(&thief, ExecuteMsg::Expire { assignments: taken }, 0);
    }
    world.send(&thief, ExecuteMsg::Refund { job, shards: None }, 0);
    world.send(&thief, ExecuteMsg::Withdraw {}, 0);
    world.send(&thief, registry::ExecuteMsg::Withdraw {}, 0);
    (world.stake(&alice).slashed.u128(), world.wealth(&thief) - before)
}

/// Jobs that cost no credits, and shares as high as governance may set them.
fn generous() -> Setup {
    let setup = Setup::default();
    let rewards = rewards::Config { rate: Uint128::zero(), ..setup.rewards.clone() };
    let mut setup = Setup { rewards, ..setup };
    setup.max_gas = Uint128::MAX;
    setup.escrow.client_gas = Uint128::MAX;
    setup.escrow.reporter_tip = Uint128::MAX;
    setup
}

#[test]
fn the_cap_bounds_the_loss_for_good_and_four_fifths_are_nobodys() {
    let (lost, won) = steals(generous());
    assert!(lost > 0 && lost <= CAP, "{lost} of a cap of {CAP}");
    assert!(5 * won <= lost, "{won} of {lost}");
}
