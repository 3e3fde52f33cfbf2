//! The bounds that the contract enforces on whoever governs it.

use tequio_protocol::escrow::{
    Config, MAX_ABSENCE_BPS, MAX_GIVE_BACK_FEE_BPS, MAX_REWARDS_GAS, MAX_WINDOW, MIN_MARGIN_BPS,
};
use thiserror::Error;

/// A config outside the bounds.
#[derive(Error, Clone, Debug, PartialEq, Eq)]
pub enum BadConfig {
    #[error("margin of {margin_bps} basis points below {MIN_MARGIN_BPS}")]
    Margin { margin_bps: u32 },
    #[error("give-back window of {seconds} s above {MAX_WINDOW} s")]
    GiveBackWindow { seconds: u64 },
    #[error("give-back fee of {bps} basis points above {MAX_GIVE_BACK_FEE_BPS}")]
    GiveBackFee { bps: u16 },
    #[error("absence forfeit of {bps} basis points above {MAX_ABSENCE_BPS}")]
    Absence { bps: u16 },
    #[error("default audit window of {seconds} s outside 1 to {MAX_WINDOW} s")]
    AuditWindow { seconds: u64 },
    #[error("rewards gas of {gas} outside 1 to {MAX_REWARDS_GAS}")]
    RewardsGas { gas: u64 },
}

/// Checks what governance wants to set.
pub fn check(config: &Config) -> Result<(), BadConfig> {
    if config.margin_bps < MIN_MARGIN_BPS {
        return Err(BadConfig::Margin { margin_bps: config.margin_bps });
    }
    if config.give_back_window > MAX_WINDOW {
        return Err(BadConfig::GiveBackWindow { seconds: config.give_back_window });
    }
    if config.give_back_fee_bps > MAX_GIVE_BACK_FEE_BPS {
        return Err(BadConfig::GiveBackFee { bps: config.give_back_fee_bps });
    }
    if config.absence_bps > MAX_ABSENCE_BPS {
        return Err(BadConfig::Absence { bps: config.absence_bps });
    }
    // 0 is for the client's explicit word, never a default.
    if !(1..=MAX_WINDOW).contains(&config.audit_window) {
        return Err(BadConfig::AuditWindow { seconds: config.audit_window });
    }
    if !(1..=MAX_REWARDS_GAS).contains(&config.rewards_gas) {
        return Err(BadConfig::RewardsGas { gas: config.rewards_gas });
    }
    Ok(())
}
