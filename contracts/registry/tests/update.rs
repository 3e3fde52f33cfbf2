use tequio_protocol::registry::{ExecuteMsg, MAX_FIELD, Metadata, ProviderResponse, QueryMsg, Updated};
use tequio_registry::{ContractError, core::error::CoreError};

use crate::world::{World, addr, event};

fn operator(name: &str) -> ExecuteMsg {
    ExecuteMsg::Update { operator: Some(addr(name).to_string()), metadata: None }
}

fn served_by(world: &World, name: &str) -> Option<String> {
    let provider: Option<ProviderResponse> = world.ask(&QueryMsg::Operator { operator: addr(name).to_string() });
    provider.map(|provider| provider.provider)
}

#[test]
fn a_new_operator_replaces_the_old_one_who_is_free_to_serve_another() {
    let mut world = World::new();
    let alice = world.provider("alice", 1);
    let response = world.send(&alice, &operator("carol")).unwrap();
    let carol = Some(addr("carol").to_string());
    assert_eq!(event::<Updated>(&response), Updated { provider: alice.to_string(), operator: carol, metadata: None });
    assert_eq!(served_by(&world, "carol"), Some(alice.to_string()));
    assert_eq!(served_by(&world, "alice"), None);
    assert_eq!(world.describe(&alice).operator, addr("carol").to_string());
    let bob = world.provider("bob", 1);
    world.send(&bob, &operator("alice")).unwrap();
    assert_eq!(served_by(&world, "alice"), Some(bob.to_string()));
}

#[test]
fn naming_the_same_operator_again_is_no_harm() {
    let mut world = World::new();
    let alice = world.provider("alice", 1);
    world.send(&alice, &operator("alice")).unwrap();
    assert_eq!(served_by(&world, "alice"), Some(alice.to_string()));
}

#[test]
fn an_operator_of_another_is_refused() {
    let mut world = World::new();
    let alice = world.provider("alice", 1);
    let bob = world.provider("bob", 1);
    let error = ContractError::OperatorTaken { operator: alice.clone(), provider: alice.clone() };
    assert_eq!(world.send(&bob, &operator("alice")).unwrap_err(), error);
    assert_eq!(served_by(&world, "bob"), Some(bob.to_string()));
}

#[test]
fn metadata_changes_alone_and_stays_bounded() {
    let mut world = World::new();
    let alice = world.provider("alice", 1);
    let metadata = Metadata { hardware: "8 GPUs".into(), ..Metadata::default() };
    let response =
        world.send(&alice, &ExecuteMsg::Update { operator: None, metadata: Some(metadata.clone()) }).unwrap();
    let told = Some(r#"{"moniker":"","website":"","endpoint":"","hardware":"8 GPUs"}"#.into());
    assert_eq!(event::<Updated>(&response), Updated { provider: alice.to_string(), operator: None, metadata: told });
    assert_eq!(world.describe(&alice).metadata, metadata);
    assert_eq!(world.describe(&alice).operator, alice.to_string());

    let long = Metadata { website: "x".repeat(MAX_FIELD + 1), ..Metadata::default() };
    assert_eq!(
        world.send(&alice, &ExecuteMsg::Update { operator: None, metadata: Some(long) }).unwrap_err(),
        ContractError::Core(CoreError::FieldTooLong { field: "website", length: MAX_FIELD + 1, max: MAX_FIELD })
    );
}

#[test]
fn only_the_owner_key_updates() {
    let mut world = World::new();
    let alice = world.provider("alice", 1);
    world.send(&alice, &operator("carol")).unwrap();
    for sender in ["carol", "dave"] {
        assert_eq!(
            world.send(&addr(sender), &operator("dave")).unwrap_err(),
            ContractError::NotProvider { sender: addr(sender) }
        );
    }
}

#[test]
fn an_update_of_nothing_is_refused() {
    let mut world = World::new();
    let alice = world.provider("alice", 1);
    let msg = ExecuteMsg::Update { operator: None, metadata: None };
    assert_eq!(world.send(&alice, &msg).unwrap_err(), ContractError::NothingToUpdate);
}
