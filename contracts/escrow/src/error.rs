//! Every way a message can fail, with the numbers behind it.

use cosmwasm_std::{CheckedMultiplyFractionError, OverflowError, StdError, Uint128};
use cw_ownable::OwnershipError;
use tequio_attestation::Malformed;
use tequio_protocol::{
    AssignmentId, JobId, Permission,
    escrow::{Ending, Kept, NotYet},
};
use thiserror::Error;

use crate::core::bounds::BadConfig;
use crate::core::funds::BadFunds;
use crate::core::offer::Refusal;

#[derive(Error, Debug, PartialEq)]
pub enum ContractError {
    #[error(transparent)]
    Std(#[from] StdError),
    #[error(transparent)]
    Ownership(#[from] OwnershipError),
    #[error("amount too large: {0}")]
    Overflow(#[from] OverflowError),
    #[error("amount too large: {0}")]
    Multiply(#[from] CheckedMultiplyFractionError),
    #[error("number too large")]
    TooLarge,
    #[error(transparent)]
    Funds(#[from] BadFunds),
    #[error("config refused: {0}")]
    Config(#[from] BadConfig),
    #[error("stake is in {registry}, but payment would be in {escrow}")]
    Denoms { registry: String, escrow: String },

    #[error("a message for {permission:?} only")]
    NotEnforced { permission: Permission },
    #[error("posting is paused")]
    PostingPaused,
    #[error("assigning is paused")]
    AssigningPaused,
    #[error("program header refused: {0}")]
    Header(#[from] Malformed),
    #[error("job refused: {0}")]
    Refused(#[from] Refusal),
    #[error("commons jobs are governance's, not {sender}'s")]
    NotGovernance { sender: String },

    #[error("no job {job}")]
    UnknownJob { job: JobId },
    #[error("job {job} belongs to {client}, not to {sender}")]
    NotClient { job: JobId, client: String, sender: String },
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
    #[error("only the client may refund before job {job} ends at {end}, or a part of it; now is {now}")]
    NotRefundable { job: JobId, end: u64, now: u64 },

    #[error("{sender} operates no provider")]
    NotOperator { sender: String },
    #[error("{provider} has {held} shards of job {job}, all of the {cap} one provider may take")]
    Diversity { job: JobId, provider: String, held: u64, cap: u64 },

    #[error("no assignment {assignment}")]
    UnknownAssignment { assignment: AssignmentId },
    #[error("assignment {assignment} belongs to {provider}, for whom {sender} does not work")]
    NotYours { assignment: AssignmentId, provider: String, sender: String },
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
    GaveBack { job: JobId, provider: String },

    #[error("nothing listed")]
    EmptyList,
    #[error("{count} items listed, at most {max} in a message")]
    LongList { count: usize, max: u32 },
    #[error("nothing to withdraw for {address}")]
    ZeroBalance { address: String },
    #[error("no reward of assignment {assignment} is pending")]
    NoReward { assignment: AssignmentId },
    #[error("no release of job {job} is pending")]
    NoRelease { job: JobId },

    #[error("state is {found}'s, not {expected}'s")]
    OtherContract { found: String, expected: String },
    #[error("state of version {found} is newer than this code, {code}, or cannot be read")]
    NewerState { found: String, code: String },
}
