use cosmwasm_std::testing::{mock_dependencies, mock_env};
use cw_multi_test::Executor;
use tequio_contract::migrate::BadMigration;
use tequio_protocol::registry::MigrateMsg;
use tequio_registry::{CONTRACT, ContractError, VERSION, migrate};

use crate::world::{CONFIG, World};

fn migrate_from(contract: &str, version: &str) -> Result<String, ContractError> {
    let mut deps = mock_dependencies();
    cw2::set_contract_version(&mut deps.storage, contract, version).unwrap();
    migrate(deps.as_mut(), mock_env(), MigrateMsg {})?;
    Ok(cw2::get_contract_version(&deps.storage).unwrap().version)
}

#[test]
fn pending_state_is_kept() {
    let (mut world, alice, escrow) = World::settled();
    world.lien(&escrow, &alice, 300).unwrap();
    world.unbond(&alice, 200).unwrap();
    let before = world.app.dump_wasm_raw(&world.registry);
    world.app.migrate_contract(world.owner.clone(), world.registry.clone(), &MigrateMsg {}, world.code).unwrap();
    assert_eq!(world.app.dump_wasm_raw(&world.registry), before);
    world.slash(&escrow, &alice, 100, None, None).unwrap();
    world.pass(CONFIG.thaw);
    world.withdraw(&alice).unwrap();
    assert_eq!(world.stake(&alice), (500, 0, 200, 100));
}

#[test]
fn from_older_versions_of_the_same_contract_only() {
    assert_eq!(migrate_from(CONTRACT, VERSION), Ok(VERSION.into()));
    assert_eq!(migrate_from(CONTRACT, "0.2.0-rc.1"), Ok(VERSION.into()));
    assert_eq!(
        migrate_from(CONTRACT, "99.0.0"),
        Err(ContractError::Migration(BadMigration::NewerVersion { stored: "99.0.0".into(), code: VERSION }))
    );
    assert_eq!(
        migrate_from("crates.io:another", "0.0.1"),
        Err(ContractError::Migration(BadMigration::WrongContract {
            expected: CONTRACT,
            found: "crates.io:another".into()
        }))
    );
}
