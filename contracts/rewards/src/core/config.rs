//! Bounds on whoever governs.

use tequio_protocol::rewards::{Config, MIN_TIMELOCK};

use crate::error::Error;

/// The whole, in basis points.
pub const WHOLE_BPS: u16 = 10_000;

/// Refuses a config outside the bounds.
pub fn check(config: &Config) -> Result<(), Error> {
    let Config { rate: _, kappa_bps, cap: _, timelock } = *config;
    // At κ = 1 hiring oneself would be free.
    if kappa_bps >= WHOLE_BPS {
        return Err(Error::KappaBounds { kappa_bps, max: WHOLE_BPS });
    }
    if timelock < MIN_TIMELOCK {
        return Err(Error::TimelockShort { timelock, min: MIN_TIMELOCK });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::Uint128;

    use super::*;

    #[test]
    fn the_bounds_and_one_beyond() {
        let good =
            Config { rate: Uint128::zero(), kappa_bps: WHOLE_BPS - 1, cap: Uint128::MAX, timelock: MIN_TIMELOCK };
        assert_eq!(check(&good), Ok(()));
        assert_eq!(
            check(&Config { kappa_bps: WHOLE_BPS, ..good.clone() }),
            Err(Error::KappaBounds { kappa_bps: WHOLE_BPS, max: WHOLE_BPS })
        );
        assert_eq!(
            check(&Config { timelock: MIN_TIMELOCK - 1, ..good }),
            Err(Error::TimelockShort { timelock: MIN_TIMELOCK - 1, min: MIN_TIMELOCK })
        );
    }
}
