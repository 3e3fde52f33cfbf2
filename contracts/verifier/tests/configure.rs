use tequio_contract::bounds::OutOfBounds;
use tequio_protocol::verifier::{Config, Configured, ExecuteMsg, MAX_WAIT, MIN_TIMELOCK, QueryMsg};
use tequio_verifier::ContractError;

use crate::world::{CONFIG, World, event, out_of_bounds};

#[test]
fn governance_sets_the_config() {
    let mut world = World::new();
    let config = Config { timelock: 200_000, max_draws: 200 };
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
    for value in [0, MIN_TIMELOCK - 1, u64::from(MAX_WAIT) + 1, u64::MAX] {
        let config = Config { timelock: value, ..CONFIG };
        let error = world.refused(&world.governance.clone(), &ExecuteMsg::Configure { config });
        assert_eq!(error, out_of_bounds("timelock", value, MIN_TIMELOCK, MAX_WAIT.into()));
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
