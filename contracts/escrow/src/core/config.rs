//! Bounds on whoever governs.

use tequio_contract::bounds::within;
use tequio_protocol::escrow::{
    Config, MAX_ABSENCE_BPS, MAX_GIVE_BACK_FEE_BPS, MAX_REWARDS_GAS, MAX_WINDOW, MIN_MARGIN_BPS,
};

use crate::core::error::CoreError;

/// Refuses a config outside the bounds.
pub fn check(config: &Config) -> Result<(), CoreError> {
    within("margin_bps", config.margin_bps, MIN_MARGIN_BPS.into(), u32::MAX.into())?;
    within("give_back_window", config.give_back_window, 0, MAX_WINDOW)?;
    within("give_back_fee_bps", config.give_back_fee_bps, 0, MAX_GIVE_BACK_FEE_BPS.into())?;
    within("absence_bps", config.absence_bps, 0, MAX_ABSENCE_BPS.into())?;
    // 0 is for the client's explicit word, never a default.
    within("audit_window", config.audit_window, 1, MAX_WINDOW)?;
    within("rewards_gas", config.rewards_gas, 1, MAX_REWARDS_GAS)?;
    Ok(())
}
