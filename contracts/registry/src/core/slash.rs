//! How a slash is split.

use cosmwasm_std::Uint128;
use tequio_protocol::bps;

use crate::core::error::CoreError;

/// The three parts of a slash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    pub burned: Uint128,
    pub client: Uint128,
    pub reporter: Uint128,
}

/// Splits `amount`: what `client` and `reporter` do not get is burned, at least ⌈amount × burn_bps / 10,000⌉.
pub fn cut(amount: Uint128, client: Uint128, reporter: Uint128, burn_bps: u16) -> Result<Cut, CoreError> {
    let burned = client
        .checked_add(reporter)
        .and_then(|parts| amount.checked_sub(parts))
        .map_err(|_| CoreError::PartsExceed { amount, client, reporter })?;
    let least = bps::ceil(amount, burn_bps)?;
    if burned < least {
        return Err(CoreError::BurnShort { amount, client, reporter, burned, least });
    }
    Ok(Cut { burned, client, reporter })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn u(amount: u128) -> Uint128 {
        Uint128::new(amount)
    }

    #[test]
    fn the_parts_sum_to_the_slash_to_the_unit() {
        assert_eq!(cut(u(101), u(40), u(10), 5_000), Ok(Cut { burned: u(51), client: u(40), reporter: u(10) }));
        assert_eq!(cut(u(7), u(0), u(0), 10_000), Ok(Cut { burned: u(7), client: u(0), reporter: u(0) }));
    }

    #[test]
    fn the_least_burned_is_rounded_up() {
        assert_eq!(
            cut(u(101), u(41), u(10), 5_000),
            Err(CoreError::BurnShort { amount: u(101), client: u(41), reporter: u(10), burned: u(50), least: u(51) })
        );
        assert_eq!(
            cut(u(1), u(1), u(0), 5_000),
            Err(CoreError::BurnShort { amount: u(1), client: u(1), reporter: u(0), burned: u(0), least: u(1) })
        );
    }

    #[test]
    fn parts_beyond_the_slash_are_refused_even_where_their_sum_overflows() {
        for (client, reporter) in [(u(8), u(0)), (u(4), u(4)), (Uint128::MAX, Uint128::MAX)] {
            assert_eq!(
                cut(u(7), client, reporter, 5_000),
                Err(CoreError::PartsExceed { amount: u(7), client, reporter })
            );
        }
    }

    #[test]
    fn the_greatest_slash_does_not_overflow() {
        assert_eq!(cut(Uint128::MAX, u(0), u(0), 9_999).unwrap().burned, Uint128::MAX);
    }
}
