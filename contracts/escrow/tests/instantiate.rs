//! Setting up.

use cosmwasm_std::Empty;
use cw_multi_test::Executor;
use tequio_escrow::ContractError;
use tequio_escrow::core::bounds::BadConfig;
use tequio_protocol::escrow::{
    Config, ConfigResponse, InstantiateMsg, MAX_ABSENCE_BPS, MAX_GIVE_BACK_FEE_BPS, MAX_REWARDS_GAS, MAX_WINDOW,
    MIN_MARGIN_BPS, Paused, QueryMsg,
};

use crate::world::{DENOM, World, config, contract};

fn message(world: &World, denom: &str, config: Config) -> InstantiateMsg {
    InstantiateMsg {
        owner: world.governance.to_string(),
        denom: denom.into(),
        registry: world.registry.to_string(),
        verifier: world.verifier.to_string(),
        rewards: world.rewards.to_string(),
        config,
    }
}

fn refused(world: &mut World, message: &InstantiateMsg) -> ContractError {
    let code = world.app.store_code(contract());
    let owner = world.governance.clone();
    world.app.instantiate_contract(code, owner, message, &[], "escrow", None).unwrap_err().downcast().unwrap()
}

#[test]
fn it_begins_as_it_was_told() {
    let world = World::new();
    let answer: ConfigResponse = world.ask(&QueryMsg::Config {});
    assert_eq!(
        answer,
        ConfigResponse {
            denom: DENOM.into(),
            registry: world.registry.to_string(),
            verifier: world.verifier.to_string(),
            rewards: world.rewards.to_string(),
            config: config(),
            paused: Paused { posting: false, assigning: false },
        }
    );
}

#[test]
fn stake_and_payment_are_of_one_denom() {
    let mut world = World::new();
    let message = message(&world, "ufoo", config());
    let denoms = ContractError::Denoms { registry: DENOM.into(), escrow: "ufoo".into() };
    assert_eq!(refused(&mut world, &message), denoms);
}

#[test]
fn a_registry_that_is_none_is_refused() {
    let mut world = World::new();
    let mut message = message(&world, DENOM, config());
    message.registry = world.stranger.to_string();
    assert!(matches!(refused(&mut world, &message), ContractError::Std(_)));
    message.registry = "Not an address".into();
    assert!(matches!(refused(&mut world, &message), ContractError::Std(_)));
}

/// Configs one step outside each bound, with their errors.
pub fn out_of_bounds() -> Vec<(Config, BadConfig)> {
    let base = config();
    let (fee, absence) = (MAX_GIVE_BACK_FEE_BPS + 1, MAX_ABSENCE_BPS + 1);
    let (window, gas) = (MAX_WINDOW + 1, MAX_REWARDS_GAS + 1);
    let config = || base.clone();
    vec![
        (Config { margin_bps: MIN_MARGIN_BPS - 1, ..config() }, BadConfig::Margin { margin_bps: 19_999 }),
        (Config { give_back_window: window, ..config() }, BadConfig::GiveBackWindow { seconds: window }),
        (Config { give_back_fee_bps: fee, ..config() }, BadConfig::GiveBackFee { bps: fee }),
        (Config { absence_bps: absence, ..config() }, BadConfig::Absence { bps: absence }),
        (Config { audit_window: window, ..config() }, BadConfig::AuditWindow { seconds: window }),
        (Config { audit_window: 0, ..config() }, BadConfig::AuditWindow { seconds: 0 }),
        (Config { rewards_gas: gas, ..config() }, BadConfig::RewardsGas { gas }),
        (Config { rewards_gas: 0, ..config() }, BadConfig::RewardsGas { gas: 0 }),
    ]
}

#[test]
fn a_config_out_of_bounds_is_refused() {
    let mut world = World::new();
    for (config, error) in out_of_bounds() {
        let message = message(&world, DENOM, config);
        assert_eq!(refused(&mut world, &message), ContractError::Config(error));
    }
}

#[test]
fn nothing_else_is_an_instantiate_message() {
    let mut world = World::new();
    let code = world.app.store_code(contract());
    let owner = world.governance.clone();
    assert!(world.app.instantiate_contract(code, owner, &Empty {}, &[], "escrow", None).is_err());
}
