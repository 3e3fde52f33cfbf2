use tequio_protocol::registry::{ExecuteMsg, MAX_FIELD, MAX_OPERATORS, Metadata, Updated};
use tequio_registry::{ContractError, core::error::CoreError};

use crate::world::{World, addr, event};

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| addr(name).to_string()).collect()
}

#[test]
fn operators_come_and_go_and_the_owner_key_works_always() {
    let mut world = World::new();
    let alice = world.provider("alice", 1);
    let [carol, dave] = ["carol", "dave"].map(addr);
    assert_eq!((world.works(&alice, &alice), world.works(&alice, &carol)), (true, false));
    let response = world.rotate(&alice, &["carol", "dave"], &[]).unwrap();
    let (provider, added, removed) = (alice.to_string(), names(&["carol", "dave"]), vec![]);
    assert_eq!(event::<Updated>(&response), Updated { provider, added, removed, metadata: None });
    assert!(world.works(&alice, &carol) && world.works(&alice, &dave));

    let response = world.rotate(&alice, &["bob"], &["carol"]).unwrap();
    let (provider, added, removed) = (alice.to_string(), names(&["bob"]), names(&["carol"]));
    assert_eq!(event::<Updated>(&response), Updated { provider, added, removed, metadata: None });
    assert_eq!((world.works(&alice, &carol), world.works(&alice, &addr("bob"))), (false, true));
    let mut left = names(&["bob", "dave"]);
    left.sort();
    assert_eq!(world.describe(&alice).operators, left);
    assert_eq!((world.works_for(&carol), world.works_for(&dave)), (vec![], vec![alice.clone()]));
    world.rotate(&alice, &[], &["bob", "dave"]).unwrap();
    assert!(world.works(&alice, &alice) && world.describe(&alice).operators.is_empty());
}

/// Before, whoever registered first with another's operator key had it, and its owner could not register it.
#[test]
fn nobody_squats_on_a_key() {
    let mut world = World::new();
    let (mallory, rig) = (world.provider("bob", 0), addr("carol"));
    world.rotate(&mallory, &["carol", "alice"], &[]).unwrap();
    let register = ExecuteMsg::Register { operators: names(&["carol"]), metadata: Metadata::default() };
    world.send(&addr("alice"), &register).unwrap();
    let alice = addr("alice");
    assert!(world.works(&alice, &rig) && world.works(&alice, &alice) && !world.works(&alice, &mallory));
    // Neither lets the other go.
    world.rotate(&mallory, &[], &["carol"]).unwrap();
    assert!(world.works(&alice, &rig) && !world.works(&mallory, &rig));
    world.rotate(&mallory, &["carol"], &[]).unwrap();
    world.rotate(&alice, &[], &["carol"]).unwrap();
    assert!(!world.works(&alice, &rig) && world.works(&mallory, &rig));
    assert_eq!(world.works_for(&alice), [mallory]);
}

#[test]
fn a_list_is_neither_long_nor_repeats_itself() {
    let mut world = World::new();
    let alice = world.provider("alice", 1);
    let many: Vec<_> = (0..=MAX_OPERATORS).map(|n| format!("rig {n}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let full = || ContractError::TooManyOperators { provider: alice.clone(), listed: 16, max: MAX_OPERATORS };
    assert_eq!(world.rotate(&alice, &many, &[]).unwrap_err(), full());
    assert!(world.describe(&alice).operators.is_empty());
    world.rotate(&alice, &many[..MAX_OPERATORS], &[]).unwrap();
    assert_eq!(world.rotate(&alice, &["carol"], &[]).unwrap_err(), full());
    // All at once for others.
    world.rotate(&alice, &["carol"], &many[..MAX_OPERATORS]).unwrap();
    let again = |operator: &str| ContractError::AlreadyOperator { operator: addr(operator), provider: alice.clone() };
    assert_eq!(world.rotate(&alice, &["carol"], &[]).unwrap_err(), again("carol"));
    assert_eq!(world.rotate(&alice, &["dave", "dave"], &[]).unwrap_err(), again("dave"));
    assert_eq!(world.rotate(&alice, &["alice"], &[]).unwrap_err(), again("alice"));
    for name in ["dave", "alice"] {
        let error = ContractError::NotOperator { operator: addr(name), provider: alice.clone() };
        assert_eq!(world.rotate(&alice, &["bob"], &[name]).unwrap_err(), error);
    }
    assert_eq!(world.describe(&alice).operators, names(&["carol"]));
}

#[test]
fn metadata_changes_alone_and_stays_bounded() {
    let mut world = World::new();
    let alice = world.provider("alice", 1);
    world.rotate(&alice, &["carol"], &[]).unwrap();
    let update = |metadata| ExecuteMsg::Update { add: vec![], remove: vec![], metadata: Some(metadata) };
    let metadata = Metadata { hardware: "8 GPUs".into(), ..Metadata::default() };
    let response = world.send(&alice, &update(metadata.clone())).unwrap();
    let told = Some(r#"{"moniker":"","website":"","endpoint":"","hardware":"8 GPUs"}"#.into());
    let (provider, added, removed) = (alice.to_string(), vec![], vec![]);
    assert_eq!(event::<Updated>(&response), Updated { provider, added, removed, metadata: told });
    assert_eq!(world.describe(&alice).metadata, metadata);
    assert_eq!(world.describe(&alice).operators, names(&["carol"]));
    let long = Metadata { website: "x".repeat(MAX_FIELD + 1), ..Metadata::default() };
    let error = CoreError::FieldTooLong { field: "website", length: MAX_FIELD + 1, max: MAX_FIELD };
    assert_eq!(world.send(&alice, &update(long)).unwrap_err(), ContractError::Core(error));
    assert_eq!(world.describe(&alice).metadata, metadata);
}

#[test]
fn only_the_owner_key_updates() {
    let mut world = World::new();
    let alice = world.provider("alice", 1);
    world.rotate(&alice, &["carol"], &[]).unwrap();
    for sender in ["carol", "dave"] {
        let error = ContractError::NotProvider { sender: addr(sender) };
        assert_eq!(world.rotate(&addr(sender), &["dave"], &[]).unwrap_err(), error);
    }
}

#[test]
fn an_update_of_nothing_is_refused() {
    let mut world = World::new();
    let alice = world.provider("alice", 1);
    assert_eq!(world.rotate(&alice, &[], &[]).unwrap_err(), ContractError::NothingToUpdate);
}
