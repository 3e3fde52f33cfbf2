use tequio_contract::{bounds::OutOfBounds, grant::BadGrant};
use tequio_protocol::registry::{
    Config, ConfigResponse, Configured, MAX_THAW, MAX_TIMELOCK, MIN_BURN_BPS, MIN_THAW, QueryMsg,
};
use tequio_registry::{ContractError, core::error::CoreError};

use crate::world::{CONFIG, World, addr, event};

#[test]
fn a_new_thaw_is_for_later_unbonds() {
    let mut world = World::new();
    let alice = world.provider("alice", 1_000);
    world.unbond(&alice, 10).unwrap();
    let before = world.now() + MIN_THAW;
    let config = Config { thaw: 3 * MIN_THAW, timelock: 4 * MIN_THAW, ..CONFIG };
    world.configure(config.clone()).unwrap();
    assert_eq!(world.ask::<ConfigResponse>(&QueryMsg::Config {}).config, config);
    world.unbond(&alice, 10).unwrap();
    let ready: Vec<u64> = world.thaws(&alice).iter().map(|thaw| thaw.ready).collect();
    assert_eq!(ready, [before, world.now() + 3 * MIN_THAW]);
}

#[test]
fn a_new_timelock_is_for_later_grants() {
    let mut world = World::new();
    let alice = world.provider("alice", 1_000);
    let (escrow, other) = (addr("escrow"), addr("other"));
    world.cap(&alice, &escrow, 1).unwrap();
    world.cap(&alice, &other, 1).unwrap();
    world.grant(&escrow).unwrap();
    world.configure(Config { timelock: MIN_THAW + 1, ..CONFIG }).unwrap();
    world.grant(&other).unwrap();
    world.pass(MIN_THAW + 1);
    world.lien(&other, &alice, 1).unwrap();
    assert!(matches!(world.lien(&escrow, &alice, 1), Err(ContractError::Grant(BadGrant::Waits { .. }))));
}

#[test]
fn every_bound_is_enforced() {
    let mut world = World::new();
    let error =
        |name, value, min, max| ContractError::Core(CoreError::Bounds(OutOfBounds::Number { name, value, min, max }));
    let thaw = |value| error("thaw", value, MIN_THAW, MAX_THAW);
    let burn = |value| error("burn_bps", value, MIN_BURN_BPS.into(), 10_000);
    let short = |value, thaw| error("timelock", value, thaw + 1, MAX_TIMELOCK);
    for (config, error) in [
        (Config { thaw: MIN_THAW - 1, ..CONFIG }, thaw(MIN_THAW - 1)),
        (Config { thaw: MAX_THAW + 1, timelock: u64::MAX, ..CONFIG }, thaw(MAX_THAW + 1)),
        (Config { thaw: u64::MAX, timelock: u64::MAX, ..CONFIG }, thaw(u64::MAX)),
        (Config { timelock: MIN_THAW, ..CONFIG }, short(MIN_THAW, MIN_THAW)),
        (Config { timelock: MAX_TIMELOCK + 1, ..CONFIG }, short(MAX_TIMELOCK + 1, MIN_THAW)),
        (Config { timelock: u64::MAX, ..CONFIG }, short(u64::MAX, MIN_THAW)),
        (Config { thaw: 2 * MIN_THAW, ..CONFIG }, short(2 * MIN_THAW, 2 * MIN_THAW)),
        (Config { burn_bps: MIN_BURN_BPS - 1, ..CONFIG }, burn(u64::from(MIN_BURN_BPS) - 1)),
        (Config { burn_bps: 10_001, ..CONFIG }, burn(10_001)),
    ] {
        assert_eq!(world.configure(config).unwrap_err(), error);
        assert_eq!(world.ask::<ConfigResponse>(&QueryMsg::Config {}).config, CONFIG);
    }
    for config in [
        Config { thaw: MAX_THAW, timelock: MAX_THAW + 1, burn_bps: 10_000 },
        Config { thaw: MAX_THAW, timelock: MAX_TIMELOCK, burn_bps: 10_000 },
        Config { thaw: MIN_THAW, timelock: MIN_THAW + 1, burn_bps: MIN_BURN_BPS },
    ] {
        let response = world.configure(config.clone()).unwrap();
        assert_eq!(event::<Configured>(&response), Configured::new(&config).unwrap());
    }
}
