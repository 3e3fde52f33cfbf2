use cosmwasm_std::testing::{mock_dependencies, mock_env};
use cw_multi_test::Executor;
use tequio_contract::migrate::BadMigration;
use tequio_protocol::verifier::{MigrateMsg, Verdict};
use tequio_verifier::{CONTRACT, ContractError, VERSION, migrate};

use crate::world::{ROOT, World, contract, subject};

#[test]
fn pending_attestations_survive() {
    let mut world = World::new();
    let (governance, verifier) = (world.governance.clone(), world.verifier.clone());
    // The chain's own administrator, not the contract's governance.
    let msg = tequio_protocol::verifier::InstantiateMsg {
        owner: governance.to_string(),
        config: crate::world::CONFIG,
        beacon: world.beacon.public().clone(),
    };
    let admin = Some(governance.to_string());
    world.verifier = world.app.instantiate_contract(world.code, governance.clone(), &msg, &[], "2", admin).unwrap();
    assert_ne!(world.verifier, verifier);

    let id = world.attest_and_tick(&world.alice.clone(), &subject(), ROOT);
    let before = world.attestation(id);
    let code = world.app.store_code(contract());
    world.app.migrate_contract(governance, world.verifier.clone(), &MigrateMsg {}, code).unwrap();
    assert_eq!(world.attestation(id), before);
    let deadline = world.post_round(id).deadline.unwrap();
    world.pass_to(deadline.time() + 1);
    assert_eq!(world.verdict(id), Verdict::Lapsed {});
}

fn migrated_from(contract: &str, version: &str) -> Result<(), ContractError> {
    let mut deps = mock_dependencies();
    cw2::set_contract_version(&mut deps.storage, contract, version).unwrap();
    migrate(deps.as_mut(), mock_env(), MigrateMsg {})?;
    let stored = cw2::get_contract_version(&deps.storage).unwrap();
    assert_eq!((stored.contract.as_str(), stored.version.as_str()), (CONTRACT, VERSION));
    Ok(())
}

#[test]
fn from_the_same_contract_of_no_later_version() {
    migrated_from(CONTRACT, VERSION).unwrap();
    migrated_from(CONTRACT, "0.2.0-rc.1").unwrap();
    let other = BadMigration::WrongContract { found: "crates.io:tequio-escrow".into(), expected: CONTRACT };
    assert_eq!(migrated_from("crates.io:tequio-escrow", VERSION), Err(other.into()));
    let later = BadMigration::NewerVersion { stored: "99.0.0".into(), code: VERSION };
    assert_eq!(migrated_from(CONTRACT, "99.0.0"), Err(later.into()));
    assert_eq!(migrated_from(CONTRACT, "one"), Err(BadMigration::BadVersion { version: "one".into() }.into()));
}
