//! What values refuse and formulas cannot reckon.

use cosmwasm_std::{Addr, CheckedMultiplyFractionError, OverflowError, Uint128};
use tequio_contract::bounds::OutOfBounds;
use tequio_protocol::errors;
use thiserror::Error;

errors! {
    #[derive(Debug, PartialEq, Error)]
    pub enum CoreError {
        #[error(transparent)]
        Overflow(#[from] OverflowError),
        #[error(transparent)]
        Ratio(#[from] CheckedMultiplyFractionError),
        #[error(transparent)]
        Bounds(#[from] OutOfBounds),
        #[error("{denom:?} is no denom")]
        BadDenom { denom: String },
        #[error("{field} of {length} bytes is longer than {max}")]
        FieldTooLong { field: &'static str, length: usize, max: usize },

        // Stake and liens.
        #[error("free stake {free} short of {needed}")]
        StakeShort { free: Uint128, needed: Uint128 },
        #[error("lien {placed} and {amount} more exceed the cap {cap} of {holder}")]
        CapExceeded { holder: Addr, placed: Uint128, amount: Uint128, cap: Uint128 },
        #[error("lien {placed} short of {needed}")]
        LienShort { placed: Uint128, needed: Uint128 },
        #[error("parts {client} and {reporter} leave {burned} of the slash {amount} to burn, at least {least}")]
        BurnShort { amount: Uint128, client: Uint128, reporter: Uint128, burned: Uint128, least: Uint128 },
        #[error("parts {client} and {reporter} exceed the slash {amount}")]
        PartsExceed { amount: Uint128, client: Uint128, reporter: Uint128 },
    }
}
