//! `migrate`: what is pending stays.

use cosmwasm_std::testing::{mock_dependencies, mock_env};
use cw_multi_test::Executor;
use tequio_arbiter::{CONTRACT, ContractError, VERSION, migrate};
use tequio_contract::migrate::BadMigration;
use tequio_protocol::{
    arbiter::{MigrateMsg, Wanted},
    verifier::Verdict,
};

use crate::world::{ONE, World, contract};

fn migrate_from(contract: &str, version: &str) -> Result<String, ContractError> {
    let mut deps = mock_dependencies();
    cw2::set_contract_version(&mut deps.storage, contract, version).unwrap();
    migrate(deps.as_mut(), mock_env(), MigrateMsg {})?;
    Ok(cw2::get_contract_version(&deps.storage).unwrap().version)
}

#[test]
fn open_demands_are_kept() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let demand = world.demands(&bob, Wanted::Shards { depth: 0, index: 0 }).demand;
    let before = world.app.dump_wasm_raw(&world.arbiter);
    let code = world.app.store_code(contract());
    world.app.migrate_contract(alice.clone(), world.arbiter.clone(), &MigrateMsg {}, code).unwrap();
    assert_eq!(world.app.dump_wasm_raw(&world.arbiter), before);
    world.reveals(demand);
    world.verdict(ONE, Verdict::Genuine {});
    world.settles(&[demand]);
    assert_eq!(world.balance(&alice), 100);
}

#[test]
fn from_older_versions_of_the_same_contract_only() {
    assert_eq!(migrate_from(CONTRACT, VERSION), Ok(VERSION.into()));
    assert_eq!(migrate_from(CONTRACT, "0.2.0-rc.1"), Ok(VERSION.into()));
    let newer = BadMigration::NewerVersion { stored: "99.0.0".into(), code: VERSION };
    assert_eq!(migrate_from(CONTRACT, "99.0.0"), Err(ContractError::Migration(newer)));
    let other = BadMigration::WrongContract { expected: CONTRACT, found: "crates.io:another".into() };
    assert_eq!(migrate_from("crates.io:another", "0.0.1"), Err(ContractError::Migration(other)));
}
