use tequio_contract::bounds::OutOfBounds;
use tequio_protocol::verifier::{
    Config, Configured, ExecuteMsg, MAX_WAIT, MIN_DELAY, MIN_OPEN_WINDOW, MIN_TIMELOCK, MIN_VOID_AFTER, QueryMsg,
};
use tequio_verifier::ContractError;

use crate::world::{CONFIG, World, event, out_of_bounds};

#[test]
fn governance_sets_the_config() {
    let mut world = World::new();
    let config = Config { delay: 60, max_draws: 200, ..CONFIG };
    let answer = world.send(&world.governance.clone(), &ExecuteMsg::Configure { config: config.clone() }).unwrap();
    assert_eq!(event::<Configured>(&answer), Configured::new(&config).unwrap());
    assert_eq!(world.query::<Config>(&QueryMsg::Config {}), config);
}

#[test]
fn nobody_else_does() {
    let mut world = World::new();
    let error = world.refused(&world.alice.clone(), &ExecuteMsg::Configure { config: CONFIG });
    assert_eq!(error, ContractError::Ownership(cw_ownable::OwnershipError::NotOwner));
}

#[test]
fn the_bounds_hold_for_governance_too() {
    let mut world = World::new();
    let low = [
        (Config { delay: MIN_DELAY - 1, ..CONFIG }, "delay", MIN_DELAY - 1, MIN_DELAY),
        (Config { open_window: MIN_OPEN_WINDOW - 1, ..CONFIG }, "open_window", MIN_OPEN_WINDOW - 1, MIN_OPEN_WINDOW),
        (Config { void_after: MIN_VOID_AFTER - 1, ..CONFIG }, "void_after", MIN_VOID_AFTER - 1, MIN_VOID_AFTER),
        (Config { timelock: MIN_TIMELOCK - 1, ..CONFIG }, "timelock", MIN_TIMELOCK - 1, MIN_TIMELOCK),
    ];
    let high = [
        (Config { delay: MAX_WAIT + 1, ..CONFIG }, "delay", MAX_WAIT + 1, MIN_DELAY),
        (Config { open_window: u64::MAX, ..CONFIG }, "open_window", u64::MAX, MIN_OPEN_WINDOW),
        (Config { void_after: u64::MAX, ..CONFIG }, "void_after", u64::MAX, MIN_VOID_AFTER),
        (Config { timelock: u64::MAX, ..CONFIG }, "timelock", u64::MAX, MIN_TIMELOCK),
    ];
    for (config, field, value, least) in low.into_iter().chain(high) {
        let error = world.refused(&world.governance.clone(), &ExecuteMsg::Configure { config });
        assert_eq!(error, out_of_bounds(field, value, least, MAX_WAIT));
    }
    let config = Config { max_draws: 0, ..CONFIG };
    let error = world.refused(&world.governance.clone(), &ExecuteMsg::Configure { config });
    assert_eq!(error, out_of_bounds("max_draws", 0, 1, u32::MAX.into()));
}

#[test]
fn draws_that_jobs_count_on_stay_allowed() {
    let mut world = World::new();
    let config = Config { max_draws: CONFIG.max_draws - 1, ..CONFIG };
    let error = world.refused(&world.governance.clone(), &ExecuteMsg::Configure { config });
    let (value, min) = (u64::from(CONFIG.max_draws) - 1, CONFIG.max_draws.into());
    let fewer = OutOfBounds::Number { name: "max_draws", value, min, max: u32::MAX.into() };
    assert_eq!(error, ContractError::Bounds(fewer));
}
