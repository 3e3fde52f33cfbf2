//! How a slash is split.

use cosmwasm_std::Uint128;
use tequio_protocol::bps;

use crate::core::error::CoreError;

/// What others than the fire get of a slash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    pub client: Uint128,
    pub reporter: Uint128,
}

/// Splits a slash: at least `burn_bps` of it, rounded up, is burned (more than the whole is the whole); of the rest the
/// client gets at most `client_gas`, and then the reporter at most `reporter_tip`.
pub fn split(amount: Uint128, burn_bps: u16, client_gas: Uint128, reporter_tip: Uint128) -> Result<Split, CoreError> {
    let unburned = amount.checked_sub(bps::ceil(amount, burn_bps.min(bps::WHOLE))?)?;
    let client = client_gas.min(unburned);
    let reporter = reporter_tip.min(unburned.checked_sub(client)?);
    Ok(Split { client, reporter })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_comes_before_reporter_and_fire_before_both() {
        let of = |amount: u128, bps, gas: u128, tip: u128| {
            let Split { client, reporter } = split(amount.into(), bps, gas.into(), tip.into()).unwrap();
            (client.u128(), reporter.u128())
        };
        assert_eq!(of(1_000, 5_000, 100, 50), (100, 50));
        assert_eq!(of(1_000, 5_000, 480, 50), (480, 20));
        assert_eq!(of(1_000, 5_000, 900, 50), (500, 0));
        assert_eq!(of(1_000, 10_000, 900, 50), (0, 0));
        assert_eq!(of(1_000, u16::MAX, 900, 50), (0, 0));
        assert_eq!(of(1, 5_000, 900, 50), (0, 0), "half of one unit is burned as one");
        assert_eq!(of(u128::MAX, 5_000, u128::MAX, 0), (u128::MAX / 2, 0));
    }
}
