use cosmwasm_std::testing::{mock_dependencies, mock_env};
use cw_multi_test::Executor;
use tequio_contract::migrate::BadMigration;
use tequio_protocol::rewards::MigrateMsg;
use tequio_rewards::{CONTRACT, ContractError, VERSION, migrate};

use crate::world::{EPOCH, World, addr};

fn migrate_from(contract: &str, version: &str) -> Result<String, ContractError> {
    let mut deps = mock_dependencies();
    cw2::set_contract_version(&mut deps.storage, contract, version).unwrap();
    migrate(deps.as_mut(), mock_env(), MigrateMsg {})?;
    Ok(cw2::get_contract_version(&deps.storage).unwrap().version)
}

#[test]
fn pending_state_is_kept() {
    let (mut world, escrow, client) = World::settled();
    let alice = addr("alice");
    world.reserve(&escrow, 1, &client, 10).unwrap();
    world.commons(&escrow, 2, 10).unwrap();
    world.reward(&escrow, 1, 1, &alice, 4).unwrap();
    world.reward(&escrow, 2, 2, &alice, 1).unwrap();
    let before = world.app.dump_wasm_raw(&world.rewards);
    world.app.migrate_contract(world.owner.clone(), world.rewards.clone(), &MigrateMsg {}, world.code).unwrap();
    assert_eq!(world.app.dump_wasm_raw(&world.rewards), before);
    world.release(&escrow, 1, 6).unwrap();
    world.pass(EPOCH);
    world.claim(&alice).unwrap();
    assert_eq!((world.purse(&alice), world.credits(&client)), (220, 960));
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
