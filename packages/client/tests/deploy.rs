//! A deployment is the same wherever it was cut off.

use cosmwasm_std::{Addr, Decimal, Uint128, from_json};
use tequio_client::{
    Call, Contract,
    deploy::{Progress, REHEARSAL, Settings, Step},
    message::variant,
};
use tequio_protocol::{escrow, registry, rewards, verifier};

fn settings() -> Settings {
    Settings {
        governance: Addr::unchecked("governance"),
        denom: "utoken".into(),
        registry: registry::Config { thaw: 1, timelock: 2, burn_bps: 3 },
        verifier: verifier::Config { timelock: 4, max_draws: 5 },
        beacon: verifier::Beacon { public_key: vec![1; 96].into(), genesis: 1, period: 3 },
        rewards: rewards::Config { rate: Uint128::new(1), kappa_bps: 2, cap: Uint128::new(3), timelock: 4 },
        schedule: rewards::Schedule { epoch: 1, initial: Uint128::new(2), halving: 3 },
        balances: vec![],
        escrow: escrow::Config {
            margin_bps: 1,
            token_value: Decimal::one(),
            give_back_window: 2,
            give_back_fee_bps: 3,
            absence_bps: 4,
            client_gas: Uint128::new(5),
            reporter_tip: Uint128::new(6),
            terms: verifier::Terms::default(),
            arbitration: Some(escrow::Arbiter {
                address: String::new(),
                answer_gas: Uint128::new(1),
                answer_window: 2,
                spacing: 3,
                longest_hold: 4,
                rate: 5,
            }),
            max_opening_bytes: 8u64.into(),
            max_draw_bytes: 7,
            max_reads: 9,
            rewards_gas: 10,
        },
        max_gas: Uint128::new(11),
    }
}

/// What a chain answers to a step.
fn take(step: &Step, done: &mut Progress) -> String {
    match step {
        Step::Upload { contract } => {
            done.uploaded(*contract, *contract as u64 + 10);
            format!("upload {contract}")
        }
        Step::Instantiate { contract, code, .. } => {
            assert_eq!(*code, *contract as u64 + 10);
            done.instantiated(*contract, Addr::unchecked(contract.to_string()));
            format!("instantiate {contract}")
        }
        Step::FindToken { rewards } => {
            done.instantiated(Contract::Token, Addr::unchecked("token"));
            format!("find token of {rewards}")
        }
        Step::Send { call } => {
            done.sent();
            format!("{} in {}", variant(&call.message.json().unwrap()), call.message.contract())
        }
    }
}

#[test]
fn the_order_is_that_in_which_contracts_know_each_other() {
    let (settings, mut done, mut steps) = (settings(), Progress::default(), vec![]);
    while let Some(step) = settings.next(&done).unwrap() {
        assert!(done.deployment(&settings).is_err() || matches!(step, Step::Send { .. }));
        steps.push(take(&step, &mut done));
    }
    let expected = [
        "upload token",
        "upload registry",
        "instantiate registry",
        "upload verifier",
        "instantiate verifier",
        "upload arbiter",
        "instantiate arbiter",
        "upload rewards",
        "instantiate rewards",
        "upload escrow",
        "instantiate escrow",
        "find token of rewards",
        "burn in registry",
        "grant in registry",
        "grant in rewards",
    ];
    assert_eq!(steps, expected);
    let deployment = done.deployment(&settings).unwrap();
    assert_eq!((deployment.escrow.as_str(), deployment.token.as_str()), ("escrow", "token"));
}

#[test]
fn a_step_that_was_not_done_comes_again() {
    let (settings, mut done) = (settings(), Progress::default());
    while let Some(step) = settings.next(&done).unwrap() {
        assert_eq!(settings.next(&done.clone()).unwrap(), Some(step.clone()));
        take(&step, &mut done);
    }
    assert_eq!(settings.next(&done).unwrap(), None);
}

#[test]
fn escrow_is_told_of_those_before_it_and_given_its_two_rights_once_the_burn_is_tried() {
    let (settings, mut done, mut sent) = (settings(), Progress::default(), vec![]);
    while let Some(step) = settings.next(&done).unwrap() {
        if let Step::Instantiate { contract: Contract::Escrow, message, .. } = &step {
            let message: escrow::InstantiateMsg = from_json(message).unwrap();
            assert_eq!([message.registry, message.verifier, message.rewards], ["registry", "verifier", "rewards"]);
            assert_eq!(message.config.arbitration.map(|arbiter| arbiter.address), Some("arbiter".into()));
        }
        if let Step::Send { call } = &step {
            sent.push((**call).clone());
        }
        take(&step, &mut done);
    }
    let holder = registry::ExecuteMsg::Grant { holder: "escrow".into() };
    let source = rewards::ExecuteMsg::Grant { source: "escrow".into() };
    let burn = Call::paying(REHEARSAL, registry::ExecuteMsg::Burn {});
    assert_eq!(sent, [burn, holder.into(), source.into()]);
}
