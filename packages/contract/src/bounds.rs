//! Bounds: on whoever governs, and on what a message brings.

use cosmwasm_std::Uint128;
use tequio_protocol::{MAX_LIMIT, errors};
use thiserror::Error;

errors! {
    #[derive(Clone, Debug, PartialEq, Eq, Error)]
    pub enum OutOfBounds {
        #[error("{name} is {value}, not between {min} and {max}")]
        Number { name: &'static str, value: u64, min: u64, max: u64 },
        #[error("{name} is {amount}, more than {max}")]
        Amount { name: &'static str, amount: Uint128, max: Uint128 },
        #[error("{name} is zero")]
        Zero { name: &'static str },
    }
}

/// Refuses a `value` that is not between `min` and `max`; both are allowed.
pub fn within(name: &'static str, value: impl Into<u64>, min: u64, max: u64) -> Result<(), OutOfBounds> {
    let value = value.into();
    if (min..=max).contains(&value) { Ok(()) } else { Err(OutOfBounds::Number { name, value, min, max }) }
}

/// Refuses an `amount` above `max`.
pub fn at_most(name: &'static str, amount: Uint128, max: Uint128) -> Result<(), OutOfBounds> {
    if amount <= max { Ok(()) } else { Err(OutOfBounds::Amount { name, amount, max }) }
}

/// Refuses nothing.
pub fn some(name: &'static str, amount: impl Into<Uint128>) -> Result<(), OutOfBounds> {
    if amount.into().is_zero() { Err(OutOfBounds::Zero { name }) } else { Ok(()) }
}

/// Refuses a list without items, or with more than [`MAX_LIMIT`].
pub fn listed<T>(name: &'static str, list: &[T]) -> Result<(), OutOfBounds> {
    within(name, list.len() as u64, 1, MAX_LIMIT.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_themselves_are_good() {
        for value in [3u16, 4, 5] {
            assert_eq!(within("width", value, 3, 5), Ok(()));
        }
        for value in [2u64, 6, u64::MAX] {
            assert_eq!(within("width", value, 3, 5), Err(OutOfBounds::Number { name: "width", value, min: 3, max: 5 }));
        }
        assert_eq!(within("width", 6u64, 3, 5).unwrap_err().to_string(), "width is 6, not between 3 and 5");
    }

    #[test]
    fn lists_are_neither_empty_nor_long() {
        assert_eq!((listed("jobs", &[0; 1]), listed("jobs", &[0; 100])), (Ok(()), Ok(())));
        for count in [0, 101] {
            let error = OutOfBounds::Number { name: "jobs", value: count as u64, min: 1, max: 100 };
            assert_eq!(listed("jobs", &vec![0; count]), Err(error));
        }
    }

    #[test]
    fn amounts_go_up_to_their_most() {
        let [most, more] = [7u128, 8].map(Uint128::new);
        assert_eq!((at_most("gas", Uint128::zero(), most), at_most("gas", most, most)), (Ok(()), Ok(())));
        let error = at_most("gas", more, most).unwrap_err();
        assert_eq!(error, OutOfBounds::Amount { name: "gas", amount: more, max: most });
        assert_eq!(error.to_string(), "gas is 8, more than 7");
    }

    #[test]
    fn nothing_is_refused() {
        assert_eq!((some("amount", 1u64), some("amount", Uint128::MAX)), (Ok(()), Ok(())));
        assert_eq!(some("amount", 0u64), Err(OutOfBounds::Zero { name: "amount" }));
        assert_eq!(some("amount", 0u64).unwrap_err().to_string(), "amount is zero");
    }
}
