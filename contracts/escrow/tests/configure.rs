//! `configure`: governance, within its bounds.

use cw_ownable::OwnershipError;
use tequio_escrow::ContractError;
use tequio_protocol::escrow::{ConfigResponse, Configured, ExecuteMsg, QueryMsg};

use crate::{
    instantiate::{at_the_bounds, out_of_bounds},
    world::{World, config, event},
};

#[test]
fn governance_sets_the_config() {
    let mut world = World::new();
    for config in at_the_bounds() {
        let events = world.sends(&world.governance.clone(), ExecuteMsg::Configure { config: config.clone() }, 0);
        assert_eq!(event::<Configured>(&events), Configured::new(&config).unwrap());
        assert_eq!(world.ask::<ConfigResponse>(&QueryMsg::Config {}).config, config);
    }
}

#[test]
fn bounds_hold_for_governance_too() {
    let mut world = World::new();
    for (config, error) in out_of_bounds() {
        let message = ExecuteMsg::Configure { config };
        assert_eq!(world.refused(&world.governance.clone(), message, 0), error);
    }
}

#[test]
fn nobody_else_sets_it() {
    let mut world = World::new();
    for sender in [world.client.clone(), world.alice.operator.clone(), world.stranger.clone()] {
        let error = world.refused(&sender, ExecuteMsg::Configure { config: config() }, 0);
        assert_eq!(error, ContractError::Ownership(OwnershipError::NotOwner));
    }
}
