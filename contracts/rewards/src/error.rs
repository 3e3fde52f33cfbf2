//! Everything that can go wrong with a message or a query, with the numbers behind it.

use cosmwasm_std::{Addr, OverflowError, StdError, Uint128};
use cw_ownable::OwnershipError;
use cw_utils::ParseReplyError;
use tequio_contract::{bounds::OutOfBounds, door::Shut, funds::BadFunds, grant::BadGrant, migrate::BadMigration};
use tequio_protocol::{JobId, errors};
use thiserror::Error;

use crate::core::error::CoreError;

errors! {
    #[derive(Debug, PartialEq, Error)]
    pub enum ContractError {
        #[error(transparent)]
        Std(#[from] StdError),
        #[error(transparent)]
        Ownership(#[from] OwnershipError),
        #[error(transparent)]
        Funds(#[from] BadFunds),
        #[error(transparent)]
        Shut(#[from] Shut),
        #[error(transparent)]
        Grant(#[from] BadGrant),
        #[error(transparent)]
        Migration(#[from] BadMigration),
        #[error(transparent)]
        Bounds(#[from] OutOfBounds),
        #[error(transparent)]
        Core(#[from] CoreError),
        #[error(transparent)]
        Overflow(#[from] OverflowError),
        #[error(transparent)]
        ParseReply(#[from] ParseReplyError),

        // Who.
        #[error("{sender} is not the token {token}")]
        NotToken { sender: Addr, token: Addr },
        #[error("{sender} may not approve a source of credits of {client}")]
        NotYourCredits { sender: Addr, client: Addr },

        // What.
        #[error("{free} free credits of {client} short of {needed}")]
        CreditsShort { client: Addr, free: Uint128, needed: Uint128 },
        #[error("{client} allows {origin} to reserve {allowed} more credits, short of {needed}")]
        AllowanceShort { client: Addr, origin: Addr, allowed: Uint128, needed: Uint128 },
        #[error("job {job} of {origin} was reserved already")]
        AlreadyReserved { origin: Addr, job: JobId },
        #[error("nothing was ever reserved for job {job} of {origin}")]
        UnknownReservation { origin: Addr, job: JobId },
        #[error("number {number} of {origin} was counted already")]
        AlreadyCounted { origin: Addr, number: u64 },
        #[error("nothing to claim for {provider}")]
        NothingToClaim { provider: Addr },

        // Setting up.
        #[error("reply {id} was never asked for")]
        UnknownReply { id: u64 },
        #[error("the token's instantiation answered nothing")]
        NoToken,
    }
}
