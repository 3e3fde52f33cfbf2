//! Setting up.

use cosmwasm_std::{Empty, Uint128, WasmMsg, coins, to_json_binary};
use cw_multi_test::Executor;
use tequio_contract::{bounds::OutOfBounds, funds::BadFunds};
use tequio_escrow::ContractError;
use tequio_protocol::{
    escrow::{
        Arbiter, Config, ConfigResponse, Configured, InstantiateMsg, MAX_ABSENCE_BPS, MAX_GIVE_BACK_FEE_BPS,
        MAX_REWARDS_GAS, MAX_WINDOW, MIN_MARGIN_BPS, OwnershipChanged, Paused, QueryMsg,
    },
    verifier::{MIN_OPEN_WINDOW, Terms},
};

use crate::world::{DENOM, TERMS, World, arbiter, config, contract, event};

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
fn its_beginning_is_told() {
    let mut world = World::new();
    let code_id = world.app.store_code(contract());
    let msg = to_json_binary(&message(&world, DENOM, config())).unwrap();
    let begin = WasmMsg::Instantiate { admin: None, code_id, msg, funds: vec![], label: "another".into() };
    let events = world.app.execute(world.stranger.clone(), begin.into()).unwrap().events;
    let owned = OwnershipChanged { owner: Some(world.governance.to_string()), pending: None };
    let configured = Configured::new(&config()).unwrap();
    assert_eq!((event::<OwnershipChanged>(&events), event::<Configured>(&events)), (owned, configured));
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
pub fn out_of_bounds() -> Vec<(Config, ContractError)> {
    let base = config();
    let (fee, absence) = (MAX_GIVE_BACK_FEE_BPS + 1, MAX_ABSENCE_BPS + 1);
    let (window, gas) = (MAX_WINDOW + 1, MAX_REWARDS_GAS + 1);
    let config = || base.clone();
    let out = |name, value: u64, min: u64, max: u64| {
        ContractError::Core(OutOfBounds::Number { name, value, min, max }.into())
    };
    let audit = |audit_window| Config { terms: Terms { audit_window, ..TERMS }, ..config() };
    let terms = |terms| Config { terms, ..config() };
    let held = |arbiter| Config { arbitration: Some(arbiter), ..config() };
    let zero = |name| ContractError::Core(OutOfBounds::Zero { name }.into());
    let (short, least) = (MIN_OPEN_WINDOW - 1, u64::from(MIN_OPEN_WINDOW));
    let (hold, rounds) = (7_559, u64::from(7_560u32));
    let margin = out("margin_bps", 19_999, 20_000, u32::MAX.into());
    vec![
        (Config { margin_bps: MIN_MARGIN_BPS - 1, ..config() }, margin),
        (Config { give_back_window: window, ..config() }, out("give_back_window", window.into(), 0, MAX_WINDOW.into())),
        (Config { give_back_fee_bps: fee, ..config() }, out("give_back_fee_bps", 1_001, 0, 1_000)),
        (Config { absence_bps: absence, ..config() }, out("absence_bps", 2_001, 0, 2_000)),
        (audit(window), out("audit_window", window.into(), 1, MAX_WINDOW.into())),
        (audit(0), out("audit_window", 0, 1, MAX_WINDOW.into())),
        (terms(Terms { open_window: short, ..TERMS }), out("open_window", short.into(), least, MAX_WINDOW.into())),
        (held(Arbiter { answer_gas: Uint128::zero(), ..arbiter() }), zero("answer_gas")),
        (
            held(Arbiter { longest_hold: hold, ..arbiter() }),
            out("longest_hold", hold.into(), rounds, MAX_WINDOW.into()),
        ),
        (Config { rewards_gas: gas, ..config() }, out("rewards_gas", gas, 1, MAX_REWARDS_GAS)),
        (Config { rewards_gas: 0, ..config() }, out("rewards_gas", 0, 1, MAX_REWARDS_GAS)),
    ]
}

#[test]
fn a_config_out_of_bounds_is_refused() {
    let mut world = World::new();
    for (config, error) in out_of_bounds() {
        let message = message(&world, DENOM, config);
        assert_eq!(refused(&mut world, &message), error);
    }
}

#[test]
fn it_takes_no_funds() {
    let mut world = World::new();
    let (code, owner) = (world.app.store_code(contract()), world.governance.clone());
    let message = message(&world, DENOM, config());
    let error = world.app.instantiate_contract(code, owner, &message, &coins(1, DENOM), "escrow", None).unwrap_err();
    let found = "1utoken".into();
    assert_eq!(error.downcast::<ContractError>().unwrap(), ContractError::Funds(BadFunds::NotTaken { found }));
}

#[test]
fn nothing_else_is_an_instantiate_message() {
    let mut world = World::new();
    let code = world.app.store_code(contract());
    let owner = world.governance.clone();
    assert!(world.app.instantiate_contract(code, owner, &Empty {}, &[], "escrow", None).is_err());
}
