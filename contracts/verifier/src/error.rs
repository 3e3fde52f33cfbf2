//! Everything that can go wrong with a message or a query, with the numbers behind it.

use cosmwasm_std::{Addr, OverflowError, StdError};
use cw_ownable::OwnershipError;
use tequio_attestation::Malformed;
use tequio_contract::{bounds::OutOfBounds, door::Shut, funds::BadFunds, migrate::BadMigration};
use tequio_protocol::{AttestationId, BeaconId, Deadline, Moment, SubjectId, errors};
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

        // Beacons.
        #[error("{pending} beacons are not in effect yet, no more are taken before {until}")]
        TooManyPending { pending: usize, until: u64 },
        #[error("beacon {beacon} is not known")]
        UnknownBeacon { beacon: BeaconId },
        #[error("round {round} is due at {due}, it is {now}")]
        NotDue { round: u64, due: u64, now: u64 },
        #[error("signature of {bytes} bytes is not a compressed G1 point of prime order")]
        BadSignature { bytes: usize },
        #[error("not the signature of round {round} by beacon {beacon}")]
        WrongSignature { beacon: BeaconId, round: u64 },

        // Attestations.
        #[error("{count} shards from {first} on go beyond the last number")]
        ShardsOverflow { first: u64, count: u64 },
        #[error("{attester} has attested to subject {subject} already: {attestation}")]
        AlreadyAttested { attester: Addr, subject: SubjectId, attestation: AttestationId },
        #[error("attestation {attestation} is not known")]
        UnknownAttestation { attestation: AttestationId },

        #[error("{sender} is not the arbiter that attestation {attestation} names")]
        NotArbiter { sender: Addr, attestation: AttestationId },
        #[error("{verdict}: it is held only while it is genuine so far")]
        NotHeld { verdict: &'static str },
        #[error("nothing was demanded at {since}: the clock did not record it")]
        NotRecorded { since: Moment },

        // Openings.
        #[error("no message has come in block {block} or later: send a tick")]
        ClockBehind { block: u64 },
        #[error("round {round} of beacon {beacon}, due at {due}, is not stored")]
        RoundMissing { beacon: BeaconId, round: u64, due: u64 },
        #[error("already {verdict} after {opened} of {draws} draws")]
        Closed { verdict: &'static str, opened: u32, draws: u32 },
        #[error("lapsed: {opened} of {draws} draws opened by {deadline}, it is {now}")]
        Lapsed { opened: u32, draws: u32, deadline: Deadline, now: Moment },
        #[error("void: round {round} was not stored by {limit}")]
        Void { round: u64, limit: Deadline },
        #[error("malformed opening: {0}")]
        Malformed(#[from] Malformed),
        #[error("the opening opens no draw")]
        NothingOpened,
        #[error("shard {shard} is none of the {count} from {first} on")]
        UnknownShard { shard: u64, first: u64, count: u64 },
        #[error("nothing is refuted: element {element} of shard {shard} follows from what it reads")]
        Follows { shard: u64, element: u32 },
    }
}
