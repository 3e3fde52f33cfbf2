//! What is governance's alone.

use cosmwasm_std::{Addr, Decimal};
use cw_ownable::Action;
use tequio_client::{Contract, Message};
use tequio_protocol::{escrow, registry, rewards, verifier};

use crate::act::Act;
use crate::stage::{Stage, setup};

impl Stage {
    pub(super) fn governs(&mut self, act: &Act) {
        let governance = self.chain.deployment().governance.clone();
        let (sender, message): (Addr, Message) = match *act {
            Act::Configure { by, contract, scale, beyond } => {
                let arbiter = self.chain.deployment().arbiter.to_string();
                (self.whoever(by, &governance), configure(contract, arbiter, scale, beyond))
            }
            Act::Usurp { by, contract } => {
                let new_owner = self.person(by).into_string();
                let action = Action::TransferOwnership { new_owner, expiry: None };
                (self.person(by), ownership(contract, action))
            }
            Act::Right { by, holder, grant } => {
                let escrow = self.chain.deployment().escrow.to_string();
                (self.whoever(by, &governance), right(escrow, holder, grant))
            }
            Act::Pause { by, posting, assigning } => {
                (self.whoever(by, &governance), escrow::ExecuteMsg::Pause { posting, assigning }.into())
            }
            _ => unreachable!("not governance's: {act:?}"),
        };
        if sender != governance {
            return self.never(&sender, message);
        }
        let beyond = matches!(act, Act::Configure { beyond: true, .. });
        assert!(!(beyond && self.send(&sender, message.clone(), vec![]).is_some()), "beyond the bounds: {message:?}");
        if !beyond {
            self.send(&sender, message, vec![]);
        }
    }
}

/// A config somewhere within the bounds, or one beyond them.
fn configure(contract: Contract, arbiter: String, scale: u16, beyond: bool) -> Message {
    let (setup, long) = (setup(), u64::from(scale));
    match contract {
        Contract::Registry => {
            let burn_bps = if beyond { 7_999 } else { 8_000 + scale % 2_001 };
            let thaw = 86_400 + long;
            registry::ExecuteMsg::Configure { config: registry::Config { thaw, timelock: thaw + 1, burn_bps } }.into()
        }
        Contract::Verifier => {
            let config = verifier::Config {
                timelock: if beyond { 172_799 } else { 172_800 + long },
                max_draws: 64 + u32::from(scale) % 64,
            };
            verifier::ExecuteMsg::Configure { config }.into()
        }
        Contract::Rewards => {
            let config = rewards::Config {
                rate: (u128::from(scale) % 2_000).into(),
                kappa_bps: if beyond { 10_000 } else { scale % 10_000 },
                cap: scale.into(),
                ..setup.rewards
            };
            rewards::ExecuteMsg::Configure { config }.into()
        }
        Contract::Escrow | Contract::Token | Contract::Arbiter => {
            let config = escrow::Config {
                margin_bps: if beyond && scale.is_multiple_of(2) { 19_999 } else { 20_000 + u32::from(scale) },
                token_value: Decimal::percent(long % 200),
                give_back_window: 60 + u32::from(scale) % 1_000,
                give_back_fee_bps: 1 + scale % 1_000,
                absence_bps: 1_000 + scale % 1_001,
                client_gas: scale.into(),
                reporter_tip: scale.into(),
                terms: verifier::Terms {
                    delay: 30 + u32::from(scale) % 300,
                    open_window: 600 + u32::from(scale) % 2_000,
                    void_after: 86_400 + u32::from(scale),
                    audit_window: 1 + u32::from(scale) % 1_000,
                    blocks: 50 + u32::from(scale) % 100,
                },
                arbitration: (beyond || !scale.is_multiple_of(4)).then(|| arbitration(arbiter, scale.into(), beyond)),
                ..setup.escrow
            };
            escrow::ExecuteMsg::Configure { config }.into()
        }
    }
}

/// Terms somewhere within the bounds, or with a hold that is one second too short.
fn arbitration(address: String, scale: u32, beyond: bool) -> escrow::Arbiter {
    let (answer_window, spacing) = (60 + scale % 2_000, 1 + scale % 300);
    let walk = 6 * (2 * answer_window + spacing);
    escrow::Arbiter {
        address,
        answer_gas: (1 + scale % 1_000).into(),
        answer_window,
        spacing,
        longest_hold: if beyond { walk - 1 } else { walk + scale % 3_000 },
        rate: 1 + scale % 64,
    }
}

fn ownership(contract: Contract, action: Action) -> Message {
    match contract {
        Contract::Registry => registry::ExecuteMsg::UpdateOwnership(action).into(),
        Contract::Verifier => verifier::ExecuteMsg::UpdateOwnership(action).into(),
        Contract::Rewards => rewards::ExecuteMsg::UpdateOwnership(action).into(),
        Contract::Escrow | Contract::Token | Contract::Arbiter => escrow::ExecuteMsg::UpdateOwnership(action).into(),
    }
}

/// Grants or revokes escrow's right to place liens, or to reserve credits.
fn right(escrow: String, holder: bool, grant: bool) -> Message {
    match (holder, grant) {
        (true, true) => registry::ExecuteMsg::Grant { holder: escrow }.into(),
        (true, false) => registry::ExecuteMsg::Revoke { holder: escrow }.into(),
        (false, true) => rewards::ExecuteMsg::Grant { source: escrow }.into(),
        (false, false) => rewards::ExecuteMsg::Revoke { source: escrow }.into(),
    }
}
