//! Bounds on whoever governs.

use tequio_contract::bounds::within;
use tequio_protocol::{
    bps,
    registry::{Config, MAX_THAW, MAX_TIMELOCK, MIN_BURN_BPS, MIN_THAW},
};

use crate::core::error::CoreError;

/// The shortest timelock that is fair while `config` is in force: a provider who distrusts a new holder can leave
/// before it gets its right.
pub fn least_timelock(config: &Config) -> u64 {
    config.thaw.saturating_add(1)
}

/// Refuses a config outside the bounds.
pub fn check(config: &Config) -> Result<(), CoreError> {
    let Config { thaw, timelock, burn_bps } = *config;
    within("thaw", thaw, MIN_THAW, MAX_THAW)?;
    within("timelock", timelock, least_timelock(config), MAX_TIMELOCK)?;
    within("burn_bps", burn_bps, MIN_BURN_BPS.into(), bps::WHOLE.into())?;
    Ok(())
}

/// Refuses what no Cosmos chain accepts as a denom.
pub fn check_denom(denom: &str) -> Result<(), CoreError> {
    let bytes = denom.as_bytes();
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"/:._-".contains(b);
    if (3..=128).contains(&bytes.len()) && bytes[0].is_ascii_alphabetic() && bytes.iter().all(plain) {
        Ok(())
    } else {
        Err(CoreError::BadDenom { denom: denom.into() })
    }
}

#[cfg(test)]
mod tests {
    use tequio_contract::bounds::OutOfBounds;

    use super::*;

    const GOOD: Config = Config { thaw: MIN_THAW, timelock: MIN_THAW + 1, burn_bps: MIN_BURN_BPS };

    #[test]
    fn the_bounds_themselves_are_good() {
        assert_eq!(check(&GOOD), Ok(()));
        assert_eq!(check(&Config { thaw: MAX_THAW, timelock: MAX_THAW + 1, burn_bps: bps::WHOLE }), Ok(()));
        assert_eq!(check(&Config { timelock: MAX_TIMELOCK, ..GOOD }), Ok(()));
    }

    #[test]
    fn one_beyond_each_bound_is_refused() {
        let error = |name, value: u64, min: u64, max: u64| Err(OutOfBounds::Number { name, value, min, max }.into());
        let thaw = |value| error("thaw", value, MIN_THAW, MAX_THAW);
        assert_eq!(check(&Config { thaw: MIN_THAW - 1, ..GOOD }), thaw(MIN_THAW - 1));
        assert_eq!(check(&Config { thaw: MAX_THAW + 1, timelock: MAX_TIMELOCK, ..GOOD }), thaw(MAX_THAW + 1));
        let timelock = |value| error("timelock", value, MIN_THAW + 1, MAX_TIMELOCK);
        assert_eq!(check(&Config { timelock: MIN_THAW, ..GOOD }), timelock(MIN_THAW));
        assert_eq!(check(&Config { timelock: MAX_TIMELOCK + 1, ..GOOD }), timelock(MAX_TIMELOCK + 1));
        let burn = |value: u16| error("burn_bps", value.into(), MIN_BURN_BPS.into(), 10_000);
        assert_eq!(check(&Config { burn_bps: MIN_BURN_BPS - 1, ..GOOD }), burn(MIN_BURN_BPS - 1));
        assert_eq!(check(&Config { burn_bps: bps::WHOLE + 1, ..GOOD }), burn(10_001));
    }

    #[test]
    fn denoms() {
        for good in ["utoken", "ibc/27394FB092D2ECCD56123C74F36E4C1F926001CEADA9CA97EA622B25F41E5EB2", "a-b"] {
            assert_eq!(check_denom(good), Ok(()), "{good}");
        }
        for bad in ["", "ab", "1token", "u token", "utokén", &"u".repeat(129)] {
            assert_eq!(check_denom(bad), Err(CoreError::BadDenom { denom: bad.into() }), "{bad}");
        }
    }
}
