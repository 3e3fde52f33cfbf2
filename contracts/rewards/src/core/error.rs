//! What values refuse and formulas cannot reckon.

use cosmwasm_std::{CheckedMultiplyFractionError, ConversionOverflowError, DivideByZeroError, OverflowError, Uint128};
use tequio_contract::bounds::OutOfBounds;
use tequio_protocol::{JobId, errors};
use thiserror::Error;

errors! {
    #[derive(Debug, PartialEq, Error)]
    pub enum CoreError {
        #[error(transparent)]
        Overflow(#[from] OverflowError),
        #[error(transparent)]
        Ratio(#[from] CheckedMultiplyFractionError),
        #[error(transparent)]
        Conversion(#[from] ConversionOverflowError),
        #[error(transparent)]
        DivideByZero(#[from] DivideByZeroError),
        #[error(transparent)]
        Bounds(#[from] OutOfBounds),
        #[error("{name} is {value}, more than {max}")]
        TooMuch { name: &'static str, value: Uint128, max: Uint128 },
        #[error("{left} shards reserved for job {job}, short of {needed}")]
        ShardsShort { job: JobId, left: u64, needed: u64 },
        #[error("genesis {genesis} and an emission of 2 × {initial} × {halving} exceed what a token can have")]
        SupplyBounds { genesis: Uint128, initial: Uint128, halving: u64 },
        #[error("{count} genesis balances, at most {max}")]
        TooManyBalances { count: usize, max: usize },
    }
}
