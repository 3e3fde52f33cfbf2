//! Everything that can go wrong, with the numbers behind it.

use cosmwasm_std::{Addr, CheckedMultiplyFractionError, OverflowError, StdError, Uint128};
use cw_ownable::OwnershipError;
use tequio_protocol::Permission;
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
    Ratio(#[from] CheckedMultiplyFractionError),

    // Who.
    #[error("{sender} is not the owner key of a provider")]
    NotProvider { sender: Addr },
    #[error("{sender} was never granted the right to place liens")]
    NotHolder { sender: Addr },
    #[error("this contract has no role {role:?}")]
    UnknownRole { role: Permission },
    #[error("{provider} is not a provider")]
    UnknownProvider { provider: Addr },
    #[error("{provider} is a provider already")]
    AlreadyRegistered { provider: Addr },
    #[error("{operator} operates {provider} already")]
    OperatorTaken { operator: Addr, provider: Addr },

    // What was sent.
    #[error("{found} sent to a message that takes no funds")]
    UnexpectedFunds { found: String },
    #[error("{found} sent where only {expected} is taken")]
    WrongDenom { expected: String, found: String },
    #[error("no {expected} sent")]
    NoFunds { expected: String },
    #[error("amount is zero")]
    ZeroAmount,
    #[error("neither operator nor metadata to update")]
    NothingToUpdate,
    #[error("{field} of {length} bytes is longer than {max}")]
    FieldTooLong { field: &'static str, length: usize, max: usize },

    // Stake and liens.
    #[error("free stake {free} short of {needed}")]
    StakeShort { free: Uint128, needed: Uint128 },
    #[error("{open} thaws open, at most {max}")]
    TooManyThaws { open: usize, max: usize },
    #[error("nothing to withdraw for {address}")]
    NothingToWithdraw { address: Addr },
    #[error("lien {placed} and {amount} more exceed the cap {cap} of {holder}")]
    CapExceeded { holder: Addr, placed: Uint128, amount: Uint128, cap: Uint128 },
    #[error("lien {placed} short of {needed}")]
    LienShort { placed: Uint128, needed: Uint128 },
    #[error("parts {client} and {reporter} leave {burned} of the slash {amount} to burn, at least {least}")]
    BurnShort { amount: Uint128, client: Uint128, reporter: Uint128, burned: Uint128, least: Uint128 },
    #[error("parts {client} and {reporter} exceed the slash {amount}")]
    PartsExceed { amount: Uint128, client: Uint128, reporter: Uint128 },

    // Holders.
    #[error("{holder} may place liens from {effective} on, now is {now}")]
    HolderWaits { holder: Addr, effective: u64, now: u64 },
    #[error("the right of {holder} to place liens was revoked")]
    HolderRevoked { holder: Addr },
    #[error("{holder} is granted already, from {effective} on")]
    AlreadyGranted { holder: Addr, effective: u64 },
    #[error("{holder} has no right to revoke")]
    NotGranted { holder: Addr },

    // Bounds.
    #[error("{denom:?} is no denom")]
    BadDenom { denom: String },
    #[error("thaw of {thaw} s is outside {min} to {max}")]
    ThawBounds { thaw: u64, min: u64, max: u64 },
    #[error("timelock of {timelock} s is not longer than the thaw of {thaw} s")]
    TimelockShort { timelock: u64, thaw: u64 },
    #[error("burned share of {burn_bps} bp is outside {min} to {max}")]
    BurnBounds { burn_bps: u16, min: u16, max: u16 },

    // Migration.
    #[error("cannot migrate {found} to {expected}")]
    WrongContract { expected: String, found: String },
    #[error("cannot migrate from version {stored} to {code}")]
    NewerVersion { stored: String, code: String },
}
