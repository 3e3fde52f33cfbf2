//! Bounds on whoever governs.

use tequio_contract::bounds::within;
use tequio_protocol::verifier::{Config, MAX_WAIT, MIN_TIMELOCK};

use crate::core::error::CoreError;

/// Refuses a config outside the bounds.
pub fn check(config: &Config) -> Result<(), CoreError> {
    let Config { timelock, max_draws } = *config;
    within("timelock", timelock, MIN_TIMELOCK, MAX_WAIT.into())?;
    within("max_draws", max_draws, 1, u32::MAX.into())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use tequio_contract::bounds::OutOfBounds;

    use super::*;

    const LONGEST: u64 = MAX_WAIT as u64;

    #[test]
    fn bounds_themselves_are_allowed() {
        check(&Config { timelock: MIN_TIMELOCK, max_draws: 1 }).unwrap();
        check(&Config { timelock: LONGEST, max_draws: u32::MAX }).unwrap();
    }

    #[test]
    fn one_beyond_a_bound_is_not() {
        for value in [0, MIN_TIMELOCK - 1, LONGEST + 1, u64::MAX] {
            let error = OutOfBounds::Number { name: "timelock", value, min: MIN_TIMELOCK, max: LONGEST };
            assert_eq!(check(&Config { timelock: value, max_draws: 1 }), Err(error.into()));
        }
        let error = OutOfBounds::Number { name: "max_draws", value: 0, min: 1, max: u32::MAX.into() };
        assert_eq!(check(&Config { timelock: MIN_TIMELOCK, max_draws: 0 }), Err(error.into()));
    }
}
