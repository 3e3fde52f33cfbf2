//! What values refuse and formulas cannot reckon.

use cosmwasm_std::{CheckedMultiplyFractionError, Decimal, OverflowError};
use tequio_contract::bounds::OutOfBounds;
use tequio_protocol::{errors, escrow::Kind};
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
        #[error("a {kind} job: a commons job names its principal, of a client's job it is the client")]
        Principal { kind: Kind },
        #[error("{taker} is named twice among the takers")]
        TakerTwice { taker: String },
        #[error("the shards are for {min_providers} providers or more, and {takers} may take them")]
        FewTakers { takers: usize, min_providers: u32 },
        #[error("token_value is {value}, more than {max}")]
        TokenValue { value: Decimal, max: Decimal },
    }
}
