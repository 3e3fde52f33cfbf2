//! Bounds on whoever governs.

use tequio_contract::bounds::within;
use tequio_protocol::{
    bps,
    rewards::{Config, MAX_PER_UNIT, MAX_TIMELOCK, MIN_TIMELOCK},
};

use crate::core::error::CoreError;

/// Highest κ.
pub const MAX_KAPPA_BPS: u16 = bps::WHOLE - 1;

/// Refuses a config outside the bounds.
pub fn check(config: &Config) -> Result<(), CoreError> {
    let Config { rate, kappa_bps, cap, timelock } = *config;
    for (name, value) in [("rate", rate), ("cap", cap)] {
        if value > MAX_PER_UNIT {
            return Err(CoreError::TooMuch { name, value, max: MAX_PER_UNIT });
        }
    }
    // At κ = 1 hiring oneself would be free.
    within("kappa_bps", kappa_bps, 0, MAX_KAPPA_BPS.into())?;
    within("timelock", timelock, MIN_TIMELOCK, MAX_TIMELOCK)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::Uint128;
    use tequio_contract::bounds::OutOfBounds;
    use tequio_protocol::rewards::Kind;

    use super::*;
    use crate::core::terms::Terms;

    #[test]
    fn the_bounds_and_one_beyond() {
        let (zero, one) = (Uint128::zero(), Uint128::one());
        let least = Config { rate: zero, kappa_bps: 0, cap: zero, timelock: MIN_TIMELOCK };
        let most = Config { rate: MAX_PER_UNIT, kappa_bps: MAX_KAPPA_BPS, cap: MAX_PER_UNIT, timelock: MAX_TIMELOCK };
        assert_eq!((check(&least), check(&most)), (Ok(()), Ok(())));
        let error = |name, value, min, max| Err(OutOfBounds::Number { name, value, min, max }.into());
        let kappa = Config { kappa_bps: 10_000, ..least.clone() };
        assert_eq!(check(&kappa), error("kappa_bps", 10_000, 0, 9_999));
        for timelock in [MIN_TIMELOCK - 1, MAX_TIMELOCK + 1] {
            let error = error("timelock", timelock, MIN_TIMELOCK, MAX_TIMELOCK);
            assert_eq!(check(&Config { timelock, ..least.clone() }), error);
        }
        let beyond = MAX_PER_UNIT + one;
        let error = |name| Err(CoreError::TooMuch { name, value: beyond, max: MAX_PER_UNIT });
        assert_eq!(check(&Config { rate: beyond, ..least.clone() }), error("rate"));
        assert_eq!(check(&Config { cap: beyond, ..least }), error("cap"));
    }

    #[test]
    fn what_the_largest_job_consumes_can_be_written_down() {
        let config = Config { rate: MAX_PER_UNIT, kappa_bps: 9_999, cap: MAX_PER_UNIT, timelock: MIN_TIMELOCK };
        for kind in [Kind::Client, Kind::Commons] {
            let terms = Terms::of(&config, kind, u64::MAX).unwrap();
            let shards = Uint128::from(1u64 << 32);
            assert!(terms.credits().checked_mul(shards).is_ok());
            assert!(terms.mint(u64::MAX).unwrap().checked_mul(shards).is_ok());
        }
    }
}
