//! `update_ownership`: governance changes hands in two steps.

use cosmwasm_std::Addr;
use cw_ownable::{Action, Ownership, OwnershipError};
use tequio_escrow::ContractError;
use tequio_protocol::escrow::{ExecuteMsg, OwnershipChanged, QueryMsg};

use crate::world::{World, event};

fn transfer(to: &Addr) -> ExecuteMsg {
    ExecuteMsg::UpdateOwnership(Action::TransferOwnership { new_owner: to.to_string(), expiry: None })
}

#[test]
fn the_pending_owner_accepts() {
    let mut world = World::new();
    let (old, new) = (world.governance.clone(), world.stranger.clone());
    let events = world.sends(&old, transfer(&new), 0);
    let offered = OwnershipChanged { owner: Some(old.to_string()), pending: Some(new.to_string()) };
    assert_eq!(event::<OwnershipChanged>(&events), offered);
    let events = world.sends(&new, ExecuteMsg::UpdateOwnership(Action::AcceptOwnership), 0);
    let taken = OwnershipChanged { owner: Some(new.to_string()), pending: None };
    assert_eq!(event::<OwnershipChanged>(&events), taken);
    let ownership: Ownership<String> = world.ask(&QueryMsg::Ownership {});
    assert_eq!(ownership.owner, Some(new.to_string()));
    let pause = ExecuteMsg::Pause { posting: true, assigning: true };
    assert_eq!(world.refused(&old, pause.clone(), 0), ContractError::Ownership(OwnershipError::NotOwner));
    world.sends(&new, pause, 0);
}

#[test]
fn nobody_takes_it() {
    let mut world = World::new();
    let (owner, stranger) = (world.governance.clone(), world.stranger.clone());
    let error = world.refused(&stranger, transfer(&stranger), 0);
    assert_eq!(error, ContractError::Ownership(OwnershipError::NotOwner));
    world.sends(&owner, transfer(&world.client.clone()), 0);
    let error = world.refused(&stranger, ExecuteMsg::UpdateOwnership(Action::AcceptOwnership), 0);
    assert_eq!(error, ContractError::Ownership(OwnershipError::NotPendingOwner));
}

#[test]
fn without_governance_jobs_end_as_ever() {
    let mut world = World::new();
    let assignment = world.genuine(10);
    world.sends(&world.governance.clone(), ExecuteMsg::UpdateOwnership(Action::RenounceOwnership), 0);
    world.settle(assignment);
    assert_eq!(world.balance(&world.alice.owner), 10_000);
}
