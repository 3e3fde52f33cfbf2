//! Bounds on whoever governs.

use tequio_contract::bounds::within;
use tequio_protocol::{
    bps,
    rewards::{Config, MIN_TIMELOCK},
};

use crate::core::error::CoreError;

/// Highest κ.
pub const MAX_KAPPA_BPS: u16 = bps::WHOLE - 1;

/// Refuses a config outside the bounds.
pub fn check(config: &Config) -> Result<(), CoreError> {
    let Config { rate: _, kappa_bps, cap: _, timelock } = *config;
    // At κ = 1 hiring oneself would be free.
    within("kappa_bps", kappa_bps, 0, MAX_KAPPA_BPS.into())?;
    within("timelock", timelock, MIN_TIMELOCK, u64::MAX)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::Uint128;
    use tequio_contract::bounds::OutOfBounds;

    use super::*;

    #[test]
    fn the_bounds_and_one_beyond() {
        let good =
            Config { rate: Uint128::zero(), kappa_bps: MAX_KAPPA_BPS, cap: Uint128::MAX, timelock: MIN_TIMELOCK };
        assert_eq!(check(&good), Ok(()));
        let error = |name, value, min, max| Err(OutOfBounds::Number { name, value, min, max }.into());
        let kappa = Config { kappa_bps: 10_000, ..good.clone() };
        assert_eq!(check(&kappa), error("kappa_bps", 10_000, 0, 9_999));
        let timelock = MIN_TIMELOCK - 1;
        assert_eq!(check(&Config { timelock, ..good }), error("timelock", timelock, MIN_TIMELOCK, u64::MAX));
    }
}
