//! `migrate`: newer code takes over what it finds.

use cw_multi_test::Executor;
use tequio_escrow::ContractError;
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
    stored(&mut world, "tequio-escrow", "0.0.9");

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
    for (name, version) in [("tequio-registry", "0.0.1"), ("tequio-escrow", "99.0.0"), ("tequio-escrow", "new")] {
        stored(&mut world, name, version);
        let error: ContractError = migrates(&mut world).unwrap_err().downcast().unwrap();
        let (found, code) = (version.into(), tequio_escrow::VERSION.into());
        let expected = if name == tequio_escrow::NAME {
            ContractError::NewerState { found, code }
        } else {
            ContractError::OtherContract { found: name.into(), expected: tequio_escrow::NAME.into() }
        };
        assert_eq!(error, expected);
    }
}
