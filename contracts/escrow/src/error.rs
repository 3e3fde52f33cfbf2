//! Everything that can go wrong with a message or a query, with the numbers behind it.

use cosmwasm_std::{Addr, CheckedMultiplyFractionError, OverflowError, StdError, Uint128};
use cw_ownable::OwnershipError;
use tequio_attestation::Malformed;
use tequio_contract::{bounds::OutOfBounds, door::Shut, funds::BadFunds, migrate::BadMigration};
use tequio_protocol::{
    AssignmentId, JobId, errors,
    escrow::{Ending, Kept, NotYet},
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
        #[error(transparent)]
        Ratio(#[from] CheckedMultiplyFractionError),

        // Who.
        #[error("job {job} belongs to {client}, not to {sender}")]
        NotClient { job: JobId, client: Addr, sender: Addr },
        #[error("{sender} does not work for {provider}")]
        NotOperator { sender: Addr, provider: Addr },

        // Jobs.
        #[error("posting is paused")]
        PostingPaused,
        #[error("program header refused: {0}")]
        Header(#[from] Malformed),
        #[error("{principal} governs, and cannot be the principal of a commons job too")]
        OwnPrincipal { principal: Addr },
        #[error("no job {job}")]
        UnknownJob { job: JobId },
        #[error("job {job} ended at {end}, now is {now}")]
        JobEnded { job: JobId, end: u64, now: u64 },
        #[error("job {job} has {free} free shards, {asked} asked")]
        FreeShards { job: JobId, free: u64, asked: u64 },
        #[error("0 shards asked of job {job}")]
        ZeroShards { job: JobId },
        #[error("no free range of job {job} begins at {first}")]
        UnknownRange { job: JobId, first: u64 },
        #[error("price {price} does not raise {current}")]
        NotRaised { price: Uint128, current: Uint128 },
        #[error("only the client may refund before job {job} ends at {end}; now is {now}")]
        NotRefundable { job: JobId, end: u64, now: u64 },

        // Assignments.
        #[error("assigning is paused")]
        AssigningPaused,
        #[error("{provider} has {held} shards of job {job}, all of the {cap} one provider may take")]
        Diversity { job: JobId, provider: Addr, held: u64, cap: u64 },
        #[error("a shard of job {job} at {first} pays {price}, short of {asked}")]
        Cheaper { job: JobId, first: u64, price: Uint128, asked: Uint128 },
        #[error("of {range} free shards of job {job} at {first} it can take {most}, short of {asked}; least are {least}")]
        TooFew { job: JobId, first: u64, range: u64, most: u64, asked: u64, least: u64 },
        #[error(
            "none of the first {ranges} free ranges of job {job} gives {asked} shards at {price} each, but at most {most}; least are {least}"
        )]
        NoRange { job: JobId, ranges: usize, asked: u64, price: Uint128, most: u64, least: u64 },
        #[error("job {job} is for {takers} providers, and {provider} is none of them")]
        NotTaker { job: JobId, provider: Addr, takers: usize },
        #[error("{provider} left {absences} assignments of job {job} unattested and takes no more of it")]
        Absences { job: JobId, provider: Addr, absences: u8 },
        #[error("no assignment {assignment}")]
        UnknownAssignment { assignment: AssignmentId },
        #[error("assignment {assignment} is over: {ending}")]
        Over { assignment: AssignmentId, ending: Ending },
        #[error("assignment {assignment}: {reason}")]
        NotYet { assignment: AssignmentId, reason: NotYet },
        #[error("assignment {assignment} is to be expired, not settled: {ending}")]
        Expires { assignment: AssignmentId, ending: Ending },
        #[error("assignment {assignment} is to be settled, not expired: {ending}")]
        Settles { assignment: AssignmentId, ending: Ending },
        #[error("assignment {assignment} {reason}")]
        Kept { assignment: AssignmentId, reason: Kept },
        #[error("{provider} has given back of job {job} before")]
        GaveBack { job: JobId, provider: Addr },

        // What is owed.
        #[error("{asked} free shards of job {job} are in more than {most} ranges: {shards} of them can be refunded at once")]
        FreeRanges { job: JobId, asked: u64, shards: u64, most: usize },
        #[error("a shard mints up to {mint} tokens and would stand under no lien: the token is held to be worth nothing")]
        NoLien { mint: Uint128 },
        #[error("nothing to withdraw for {address}")]
        NothingToWithdraw { address: Addr },
        #[error("nothing to burn")]
        NothingToBurn,
        #[error("no reward of assignment {assignment} is pending")]
        NoReward { assignment: AssignmentId },
        #[error("no release of job {job} is pending")]
        NoRelease { job: JobId },

        // Setting up.
        #[error("stake is in {registry}, but payment would be in {escrow}")]
        Denoms { registry: String, escrow: String },
    }
}
