//! Bounds on whoever governs.

use tequio_protocol::registry::{Config, MIN_BURN_BPS, MIN_THAW};

use crate::error::Error;

/// Longest thaw: one year. Without it governance could lock every stake for ever.
pub const MAX_THAW: u64 = 31_536_000;
/// All of a slash, in basis points.
pub const WHOLE_BPS: u16 = 10_000;

/// Refuses a config outside the bounds.
pub fn check(config: &Config) -> Result<(), Error> {
    let Config { thaw, timelock, burn_bps } = *config;
    if !(MIN_THAW..=MAX_THAW).contains(&thaw) {
        return Err(Error::ThawBounds { thaw, min: MIN_THAW, max: MAX_THAW });
    }
    // A provider who distrusts a new holder can leave before it gets its right.
    if timelock <= thaw {
        return Err(Error::TimelockShort { timelock, thaw });
    }
    if !(MIN_BURN_BPS..=WHOLE_BPS).contains(&burn_bps) {
        return Err(Error::BurnBounds { burn_bps, min: MIN_BURN_BPS, max: WHOLE_BPS });
    }
    Ok(())
}

/// Refuses what no Cosmos chain accepts as a denom.
pub fn check_denom(denom: &str) -> Result<(), Error> {
    let bytes = denom.as_bytes();
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"/:._-".contains(b);
    if (3..=128).contains(&bytes.len()) && bytes[0].is_ascii_alphabetic() && bytes.iter().all(plain) {
        Ok(())
    } else {
        Err(Error::BadDenom { denom: denom.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Config = Config { thaw: MIN_THAW, timelock: MIN_THAW + 1, burn_bps: MIN_BURN_BPS };

    #[test]
    fn the_bounds_themselves_are_good() {
        assert_eq!(check(&GOOD), Ok(()));
        assert_eq!(check(&Config { thaw: MAX_THAW, timelock: MAX_THAW + 1, burn_bps: WHOLE_BPS }), Ok(()));
    }

    #[test]
    fn one_beyond_each_bound_is_refused() {
        let thaw_error = |thaw| Err(Error::ThawBounds { thaw, min: MIN_THAW, max: MAX_THAW });
        assert_eq!(check(&Config { thaw: MIN_THAW - 1, ..GOOD }), thaw_error(MIN_THAW - 1));
        assert_eq!(check(&Config { thaw: MAX_THAW + 1, timelock: u64::MAX, ..GOOD }), thaw_error(MAX_THAW + 1));
        assert_eq!(
            check(&Config { timelock: MIN_THAW, ..GOOD }),
            Err(Error::TimelockShort { timelock: MIN_THAW, thaw: MIN_THAW })
        );
        let burn_error = |burn_bps| Err(Error::BurnBounds { burn_bps, min: MIN_BURN_BPS, max: WHOLE_BPS });
        assert_eq!(check(&Config { burn_bps: MIN_BURN_BPS - 1, ..GOOD }), burn_error(MIN_BURN_BPS - 1));
        assert_eq!(check(&Config { burn_bps: WHOLE_BPS + 1, ..GOOD }), burn_error(WHOLE_BPS + 1));
    }

    #[test]
    fn denoms() {
        for good in ["utoken", "ibc/27394FB092D2ECCD56123C74F36E4C1F926001CEADA9CA97EA622B25F41E5EB2", "a-b"] {
            assert_eq!(check_denom(good), Ok(()), "{good}");
        }
        for bad in ["", "ab", "1token", "u token", "utokén", &"u".repeat(129)] {
            assert_eq!(check_denom(bad), Err(Error::BadDenom { denom: bad.into() }), "{bad}");
        }
    }
}
