//! Bounds on whoever governs.

use cosmwasm_std::{Addr, Uint128};
use tequio_contract::{
    bounds::{some, within},
    terms,
};
use tequio_protocol::escrow::{
    Config, MAX_ABSENCE_BPS, MAX_GIVE_BACK_FEE_BPS, MAX_REWARDS_GAS, MAX_WINDOW, MIN_MARGIN_BPS,
};

use crate::core::{assignment::arbitration, error::CoreError};

/// Refuses a config outside the bounds.
pub fn check(config: &Config) -> Result<(), CoreError> {
    within("margin_bps", config.margin_bps, MIN_MARGIN_BPS.into(), u32::MAX.into())?;
    within("give_back_window", config.give_back_window, 0, MAX_WINDOW.into())?;
    within("give_back_fee_bps", config.give_back_fee_bps, 0, MAX_GIVE_BACK_FEE_BPS.into())?;
    within("absence_bps", config.absence_bps, 0, MAX_ABSENCE_BPS.into())?;
    // 0 is for the client's explicit word, never a default.
    within("audit_window", config.terms.audit_window, 1, MAX_WINDOW.into())?;
    terms::check(&config.terms)?;
    if let Some(arbiter) = &config.arbitration {
        some("answer_gas", arbiter.answer_gas)?;
        terms::check_arbitration(&arbitration(arbiter, &Addr::unchecked(""), Uint128::zero()))?;
    }
    within("rewards_gas", config.rewards_gas, 1, MAX_REWARDS_GAS)?;
    Ok(())
}
