//! What values refuse and formulas cannot reckon.

use cosmwasm_std::OverflowError;
use tequio_contract::bounds::OutOfBounds;
use tequio_protocol::{Deadline, errors};
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
        #[error("held until {until}: no window is longer than the one to {limit}, or begins after it")]
        HeldTooLong { until: Deadline, limit: Deadline },
        #[error("a turn until {turn}: one begins when something that was demanded is revealed, and is until {own} now")]
        NotATurn { turn: Deadline, own: Deadline },
    }
}
