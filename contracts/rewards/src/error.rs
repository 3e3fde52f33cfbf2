//! Everything that can go wrong, with the numbers behind it.

use cosmwasm_std::{Addr, ConversionOverflowError, DivideByZeroError, OverflowError, StdError, Uint128};
use cw_ownable::OwnershipError;
use cw_utils::ParseReplyError;
use tequio_protocol::{JobId, Permission};
use thiserror::Error;

#[derive(Debug, PartialEq, Error)]
pub enum Error {
    #[error(transparent)]
    Std(#[from] StdError),
    #[error(transparent)]
    Ownership(#[from] OwnershipError),
    #[error(transparent)]
    Overflow(#[from] OverflowError),
    #[error(transparent)]
    Conversion(#[from] ConversionOverflowError),
    #[error(transparent)]
    DivideByZero(#[from] DivideByZeroError),
    #[error(transparent)]
    ParseReply(#[from] ParseReplyError),

    // Who.
    #[error("{sender} is not the token {token}")]
    NotToken { sender: Addr, token: Addr },
    #[error("{sender} was never granted the rights of a source")]
    NotSource { sender: Addr },
    #[error("this contract has no role {role:?}")]
    UnknownRole { role: Permission },

    // What was sent.
    #[error("{found} sent to a message that takes no funds")]
    UnexpectedFunds { found: String },
    #[error("{what} is zero")]
    Zero { what: &'static str },

    // Credits and reservations.
    #[error("{free} free credits of {client} short of {needed}")]
    CreditsShort { client: Addr, free: Uint128, needed: Uint128 },
    #[error("{client} allows {origin} to reserve {allowed} more credits, short of {needed}")]
    AllowanceShort { client: Addr, origin: Addr, allowed: Uint128, needed: Uint128 },
    #[error("job {job} of {origin} was reserved already")]
    AlreadyReserved { origin: Addr, job: JobId },
    #[error("nothing was ever reserved for job {job} of {origin}")]
    UnknownReservation { origin: Addr, job: JobId },
    #[error("{left} shards reserved for job {job}, short of {needed}")]
    ShardsShort { job: JobId, left: u64, needed: u64 },
    #[error("number {number} of {origin} was counted already")]
    AlreadyCounted { origin: Addr, number: u64 },
    #[error("nothing to claim for {provider}")]
    NothingToClaim { provider: Addr },

    // Sources.
    #[error("{origin} may reserve from {effective} on, now is {now}")]
    SourceWaits { origin: Addr, effective: u64, now: u64 },
    #[error("the right of {origin} to reserve was revoked")]
    SourceRevoked { origin: Addr },
    #[error("{origin} is granted already, from {effective} on")]
    AlreadyGranted { origin: Addr, effective: u64 },
    #[error("{origin} has no right to revoke")]
    NotGranted { origin: Addr },

    // Bounds.
    #[error("kappa of {kappa_bps} bp is not below {max}")]
    KappaBounds { kappa_bps: u16, max: u16 },
    #[error("timelock of {timelock} s is below {min}")]
    TimelockShort { timelock: u64, min: u64 },
    #[error("genesis {genesis} and an emission of 2 × {initial} × {halving} exceed what a token can have")]
    SupplyBounds { genesis: Uint128, initial: Uint128, halving: u64 },
    #[error("{count} genesis balances, at most {max}")]
    TooManyBalances { count: usize, max: usize },

    // Setting up and migration.
    #[error("reply {id} was never asked for")]
    UnknownReply { id: u64 },
    #[error("the token's instantiation answered nothing")]
    NoToken,
    #[error("cannot migrate {found} to {expected}")]
    WrongContract { expected: String, found: String },
    #[error("cannot migrate from version {stored} to {code}")]
    NewerVersion { stored: String, code: String },
}
