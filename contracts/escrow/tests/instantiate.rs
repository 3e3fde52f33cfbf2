//! Setting up.

use cosmwasm_std::{Decimal, Empty, Uint128, WasmMsg, coins, to_json_binary};
use cw_multi_test::Executor;
use tequio_contract::{bounds::OutOfBounds, funds::BadFunds};
use tequio_escrow::{ContractError, core::error::CoreError};
use tequio_protocol::{
    escrow::{
        Arbiter, Config, ConfigResponse, Configured, InstantiateMsg, MAX_ABSENCE_BPS, MAX_DRAW_BYTES,
        MAX_GIVE_BACK_FEE_BPS, MAX_GIVE_BACK_WINDOW, MAX_MARGIN_BPS, MAX_OPENING_BYTES, MAX_READS, MAX_REWARDS_GAS,
        MAX_TOKEN_VALUE, MAX_WINDOW, MIN_ABSENCE_BPS, MIN_DRAW_BYTES, MIN_GIVE_BACK_FEE_BPS, MIN_GIVE_BACK_WINDOW,
        MIN_MARGIN_BPS, MIN_OPENING_BYTES, MIN_READS, MIN_REWARDS_GAS, OwnershipChanged, Paused, QueryMsg,
    },
    verifier::{MAX_BLOCKS, MAX_WAIT, MIN_BLOCKS, MIN_DELAY, MIN_OPEN_WINDOW, MIN_VOID_AFTER, Terms},
};

use crate::world::{DENOM, MAX_GAS, World, arbiter, config, contract, event};

fn message(world: &World, denom: &str, config: Config) -> InstantiateMsg {
    InstantiateMsg {
        owner: world.governance.to_string(),
        denom: denom.into(),
        registry: world.registry.to_string(),
        verifier: world.verifier.to_string(),
        rewards: world.rewards.to_string(),
        max_gas: MAX_GAS,
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
            max_gas: MAX_GAS,
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

/// Configs at both ends of every bound.
pub fn at_the_bounds() -> [Config; 2] {
    let narrowest = Config {
        margin_bps: MIN_MARGIN_BPS,
        token_value: Decimal::zero(),
        give_back_window: MIN_GIVE_BACK_WINDOW,
        give_back_fee_bps: MIN_GIVE_BACK_FEE_BPS,
        absence_bps: MIN_ABSENCE_BPS,
        client_gas: Uint128::zero(),
        reporter_tip: Uint128::zero(),
        terms: Terms {
            delay: MIN_DELAY,
            open_window: MIN_OPEN_WINDOW,
            void_after: MIN_VOID_AFTER,
            audit_window: 1,
            blocks: MIN_BLOCKS,
        },
        arbitration: None,
        max_opening_bytes: MIN_OPENING_BYTES.into(),
        max_draw_bytes: MIN_DRAW_BYTES,
        max_reads: MIN_READS,
        rewards_gas: MIN_REWARDS_GAS,
    };
    let widest = Config {
        margin_bps: MAX_MARGIN_BPS,
        token_value: MAX_TOKEN_VALUE,
        give_back_window: MAX_GIVE_BACK_WINDOW,
        give_back_fee_bps: MAX_GIVE_BACK_FEE_BPS,
        absence_bps: MAX_ABSENCE_BPS,
        client_gas: MAX_GAS,
        reporter_tip: MAX_GAS,
        terms: Terms {
            delay: MAX_WAIT,
            open_window: MAX_WAIT,
            void_after: MAX_WAIT,
            audit_window: MAX_WINDOW,
            blocks: MAX_BLOCKS,
        },
        arbitration: Some(arbiter()),
        max_opening_bytes: MAX_OPENING_BYTES.into(),
        max_draw_bytes: MAX_DRAW_BYTES,
        max_reads: MAX_READS,
        rewards_gas: MAX_REWARDS_GAS,
    };
    [narrowest, widest]
}

/// Configs one step outside each bound, with their errors.
pub fn out_of_bounds() -> Vec<(Config, ContractError)> {
    let [least, most] = at_the_bounds();
    let mut all = vec![];
    macro_rules! bound {
        ($field:ident) => {
            let (min, max) = (u64::from(least.$field), u64::from(most.$field));
            for (base, value) in [(&least, min - 1), (&most, max + 1)] {
                let mut config = base.clone();
                config.$field = value.try_into().unwrap();
                let error = OutOfBounds::Number { name: stringify!($field), value, min, max };
                all.push((config, error.into()));
            }
        };
    }
    bound!(margin_bps);
    bound!(give_back_window);
    bound!(give_back_fee_bps);
    bound!(max_opening_bytes);
    bound!(max_draw_bytes);
    bound!(max_reads);
    bound!(rewards_gas);
    macro_rules! bound_of_terms {
        ($field:ident) => {
            let (min, max) = (u64::from(least.terms.$field), u64::from(most.terms.$field));
            for (base, value) in [(&least, min - 1), (&most, max + 1)] {
                let mut config = base.clone();
                config.terms.$field = value.try_into().unwrap();
                let error = OutOfBounds::Number { name: stringify!($field), value, min, max };
                all.push((config, error.into()));
            }
        };
    }
    bound_of_terms!(delay);
    bound_of_terms!(open_window);
    bound_of_terms!(void_after);
    bound_of_terms!(audit_window);
    bound_of_terms!(blocks);
    let held = |arbiter| Config { arbitration: Some(arbiter), ..least.clone() };
    let rounds = OutOfBounds::Number { name: "longest_hold", value: 7_559, min: 7_560, max: MAX_WAIT.into() };
    all.extend([
        (held(Arbiter { answer_gas: Uint128::zero(), ..arbiter() }), OutOfBounds::Zero { name: "answer_gas" }.into()),
        (held(Arbiter { longest_hold: 7_559, ..arbiter() }), rounds.into()),
    ]);
    let absence = |absence_bps: u16, min: u16| {
        let (value, min, max) = (absence_bps.into(), min.into(), MAX_ABSENCE_BPS.into());
        OutOfBounds::Number { name: "absence_bps", value, min, max }.into()
    };
    let (fee, most_fee) = (least.give_back_fee_bps, most.give_back_fee_bps);
    all.extend([
        (Config { absence_bps: MIN_ABSENCE_BPS - 1, ..least.clone() }, absence(99, MIN_ABSENCE_BPS)),
        (Config { absence_bps: MAX_ABSENCE_BPS + 1, ..least.clone() }, absence(2_001, MIN_ABSENCE_BPS.max(fee))),
        (Config { absence_bps: most_fee - 1, ..most.clone() }, absence(999, most_fee)),
    ]);
    let amount = MAX_GAS + Uint128::one();
    let above = |name| OutOfBounds::Amount { name, amount, max: MAX_GAS }.into();
    let value = MAX_TOKEN_VALUE + Decimal::raw(1);
    all.extend([
        (Config { client_gas: amount, ..least.clone() }, above("client_gas")),
        (Config { reporter_tip: amount, ..least.clone() }, above("reporter_tip")),
        (Config { token_value: value, ..least.clone() }, CoreError::TokenValue { value, max: MAX_TOKEN_VALUE }),
    ]);
    all.into_iter().map(|(config, error)| (config, ContractError::Core(error))).collect()
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
