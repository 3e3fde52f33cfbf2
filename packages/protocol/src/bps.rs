//! Shares in basis points.

use cosmwasm_std::{CheckedMultiplyFractionError, Uint128};

/// The whole, in basis points.
pub const WHOLE: u16 = 10_000;

/// ⌊amount × bps / 10,000⌋. Fails only for shares of more than the whole.
pub fn floor(amount: Uint128, bps: u16) -> Result<Uint128, CheckedMultiplyFractionError> {
    amount.checked_mul_floor(fraction(bps))
}

/// ⌈amount × bps / 10,000⌉. Fails only for shares of more than the whole.
pub fn ceil(amount: Uint128, bps: u16) -> Result<Uint128, CheckedMultiplyFractionError> {
    amount.checked_mul_ceil(fraction(bps))
}

fn fraction(bps: u16) -> (u128, u128) {
    (bps.into(), WHOLE.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn down_and_up_to_the_whole() {
        let amount = Uint128::new(10_001);
        assert_eq!((floor(amount, 1), ceil(amount, 1)), (Ok(Uint128::new(1)), Ok(Uint128::new(2))));
        assert_eq!((floor(amount, 0), ceil(amount, 0)), (Ok(Uint128::zero()), Ok(Uint128::zero())));
        assert_eq!((floor(Uint128::MAX, WHOLE), ceil(Uint128::MAX, WHOLE)), (Ok(Uint128::MAX), Ok(Uint128::MAX)));
        assert!(floor(Uint128::MAX, WHOLE + 1).is_err() && ceil(Uint128::MAX, WHOLE + 1).is_err());
    }
}
