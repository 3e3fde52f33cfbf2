use cosmwasm_std::StdError;
use cw_ownable::OwnershipError;
use tequio_attestation::Malformed;
use tequio_protocol::{AttestationId, BeaconId, SubjectId};

/// Everything that can be wrong with a message or a query. No message that fails changes anything.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum ContractError {
    #[error(transparent)]
    Std(#[from] StdError),
    #[error(transparent)]
    Ownership(#[from] OwnershipError),
    #[error("takes no funds, {sent} sent")]
    Funds { sent: String },
    #[error("a count would overflow")]
    Overflow,

    #[error("{field} is {value}, not between {least} and {most}")]
    OutOfBounds { field: &'static str, value: u64, least: u64, most: u64 },
    #[error("public key of {bytes} bytes is not a compressed G2 point of prime order")]
    BadKey { bytes: usize },
    #[error("{pending} beacons are not in effect yet, no more are taken before {until}")]
    TooManyPending { pending: usize, until: u64 },

    #[error("beacon {beacon} is not known")]
    UnknownBeacon { beacon: BeaconId },
    #[error("rounds count from 1")]
    RoundZero,
    #[error("round {round} is due at {due}, it is {now}")]
    NotDue { round: u64, due: u64, now: u64 },
    #[error("round {round} of beacon {beacon} was stored at {stored}")]
    AlreadyStored { beacon: BeaconId, round: u64, stored: u64 },
    #[error("signature of {bytes} bytes is not a compressed G1 point of prime order")]
    BadSignature { bytes: usize },
    #[error("not the signature of round {round} by beacon {beacon}")]
    WrongSignature { beacon: BeaconId, round: u64 },

    #[error("no shards to attest to")]
    NoShards,
    #[error("{draws} draws, not between 1 and {most}")]
    Draws { draws: u32, most: u32 },
    #[error("{count} shards from {first} on go beyond the last number")]
    ShardsOverflow { first: u64, count: u64 },
    #[error("{attester} has attested to subject {subject} already: {attestation}")]
    AlreadyAttested { attester: String, subject: SubjectId, attestation: AttestationId },

    #[error("attestation {attestation} is not known")]
    UnknownAttestation { attestation: AttestationId },
    #[error("no message has come at height {height} or later: send a tick")]
    ClockBehind { height: u64 },
    #[error("round {round} of beacon {beacon}, due at {due}, is not stored")]
    RoundMissing { beacon: BeaconId, round: u64, due: u64 },
    #[error("already {verdict} after {opened} of {draws} draws")]
    Closed { verdict: &'static str, opened: u32, draws: u32 },
    #[error("lapsed: {opened} of {draws} draws opened by {deadline}, it is {now}")]
    Lapsed { opened: u32, draws: u32, deadline: u64, now: u64 },
    #[error("void: round {round} was not stored by {limit}")]
    Void { round: u64, limit: u64 },
    #[error("malformed opening: {0}")]
    Malformed(#[from] Malformed),
    #[error("the opening opens no draw")]
    NothingOpened,

    #[error("cannot migrate from {stored} to {expected}")]
    WrongContract { stored: String, expected: &'static str },
    #[error("cannot migrate from version {stored} back to {to}")]
    Downgrade { stored: String, to: &'static str },
    #[error("{version} is not a version")]
    BadVersion { version: String },
}
