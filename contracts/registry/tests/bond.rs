use cosmwasm_std::coins;
use tequio_contract::funds::BadFunds;
use tequio_protocol::registry::{Bonded, ExecuteMsg};
use tequio_registry::ContractError;

use crate::world::{DENOM, OTHER, RICHES, World, addr, event, u};

#[test]
fn funds_become_free_stake() {
    let mut world = World::new();
    let alice = world.provider("alice", 100);
    let response = world.bond(&alice, 50).unwrap();
    assert_eq!(event::<Bonded>(&response), Bonded { provider: alice.to_string(), amount: u(50) });
    assert_eq!(world.stake(&alice), (150, 0, 0, 0));
    assert_eq!(world.purse(&world.registry), 150);
}

#[test]
fn anyone_may_add_to_a_providers_stake() {
    let mut world = World::new();
    let alice = world.provider("alice", 100);
    let msg = ExecuteMsg::Bond { provider: Some(alice.to_string()) };
    world.pay(&addr("dave"), &msg, &coins(50, DENOM)).unwrap();
    assert_eq!(world.stake(&alice), (150, 0, 0, 0));
    assert_eq!(world.purse(&addr("dave")), RICHES - 50);
}

#[test]
fn only_providers_have_stake() {
    let mut world = World::new();
    let error = ContractError::UnknownProvider { provider: addr("dave") };
    assert_eq!(world.bond(&addr("dave"), 50).unwrap_err(), error);
    let msg = ExecuteMsg::Bond { provider: Some(addr("dave").to_string()) };
    assert_eq!(world.pay(&addr("alice"), &msg, &coins(50, DENOM)).unwrap_err(), error);
    assert_eq!(world.purse(&addr("alice")), RICHES);
}

#[test]
fn nothing_and_the_wrong_thing_are_refused() {
    let mut world = World::new();
    let alice = world.provider("alice", 100);
    let msg = ExecuteMsg::Bond { provider: None };
    assert_eq!(
        world.send(&alice, &msg).unwrap_err(),
        ContractError::Funds(BadFunds::Missing { expected: DENOM.into() })
    );
    assert_eq!(
        world.pay(&alice, &msg, &coins(50, OTHER)).unwrap_err(),
        ContractError::Funds(BadFunds::WrongDenom { expected: DENOM.into(), found: "50uother".into() })
    );
}
