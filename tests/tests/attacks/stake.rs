//! Cheats with stake.

use tequio_protocol::{escrow, registry};
use tequio_registry::Error as ContractError;
use tequio_tests::{World, job};

#[test]
fn one_stake_behind_many_assignments() {
    let mut world = World::new();
    let spec = world.offer(&job());
    let lien = world.quote(&spec).lien.u128();
    let alice = world.provider_with("alice", 8 * lien);
    world.post(job());
    world.assign(&alice, 8);
    let job = world.post(job());
    let assign = escrow::ExecuteMsg::Assign { job, count: 1 };
    let refused: ContractError = world.refused(&alice.operator, assign, 0);
    assert_eq!(refused, ContractError::StakeShort { free: 0u128.into(), needed: lien.into() });
}

#[test]
fn leaving_before_the_verdict() {
    let mut world = World::new();
    let spec = world.offer(&job());
    let lien = world.quote(&spec).lien.u128();
    let mallory = world.provider_with("mallory", 8 * lien + 5);
    world.post(job());
    world.assign(&mallory, 8);
    world.attest(&mallory);
    // What is free may thaw; what is under lien may not.
    let refused: ContractError =
        world.refused(&mallory.owner, registry::ExecuteMsg::Unbond { amount: 6u128.into() }, 0);
    assert_eq!(refused, ContractError::StakeShort { free: 5u128.into(), needed: 6u128.into() });
    world.send(&mallory.owner, registry::ExecuteMsg::Unbond { amount: 5u128.into() }, 0);
    world.beacon();
    let ended = world.expire();
    assert_eq!(ended[0].slashed.u128(), 8 * lien);
    assert_eq!(world.stake(&mallory).stake.u128(), 5);
}

#[test]
fn a_cap_bounds_what_a_faulty_holder_can_take() {
    let mut world = World::new();
    let alice = world.provider("alice");
    let spec = world.offer(&job());
    let lien = world.quote(&spec).lien.u128();
    let holder = world.chain.contracts.escrow.to_string();
    world.send(&alice.owner, registry::ExecuteMsg::Cap { holder, amount: (3 * lien).into() }, 0);
    let job = world.post(job());
    let refused: ContractError = world.refused(&alice.operator, escrow::ExecuteMsg::Assign { job, count: 4 }, 0);
    assert!(matches!(refused, ContractError::CapExceeded { .. }), "{refused}");
    world.assign(&alice, 3);
    // And nobody but a holder takes anything.
    let provider = alice.owner.to_string();
    let slash = registry::ExecuteMsg::Slash { provider, amount: 1u128.into(), client: None, reporter: None };
    let stranger = world.stranger.clone();
    let refused: ContractError = world.refused(&stranger, slash, 0);
    assert!(matches!(refused, ContractError::NotHolder { .. }), "{refused}");
}
