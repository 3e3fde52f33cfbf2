use cosmwasm_std::{coin, coins};
use tequio_contract::funds::BadFunds;
use tequio_protocol::{
    TypedEvent,
    registry::{Bonded, ExecuteMsg, MAX_FIELD, Metadata, ProviderResponse, Registered},
};
use tequio_registry::{ContractError, core::error::CoreError};

use crate::world::{DENOM, OTHER, RICHES, World, addr, event, u};

fn register(operator: &str) -> ExecuteMsg {
    let metadata = Metadata { moniker: "Alice".into(), ..Metadata::default() };
    ExecuteMsg::Register { operators: vec![addr(operator).to_string()], metadata }
}

#[test]
fn whoever_registers_becomes_a_provider_and_bonds_what_it_sent() {
    let mut world = World::new();
    let alice = addr("alice");
    let response = world.pay(&alice, &register("bob"), &coins(700, DENOM)).unwrap();
    let metadata = r#"{"moniker":"Alice","website":"","endpoint":"","hardware":""}"#.into();
    let registered = Registered { provider: alice.to_string(), operators: vec![addr("bob").to_string()], metadata };
    assert_eq!(event::<Registered>(&response), registered);
    assert_eq!(event::<Bonded>(&response), Bonded { provider: alice.to_string(), amount: u(700) });
    let expected = ProviderResponse {
        provider: alice.to_string(),
        operators: vec![addr("bob").to_string()],
        metadata: Metadata { moniker: "Alice".into(), ..Metadata::default() },
        stake: u(700),
        thawing: u(0),
        liens: u(0),
        free: u(700),
        slashed: u(0),
    };
    assert_eq!(world.describe(&alice), expected);
    assert_eq!((world.works(&alice, &addr("bob")), world.works(&alice, &alice)), (true, true));
    assert_eq!(world.purse(&alice), RICHES - 700);
}

#[test]
fn stake_can_come_later() {
    let mut world = World::new();
    let response = world.send(&addr("alice"), &register("bob")).unwrap();
    assert!(Bonded::all(&response.events).is_empty());
    assert_eq!(world.stake(&addr("alice")), (0, 0, 0, 0));
}

#[test]
fn once_per_owner_key() {
    let mut world = World::new();
    let alice = world.provider("alice", 1);
    assert_eq!(
        world.send(&alice, &register("bob")).unwrap_err(),
        ContractError::AlreadyRegistered { provider: alice.clone() }
    );
}

#[test]
fn operators_may_be_shared_and_owner_keys_too() {
    let mut world = World::new();
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(addr);
    world.send(&alice, &register("carol")).unwrap();
    world.send(&bob, &register("carol")).unwrap();
    world.send(&carol, &register("alice")).unwrap();
    let mut both = [alice.clone(), bob.clone()];
    both.sort();
    assert_eq!(world.works_for(&carol), both);
    assert!(world.works(&alice, &carol) && world.works(&bob, &carol) && world.works(&carol, &carol));
    assert!(world.works(&carol, &alice) && !world.works(&bob, &alice));
}

#[test]
fn the_owner_key_is_no_operator_of_its_own() {
    let mut world = World::new();
    let alice = addr("alice");
    let error = ContractError::AlreadyOperator { operator: alice.clone(), provider: alice.clone() };
    assert_eq!(world.send(&alice, &register("alice")).unwrap_err(), error);
    let none = ExecuteMsg::Register { operators: vec![], metadata: Metadata::default() };
    world.send(&alice, &none).unwrap();
    assert!(world.works(&alice, &alice));
}

#[test]
fn only_the_stake_denom_is_taken() {
    let mut world = World::new();
    let alice = addr("alice");
    let wrong =
        |found: &str| ContractError::Funds(BadFunds::WrongDenom { expected: DENOM.into(), found: found.into() });
    assert_eq!(world.pay(&alice, &register("bob"), &coins(5, OTHER)).unwrap_err(), wrong("5uother"));
    let both = [coin(5, OTHER), coin(5, DENOM)];
    assert_eq!(world.pay(&alice, &register("bob"), &both).unwrap_err(), wrong("5uother,5utoken"));
    assert_eq!(world.purse(&alice), RICHES);
}

#[test]
fn metadata_is_bounded() {
    let mut world = World::new();
    let endpoint = "x".repeat(MAX_FIELD + 1);
    let metadata = Metadata { endpoint, ..Metadata::default() };
    let msg = ExecuteMsg::Register { operators: vec![], metadata };
    assert_eq!(
        world.send(&addr("alice"), &msg).unwrap_err(),
        ContractError::Core(CoreError::FieldTooLong { field: "endpoint", length: MAX_FIELD + 1, max: MAX_FIELD })
    );
}
