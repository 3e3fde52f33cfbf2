//! Bounds on whoever governs.

use cosmwasm_std::{Addr, Uint128};
use tequio_contract::{
    bounds::{at_most, some, within},
    terms,
};
use tequio_protocol::escrow::{
    Config, MAX_ABSENCE_BPS, MAX_DRAW_BYTES, MAX_GIVE_BACK_FEE_BPS, MAX_GIVE_BACK_WINDOW, MAX_MARGIN_BPS,
    MAX_OPENING_BYTES, MAX_READS, MAX_REWARDS_GAS, MAX_TOKEN_VALUE, MAX_WINDOW, MIN_ABSENCE_BPS, MIN_DRAW_BYTES,
    MIN_GIVE_BACK_FEE_BPS, MIN_GIVE_BACK_WINDOW, MIN_MARGIN_BPS, MIN_OPENING_BYTES, MIN_READS, MIN_REWARDS_GAS,
};

use crate::core::{assignment::arbitration, error::CoreError};

/// Refuses a config outside the bounds. `max_gas` is the instantiation's.
pub fn check(config: &Config, max_gas: Uint128) -> Result<(), CoreError> {
    within("margin_bps", config.margin_bps, MIN_MARGIN_BPS.into(), MAX_MARGIN_BPS.into())?;
    if config.token_value > MAX_TOKEN_VALUE {
        return Err(CoreError::TokenValue { value: config.token_value, max: MAX_TOKEN_VALUE });
    }
    within("give_back_window", config.give_back_window, MIN_GIVE_BACK_WINDOW.into(), MAX_GIVE_BACK_WINDOW.into())?;
    let (least, most) = (MIN_GIVE_BACK_FEE_BPS, MAX_GIVE_BACK_FEE_BPS);
    within("give_back_fee_bps", config.give_back_fee_bps, least.into(), most.into())?;
    // A lien is above its payment, so that who vanishes never loses less than who gives back.
    let least = MIN_ABSENCE_BPS.max(config.give_back_fee_bps);
    within("absence_bps", config.absence_bps, least.into(), MAX_ABSENCE_BPS.into())?;
    at_most("client_gas", config.client_gas, max_gas)?;
    at_most("reporter_tip", config.reporter_tip, max_gas)?;
    // 0 is for the client's explicit word, never a default.
    within("audit_window", config.terms.audit_window, 1, MAX_WINDOW.into())?;
    terms::check(&config.terms)?;
    if let Some(arbiter) = &config.arbitration {
        some("answer_gas", arbiter.answer_gas)?;
        at_most("answer_gas", arbiter.answer_gas, max_gas)?;
        terms::check_arbitration(&arbitration(arbiter, &Addr::unchecked(""), Uint128::zero()))?;
    }
    within("max_opening_bytes", config.max_opening_bytes, MIN_OPENING_BYTES, MAX_OPENING_BYTES)?;
    within("max_draw_bytes", config.max_draw_bytes, MIN_DRAW_BYTES.into(), MAX_DRAW_BYTES.into())?;
    within("max_reads", config.max_reads, MIN_READS.into(), MAX_READS.into())?;
    within("rewards_gas", config.rewards_gas, MIN_REWARDS_GAS, MAX_REWARDS_GAS)?;
    Ok(())
}
