//! Everything that can go wrong with a message or a query, with the numbers behind it.

use cosmwasm_std::{Addr, OverflowError, StdError};
use cw_ownable::OwnershipError;
use tequio_contract::{bounds::OutOfBounds, door::Shut, funds::BadFunds, grant::BadGrant, migrate::BadMigration};
use tequio_protocol::errors;
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

        // Who.
        #[error("{sender} is not the owner key of a provider")]
        NotProvider { sender: Addr },
        #[error("{provider} is not a provider")]
        UnknownProvider { provider: Addr },
        #[error("{provider} is a provider already")]
        AlreadyRegistered { provider: Addr },
        #[error("{operator} works for {provider} already")]
        AlreadyOperator { operator: Addr, provider: Addr },
        #[error("{operator} is no operator of {provider}")]
        NotOperator { operator: Addr, provider: Addr },
        #[error("{provider} has {listed} operators, at most {max}")]
        TooManyOperators { provider: Addr, listed: usize, max: usize },
        #[error("nobody registers before the first lien holder is granted")]
        NoHolder,

        // What.
        #[error("neither operators nor metadata to update")]
        NothingToUpdate,
        #[error("{open} thaws open, at most {max}")]
        TooManyThaws { open: usize, max: usize },
        #[error("nothing to burn")]
        NothingToBurn,
        #[error("nothing to withdraw for {address}")]
        NothingToWithdraw { address: Addr },
    }
}
