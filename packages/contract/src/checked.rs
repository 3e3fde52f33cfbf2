//! Sums and differences of counts and times, with the error that those of `Uint128` have.

use cosmwasm_std::{OverflowError, OverflowOperation};

pub fn add(a: u64, b: u64) -> Result<u64, OverflowError> {
    a.checked_add(b).ok_or_else(|| OverflowError::new(OverflowOperation::Add))
}

pub fn sub(a: u64, b: u64) -> Result<u64, OverflowError> {
    a.checked_sub(b).ok_or_else(|| OverflowError::new(OverflowOperation::Sub))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_the_last_number_and_down_to_zero() {
        assert_eq!((add(u64::MAX - 1, 1), sub(7, 7)), (Ok(u64::MAX), Ok(0)));
        assert_eq!(add(u64::MAX, 1), Err(OverflowError::new(OverflowOperation::Add)));
        assert_eq!(sub(6, 7), Err(OverflowError::new(OverflowOperation::Sub)));
    }
}
