use cosmwasm_std::{coin, coins};
use tequio_contract::funds::BadFunds;
use tequio_protocol::{
    TypedEvent,
    registry::{Bonded, ExecuteMsg, MAX_FIELD, Metadata, ProviderResponse, QueryMsg, Registered},
};
use tequio_registry::{ContractError, core::error::CoreError};

use crate::world::{DENOM, OTHER, RICHES, World, addr, event, u};

fn register(operator: &str) -> ExecuteMsg {
    let metadata = Metadata { moniker: "Alice".into(), ..Metadata::default() };
    ExecuteMsg::Register { operator: addr(operator).to_string(), metadata }
}

#[test]
fn whoever_registers_becomes_a_provider_and_bonds_what_it_sent() {
    let mut world = World::new();
    let alice = addr("alice");
    let response = world.pay(&alice, &register("bob"), &coins(700, DENOM)).unwrap();
    let metadata = r#"{"moniker":"Alice","website":"","endpoint":"","hardware":""}"#.into();
    let registered = Registered { provider: alice.to_string(), operator: addr("bob").to_string(), metadata };
    assert_eq!(event::<Registered>(&response), registered);
    assert_eq!(event::<Bonded>(&response), Bonded { provider: alice.to_string(), amount: u(700) });
    let expected = ProviderResponse {
        provider: alice.to_string(),
        operator: addr("bob").to_string(),
        metadata: Metadata { moniker: "Alice".into(), ..Metadata::default() },
        stake: u(700),
        thawing: u(0),
        liens: u(0),
        free: u(700),
        slashed: u(0),
    };
    assert_eq!(world.describe(&alice), expected);
    let by_operator: Option<ProviderResponse> = world.ask(&QueryMsg::Operator { operator: addr("bob").to_string() });
    assert_eq!(by_operator, Some(expected));
    assert_eq!(world.purse(&alice), RICHES - 700);
}

#[test]
fn stake_can_come_later() {
    let mut world = World::new();
    let response = world.send(&addr("alice"), &register("alice")).unwrap();
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
fn an_operator_serves_one_provider() {
    let mut world = World::new();
    world.send(&addr("alice"), &register("carol")).unwrap();
    assert_eq!(
        world.send(&addr("bob"), &register("carol")).unwrap_err(),
        ContractError::OperatorTaken { operator: addr("carol"), provider: addr("alice") }
    );
}

#[test]
fn an_owner_key_may_operate_for_someone_else() {
    let mut world = World::new();
    world.send(&addr("alice"), &register("bob")).unwrap();
    world.send(&addr("bob"), &register("carol")).unwrap();
    let by_operator: Option<ProviderResponse> = world.ask(&QueryMsg::Operator { operator: addr("bob").to_string() });
    assert_eq!(by_operator.unwrap().provider, addr("alice").to_string());
}

#[test]
fn only_the_stake_denom_is_taken() {
    let mut world = World::new();
    let alice = addr("alice");
    let wrong =
        |found: &str| ContractError::Funds(BadFunds::WrongDenom { expected: DENOM.into(), found: found.into() });
    assert_eq!(world.pay(&alice, &register("alice"), &coins(5, OTHER)).unwrap_err(), wrong("5uother"));
    let both = [coin(5, OTHER), coin(5, DENOM)];
    assert_eq!(world.pay(&alice, &register("alice"), &both).unwrap_err(), wrong("5uother,5utoken"));
    assert_eq!(world.purse(&alice), RICHES);
}

#[test]
fn metadata_is_bounded() {
    let mut world = World::new();
    let endpoint = "x".repeat(MAX_FIELD + 1);
    let metadata = Metadata { endpoint, ..Metadata::default() };
    let msg = ExecuteMsg::Register { operator: addr("alice").to_string(), metadata };
    assert_eq!(
        world.send(&addr("alice"), &msg).unwrap_err(),
        ContractError::Core(CoreError::FieldTooLong { field: "endpoint", length: MAX_FIELD + 1, max: MAX_FIELD })
    );
}
