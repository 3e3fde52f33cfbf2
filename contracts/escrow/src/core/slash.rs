//! How a slash is split.

use cosmwasm_std::Uint128;
use tequio_protocol::bps;

use crate::core::error::CoreError;

/// What others than the fire get of a slash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    pub reporter: Uint128,
    pub client: Uint128,
}

/// Splits a slash: at least `burn_bps` of it, rounded up, is burned (more than the whole is the whole); of the rest the
/// reporter gets at most `tip`, and then the client at most `gas`, what is left of its job's.
pub fn split(amount: Uint128, burn_bps: u16, tip: Uint128, gas: Uint128) -> Result<Split, CoreError> {
    let unburned = amount.checked_sub(bps::ceil(amount, burn_bps.min(bps::WHOLE))?)?;
    let reporter = tip.min(unburned);
    let client = gas.min(unburned.checked_sub(reporter)?);
    Ok(Split { reporter, client })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(amount: u128, bps: u16, tip: u128, gas: u128) -> (u128, u128) {
        let Split { reporter, client } = split(amount.into(), bps, tip.into(), gas.into()).unwrap();
        (reporter.u128(), client.u128())
    }

    #[test]
    fn the_reporter_comes_before_the_client_and_fire_before_both() {
        assert_eq!(of(1_000, 8_000, 50, 100), (50, 100));
        assert_eq!(of(1_000, 8_000, 50, 480), (50, 150));
        assert_eq!(of(1_000, 8_000, 900, 50), (200, 0));
        assert_eq!(of(1_000, 10_000, 50, 900), (0, 0));
        assert_eq!(of(1_000, u16::MAX, 50, 900), (0, 0));
        assert_eq!(of(4, 8_000, 50, 900), (0, 0), "four fifths of four units are burned as four");
        assert_eq!(of(u128::MAX, 8_000, 0, u128::MAX), (0, u128::MAX / 5));
    }

    /// Whoever slashes itself, as client and reporter in one, gets no more than a fifth of it back.
    #[test]
    fn no_slash_is_worth_its_tip_and_gas() {
        for amount in 0..500 {
            for most in [0, 1, 7, u128::MAX] {
                for (tip, gas) in [(most, 0), (0, most), (most, most)] {
                    let (reporter, client) = of(amount, 8_000, tip, gas);
                    assert!(reporter + client <= amount / 5, "{amount} {tip} {gas}");
                }
            }
        }
    }
}
