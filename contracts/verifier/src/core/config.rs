//! Bounds on whoever governs.

use tequio_contract::bounds::within;
use tequio_protocol::verifier::{Config, MAX_WAIT, MIN_DELAY, MIN_OPEN_WINDOW, MIN_TIMELOCK, MIN_VOID_AFTER};

use crate::core::error::CoreError;

/// Refuses a config outside the bounds.
pub fn check(config: &Config) -> Result<(), CoreError> {
    let Config { delay, open_window, void_after, timelock, max_draws } = *config;
    within("delay", delay, MIN_DELAY, MAX_WAIT)?;
    within("open_window", open_window, MIN_OPEN_WINDOW, MAX_WAIT)?;
    within("void_after", void_after, MIN_VOID_AFTER, MAX_WAIT)?;
    within("timelock", timelock, MIN_TIMELOCK, MAX_WAIT)?;
    within("max_draws", max_draws, 1, u32::MAX.into())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use tequio_contract::bounds::OutOfBounds;

    use super::*;

    const GOOD: Config = Config {
        delay: MIN_DELAY,
        open_window: MIN_OPEN_WINDOW,
        void_after: MIN_VOID_AFTER,
        timelock: MIN_TIMELOCK,
        max_draws: 1,
    };

    #[test]
    fn bounds_themselves_are_allowed() {
        check(&GOOD).unwrap();
        let most = Config {
            delay: MAX_WAIT,
            open_window: MAX_WAIT,
            void_after: MAX_WAIT,
            timelock: MAX_WAIT,
            max_draws: u32::MAX,
        };
        check(&most).unwrap();
    }

    #[test]
    fn one_beyond_a_bound_is_not() {
        type Set = fn(&mut Config, u64);
        let fields: [(&str, u64, Set); 4] = [
            ("delay", MIN_DELAY, |c, v| c.delay = v),
            ("open_window", MIN_OPEN_WINDOW, |c, v| c.open_window = v),
            ("void_after", MIN_VOID_AFTER, |c, v| c.void_after = v),
            ("timelock", MIN_TIMELOCK, |c, v| c.timelock = v),
        ];
        for (name, least, set) in fields {
            for value in [0, least - 1, MAX_WAIT + 1, u64::MAX] {
                let mut config = GOOD;
                set(&mut config, value);
                let error = OutOfBounds::Number { name, value, min: least, max: MAX_WAIT };
                assert_eq!(check(&config), Err(error.into()));
            }
        }
        let none = Config { max_draws: 0, ..GOOD };
        let error = OutOfBounds::Number { name: "max_draws", value: 0, min: 1, max: u32::MAX.into() };
        assert_eq!(check(&none), Err(error.into()));
    }
}
