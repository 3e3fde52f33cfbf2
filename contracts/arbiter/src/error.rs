//! Everything that can go wrong with a message or a query, with the numbers behind it.

use cosmwasm_std::{Addr, OverflowError, StdError};
use cw_ownable::OwnershipError;
use tequio_attestation::Malformed;
use tequio_contract::{bounds::OutOfBounds, door::Shut, funds::BadFunds, migrate::BadMigration};
use tequio_protocol::{
    AttestationId, Deadline, DemandId, Moment,
    arbiter::{State, Wanted},
    errors,
};
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
        Migration(#[from] BadMigration),
        #[error(transparent)]
        Bounds(#[from] OutOfBounds),
        #[error(transparent)]
        Core(#[from] CoreError),
        #[error(transparent)]
        Overflow(#[from] OverflowError),

        // Demands.
        #[error("attestation {attestation} names another arbiter, or none")]
        NotNamed { attestation: AttestationId },
        #[error("{verdict}: demands and reveals are taken only while an attestation is genuine so far")]
        Closed { verdict: &'static str },
        #[error("outputs may be demanded only by {principal}")]
        NotPrincipal { principal: String },
        #[error("{wanted} was demanded already: {demand}")]
        DemandedAlready { wanted: Wanted, demand: DemandId },
        #[error("malformed: {0}")]
        Malformed(#[from] Malformed),

        // Reveals and bonds.
        #[error("demand {demand} is not known")]
        UnknownDemand { demand: DemandId },
        #[error("demand {demand} is {state}")]
        NotOpen { demand: DemandId, state: State },
        #[error("demand {demand} was due at {due}, it is {now}")]
        Overdue { demand: DemandId, due: Deadline, now: Moment },
        #[error("demand {demand} is settled: {state}")]
        AlreadySettled { demand: DemandId, state: State },
        #[error("the attestation of demand {demand} has no final answer yet: {verdict}")]
        NotFinal { demand: DemandId, verdict: &'static str },
        #[error("nothing to burn")]
        NothingToBurn,
        #[error("nothing to withdraw for {address}")]
        NothingToWithdraw { address: Addr },
    }
}
