//! What values refuse and formulas cannot reckon.

use cosmwasm_std::{CheckedMultiplyFractionError, OverflowError};
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
    }
}
