use cosmwasm_std::coins;
use cw_ownable::{Action, OwnershipError};
use tequio_contract::funds::BadFunds;
use tequio_protocol::verifier::{ExecuteMsg, OwnershipChanged, QueryMsg};
use tequio_verifier::ContractError;

use crate::world::{CONFIG, ROOT, World, event, subject};

fn transfer(world: &World) -> ExecuteMsg {
    ExecuteMsg::UpdateOwnership(Action::TransferOwnership { new_owner: world.bob.to_string(), expiry: None })
}

#[test]
fn governance_passes_on_in_two_steps() {
    let mut world = World::new();
    let (governance, bob) = (world.governance.clone(), world.bob.clone());
    let answer = world.send(&governance, &transfer(&world)).unwrap();
    let offered = OwnershipChanged { owner: Some(governance.to_string()), pending: Some(bob.to_string()) };
    assert_eq!(event::<OwnershipChanged>(&answer), offered);
    world.configure(CONFIG);
    let answer = world.send(&bob, &ExecuteMsg::UpdateOwnership(Action::AcceptOwnership)).unwrap();
    let taken = OwnershipChanged { owner: Some(bob.to_string()), pending: None };
    assert_eq!(event::<OwnershipChanged>(&answer), taken);
    let ownership: cw_ownable::Ownership<String> = world.query(&QueryMsg::Ownership {});
    assert_eq!(ownership.owner, Some(bob.to_string()));
    let error = world.refused(&governance, &ExecuteMsg::Configure { config: CONFIG });
    assert_eq!(error, ContractError::Ownership(OwnershipError::NotOwner));
}

#[test]
fn nobody_takes_it() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let accept = ExecuteMsg::UpdateOwnership(Action::AcceptOwnership);
    assert_eq!(world.refused(&alice, &transfer(&world)), ContractError::Ownership(OwnershipError::NotOwner));
    assert_eq!(world.refused(&bob, &accept), ContractError::Ownership(OwnershipError::TransferNotFound));
    world.send(&world.governance.clone(), &transfer(&world)).unwrap();
    assert_eq!(world.refused(&alice, &accept), ContractError::Ownership(OwnershipError::NotPendingOwner));
}

#[test]
fn without_governance_everything_else_goes_on() {
    let mut world = World::new();
    let governance = world.governance.clone();
    world.send(&governance, &ExecuteMsg::UpdateOwnership(Action::RenounceOwnership)).unwrap();
    let error = world.refused(&governance, &ExecuteMsg::Configure { config: CONFIG });
    assert_eq!(error, ContractError::Ownership(OwnershipError::NoOwner));
    let id = world.attest_and_tick(&world.alice.clone(), &subject(), ROOT);
    assert!(world.post_round(id).seed.is_some());
}

#[test]
fn no_message_takes_funds() {
    let mut world = World::new();
    let (alice, governance) = (world.alice.clone(), world.governance.clone());
    let messages = [
        (&alice, ExecuteMsg::Tick {}),
        (&alice, world.signed(1)),
        (&alice, ExecuteMsg::Attest { subject: subject(), root: ROOT }),
        (&alice, ExecuteMsg::Open { attestation: [0; 32].into(), opening: vec![].into() }),
        (&governance, ExecuteMsg::Propose { beacon: world.beacon.public().clone() }),
        (&governance, ExecuteMsg::Configure { config: CONFIG }),
        (&governance, transfer(&world)),
    ];
    for (sender, msg) in messages {
        let error = world.send_with(sender, &msg, &coins(7, "utequio")).unwrap_err();
        assert_eq!(error, BadFunds::NotTaken { found: "7utequio".into() }.into(), "{msg:?}");
    }
}
