//! What values refuse and formulas cannot reckon.

use cosmwasm_std::OverflowError;
use tequio_contract::bounds::OutOfBounds;
use tequio_protocol::errors;
use thiserror::Error;

errors! {
    #[derive(Debug, PartialEq, Error)]
    pub enum CoreError {
        #[error(transparent)]
        Overflow(#[from] OverflowError),
        #[error(transparent)]
        Bounds(#[from] OutOfBounds),
        #[error("public key of {bytes} bytes is not a compressed G2 point of prime order")]
        BadKey { bytes: usize },
    }
}
