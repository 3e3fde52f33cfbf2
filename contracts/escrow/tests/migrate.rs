//! `migrate`: newer code takes over what it finds.

use cw_multi_test::Executor;
use tequio_contract::migrate::BadMigration;
use tequio_escrow::{CONTRACT, ContractError, VERSION};
use tequio_protocol::escrow::{ExecuteMsg, MigrateMsg, State};

use crate::world::{World, contract};

fn migrates(world: &mut World) -> anyhow::Result<()> {
    let code = world.app.store_code(contract());
    let (governance, escrow) = (world.governance.clone(), world.escrow.clone());
    world.app.migrate_contract(governance, escrow, &MigrateMsg {}, code).map(|_| ())
}

fn stored(world: &mut World, name: &str, version: &str) {
    let escrow = world.escrow.clone();
    cw2::set_contract_version(&mut *world.app.contract_storage_mut(&escrow), name, version).unwrap();
}

#[test]
fn pending_state_is_kept() {
    let mut world = World::new();
    let settled = world.genuine(10);
    world.rewards_fails(true);
    world.settle(settled);
    let job = world.assignment(settled).job;
    let active = world.assign(&world.bob.operator.clone(), job, 5);
    stored(&mut world, CONTRACT, "0.2.0-rc.1");

    migrates(&mut world).unwrap();
    assert_eq!(world.state(active), State::Active);
    assert_eq!(world.tally(job), (85, 5, 10, 0));
    world.rewards_fails(false);
    world.sends(&world.stranger.clone(), ExecuteMsg::Reward { assignments: vec![settled] }, 0);
    assert_eq!(world.reserved(job), 90);
}

#[test]
fn the_same_version_migrates() {
    migrates(&mut World::new()).unwrap();
}

#[test]
fn other_and_newer_states_are_refused() {
    let mut world = World::new();
    let newer = BadMigration::NewerVersion { stored: "99.0.0".into(), code: VERSION };
    let unreadable = BadMigration::BadVersion { version: "new".into() };
    let other = BadMigration::WrongContract { expected: CONTRACT, found: "crates.io:tequio-registry".into() };
    for (name, version, error) in
        [("crates.io:tequio-registry", "0.0.1", other), (CONTRACT, "99.0.0", newer), (CONTRACT, "new", unreadable)]
    {
        stored(&mut world, name, version);
        let refused: ContractError = migrates(&mut world).unwrap_err().downcast().unwrap();
        assert_eq!(refused, error.into());
    }
}
