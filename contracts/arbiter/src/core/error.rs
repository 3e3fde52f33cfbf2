//! What values refuse and formulas cannot reckon.

use cosmwasm_std::OverflowError;
use tequio_protocol::errors;
use thiserror::Error;

errors! {
    #[derive(Debug, PartialEq, Error)]
    pub enum CoreError {
        #[error(transparent)]
        Overflow(#[from] OverflowError),
        #[error("due at {due}, with a turn after it at {turn}: the hold ends at {limit} and block {limit_block}")]
        QueueFull { due: u64, turn: u64, limit: u64, limit_block: u64 },
        #[error("these outputs take {seconds} s more to deliver, all together at most {max}")]
        DeliveryTooLong { seconds: u64, max: u64 },
    }
}
