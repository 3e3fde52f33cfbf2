use cw_ownable::{Action, OwnershipError};
use tequio_protocol::registry::{ExecuteMsg, OwnershipChanged};
use tequio_registry::ContractError;

use crate::world::{CONFIG, World, addr, event};

#[test]
fn governance_changes_hands_in_two_steps() {
    let mut world = World::new();
    let (old, new) = (world.owner.clone(), addr("dave"));
    let transfer = Action::TransferOwnership { new_owner: new.to_string(), expiry: None };
    let response = world.send(&old, &ExecuteMsg::UpdateOwnership(transfer)).unwrap();
    let offered = OwnershipChanged { owner: Some(old.to_string()), pending: Some(new.to_string()) };
    assert_eq!(event::<OwnershipChanged>(&response), offered);
    let accept = ExecuteMsg::UpdateOwnership(Action::AcceptOwnership);
    let error = ContractError::Ownership(OwnershipError::NotPendingOwner);
    assert_eq!(world.send(&old, &accept).unwrap_err(), error);
    let response = world.send(&new, &accept).unwrap();
    let taken = OwnershipChanged { owner: Some(new.to_string()), pending: None };
    assert_eq!(event::<OwnershipChanged>(&response), taken);
    let configure = ExecuteMsg::Configure { config: CONFIG };
    assert_eq!(world.send(&old, &configure).unwrap_err(), ContractError::Ownership(OwnershipError::NotOwner));
    world.send(&new, &configure).unwrap();
}

#[test]
fn nobody_else_governs() {
    let (mut world, alice, escrow) = World::settled();
    let transfer = Action::TransferOwnership { new_owner: alice.to_string(), expiry: None };
    for msg in [
        ExecuteMsg::Grant { holder: alice.to_string() },
        ExecuteMsg::Revoke { holder: escrow.to_string() },
        ExecuteMsg::Configure { config: CONFIG },
        ExecuteMsg::UpdateOwnership(transfer),
        ExecuteMsg::UpdateOwnership(Action::RenounceOwnership),
    ] {
        for sender in [&alice, &escrow, &addr("dave")] {
            assert_eq!(world.send(sender, &msg).unwrap_err(), ContractError::Ownership(OwnershipError::NotOwner));
        }
    }
}

#[test]
fn without_governance_stake_still_comes_out() {
    let (mut world, alice, escrow) = World::settled();
    world.lien(&escrow, &alice, 600).unwrap();
    world.send(&world.owner.clone(), &ExecuteMsg::UpdateOwnership(Action::RenounceOwnership)).unwrap();
    world.release(&escrow, &alice, 600).unwrap();
    world.unbond(&alice, 1_000).unwrap();
    world.pass(CONFIG.thaw);
    world.withdraw(&alice).unwrap();
    assert_eq!(world.purse(&world.registry), 0);
}
