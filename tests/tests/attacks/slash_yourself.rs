//! Slash yourself to save the stake.

use cosmwasm_std::Uint128;
use tequio_contract::bounds::OutOfBounds;
use tequio_embedded::Setup;
use tequio_protocol::{escrow, registry};
use tequio_registry::ContractError;
use tequio_tests::{Job, World, job, model::noise};

/// Mallory is client, provider and reporter, and lets herself be found false. What she had of the denom, what she lost,
/// and her lien.
fn slashes_herself(setup: Setup) -> (u128, u128) {
    let mut world = World::with(setup);
    let mallory = world.cheat("mallory", |scene| {
        let mut made_up = scene.honest.clone();
        made_up.slots.iter_mut().for_each(|slot| *slot = noise(5, slot.len()));
        made_up
    });
    let (client, supply) = (world.client.clone(), world.chain.supply().unwrap().u128());
    let hers = |world: &World| world.wealth(&client) + world.wealth(&mallory.owner) + world.wealth(&mallory.operator);
    let before = hers(&world);
    world.post(job());
    let assignment = world.assign(&mallory, 8);
    let lien = world.assignment(assignment).lien.u128();
    world.attest(&mallory);
    world.beacon();
    world.open(&mallory);
    // She reports herself.
    world.send(&mallory.operator, escrow::ExecuteMsg::Settle { assignments: vec![assignment] }, 0);
    world.refund(None);
    for who in [&client, &mallory.operator] {
        if world.compensation(who) > 0 {
            world.send(who, registry::ExecuteMsg::Withdraw {}, 0);
        }
    }
    world.withdraw(&client);
    world.send(&mallory.owner, registry::ExecuteMsg::Burn {}, 0);
    let lost = before - hers(&world);
    // It is nobody's: it is gone.
    assert_eq!(supply - world.chain.supply().unwrap().u128(), lost);
    (lost, lien)
}

#[test]
fn four_fifths_of_it_are_burned_whatever_the_rest_is_called() {
    let (lost, lien) = slashes_herself(Setup::default());
    assert!(lost >= lien / 5 * 4, "lost {lost} of {lien}");

    // Governance that is hers as far as it may be: every tip as high as she likes.
    let mut generous = Setup { max_gas: Uint128::MAX, ..Setup::default() };
    generous.escrow.client_gas = Uint128::MAX;
    generous.escrow.reporter_tip = Uint128::MAX;
    let (lost, lien) = slashes_herself(generous);
    assert_eq!(lost, (4 * lien).div_ceil(5));
}

#[test]
fn governance_cannot_burn_less() {
    let mut world = World::new();
    let governance = world.chain.deployment().governance.clone();
    let config = registry::Config { burn_bps: 7_999, ..Setup::default().registry };
    let refused: ContractError = world.refused(&governance, registry::ExecuteMsg::Configure { config }, 0);
    let bounds = OutOfBounds::Number { name: "burn_bps", value: 7_999, min: 8_000, max: 10_000 };
    assert_eq!(refused, ContractError::Core(bounds.into()));
}

#[test]
fn the_client_profits_from_no_slash_beyond_its_gas() {
    let mut world = World::new();
    let mallory = world.cheat("mallory", |scene| {
        let mut made_up = scene.honest.clone();
        made_up.slots[0] = noise(5, made_up.slots[0].len());
        made_up
    });
    world.post(Job { price: 1_000_000_000, ..job() });
    world.assign(&mallory, 8);
    world.attest(&mallory);
    world.beacon();
    world.open(&mallory);
    world.settle();
    let tip = Setup::default().escrow.reporter_tip.u128();
    assert_eq!(world.compensation(&world.client), Setup::default().escrow.client_gas.u128());
    assert_eq!(world.compensation(&world.stranger), tip);
}
