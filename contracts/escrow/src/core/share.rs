//! Shares of an amount, and how a slash is split.

use cosmwasm_std::Uint128;

/// One whole, in basis points.
pub const WHOLE: u128 = 10_000;

/// ⌈amount × bps / 10,000⌉, for `bps` of at most 10,000; a larger share is the whole.
pub fn up(amount: Uint128, bps: u16) -> Uint128 {
    amount.mul_ceil((u128::from(bps).min(WHOLE), WHOLE))
}

/// What others than the fire get of a slash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    pub client: Uint128,
    pub reporter: Uint128,
}

/// Splits a slash: at least `burn_bps` of it, rounded up, is burned; of the rest the client gets at most `client_gas`,
/// and then the reporter at most `reporter_tip`.
pub fn split(amount: Uint128, burn_bps: u16, client_gas: Uint128, reporter_tip: Uint128) -> Split {
    let unburned = amount.saturating_sub(up(amount, burn_bps));
    let client = client_gas.min(unburned);
    let reporter = reporter_tip.min(unburned.saturating_sub(client));
    Split { client, reporter }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amounts(split: Split) -> (u128, u128) {
        (split.client.u128(), split.reporter.u128())
    }

    #[test]
    fn shares_round_up() {
        assert_eq!(up(Uint128::new(10_001), 1).u128(), 2);
        assert_eq!(up(Uint128::new(10_000), 1).u128(), 1);
        assert_eq!(up(Uint128::zero(), 2_000).u128(), 0);
        assert_eq!(up(Uint128::MAX, 10_000), Uint128::MAX);
        assert_eq!(up(Uint128::new(7), u16::MAX).u128(), 7);
    }

    #[test]
    fn client_comes_before_reporter_and_fire_before_both() {
        let of = |amount: u128, bps, gas: u128, tip: u128| amounts(split(amount.into(), bps, gas.into(), tip.into()));
        assert_eq!(of(1_000, 5_000, 100, 50), (100, 50));
        assert_eq!(of(1_000, 5_000, 480, 50), (480, 20));
        assert_eq!(of(1_000, 5_000, 900, 50), (500, 0));
        assert_eq!(of(1_000, 10_000, 900, 50), (0, 0));
        assert_eq!(of(1, 5_000, 900, 50), (0, 0), "half of one unit is burned as one");
    }
}
