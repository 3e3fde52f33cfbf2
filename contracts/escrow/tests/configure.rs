//! `configure`: governance, within its bounds.

use cosmwasm_std::Uint128;
use cw_ownable::OwnershipError;
use tequio_escrow::ContractError;
use tequio_protocol::{
    escrow::{
        Config, ConfigResponse, Configured, ExecuteMsg, MAX_ABSENCE_BPS, MAX_GIVE_BACK_FEE_BPS, MAX_REWARDS_GAS,
        MAX_WINDOW, QueryMsg,
    },
    verifier::Terms,
};

use crate::{
    instantiate::out_of_bounds,
    world::{TERMS, World, arbiter, config, event},
};

#[test]
fn governance_sets_the_config() {
    let mut world = World::new();
    let widest = Config {
        margin_bps: u32::MAX,
        give_back_window: MAX_WINDOW,
        give_back_fee_bps: MAX_GIVE_BACK_FEE_BPS,
        absence_bps: MAX_ABSENCE_BPS,
        client_gas: Uint128::MAX,
        reporter_tip: Uint128::MAX,
        terms: Terms { audit_window: MAX_WINDOW, ..TERMS },
        arbitration: Some(arbiter()),
        rewards_gas: MAX_REWARDS_GAS,
        ..config()
    };
    let narrowest = Config {
        give_back_window: 0,
        give_back_fee_bps: 0,
        absence_bps: 0,
        client_gas: Uint128::zero(),
        reporter_tip: Uint128::zero(),
        terms: Terms { audit_window: 1, ..TERMS },
        arbitration: None,
        rewards_gas: 1,
        ..config()
    };
    for config in [widest, narrowest] {
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
