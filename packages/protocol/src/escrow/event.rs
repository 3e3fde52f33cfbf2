//! What happened.

use cosmwasm_std::Uint128;

use super::{answer::RangeResponse, state::Ending};
use crate::{AssignmentId, JobId, ProgramId, attributes, events, rewards::Kind};
pub use crate::{
    balance::{Credited, Reason, Withdrawn},
    governance::{Configured, OwnershipChanged},
};

attributes!(Ending);

events! {
    use Configured, Credited, OwnershipChanged, Withdrawn;
    Posted = "posted" {
        job: JobId,
        client: String,
        kind: Kind,
        program_id: ProgramId,
        shards: u64,
        /// Payment for one shard.
        price: Uint128,
        /// Lien for one shard.
        lien: Uint128,
        draws: u32,
        attest_window: u32,
        audit_window: u32,
        principal: String,
        end: u64,
        min_providers: u32,
        /// Least shards of one assignment.
        least: u64,
        /// The only providers that may take shards; anyone may if there are none.
        takers: Vec<String>,
        data: String,
    }
    Assigned = "assigned" {
        assignment: AssignmentId,
        job: JobId,
        provider: String,
        operator: String,
        first: u64,
        count: u64,
        /// Payment for one shard.
        price: Uint128,
        /// The whole lien.
        lien: Uint128,
        /// The attestation must be there by this time, or in so many blocks, whichever comes later.
        attest_by: u64,
        blocks: u32,
    }
    /// An assignment ended. `paid` to the provider; `slashed` off its stake.
    Ended = "ended" {
        assignment: AssignmentId,
        job: JobId,
        provider: String,
        ending: Ending,
        first: u64,
        shards: u64,
        paid: Uint128,
        slashed: Uint128,
        /// Sent by the provider, for giving back.
        fee: Uint128,
        /// Of the fee, what is above the client's gas: to be burned.
        to_burn: Uint128,
    }
    Refunded = "refunded" {
        job: JobId,
        client: String,
        shards: u64,
        amount: Uint128,
        /// The shards, the last first.
        ranges: Vec<RangeResponse>,
    }
    ToppedUp = "topped_up" { job: JobId, first: u64, count: u64, price: Uint128 }
    /// `rewards` failed to count an assignment; it can be sent again.
    RewardPending = "reward_pending" { assignment: AssignmentId }
    /// What failed was sent to `rewards` again.
    RewardRetried = "reward_retried" { assignment: AssignmentId }
    /// `rewards` failed to release a job's credits; they can be released again.
    ReleasePending = "release_pending" { job: JobId, shards: u64 }
    /// What failed was sent to `rewards` again.
    ReleaseRetried = "release_retried" { job: JobId, shards: u64 }
    /// What fees had left to burn is gone.
    Burned = "burned" { amount: Uint128 }
    PauseSet = "pause_set" { posting: bool, assigning: bool }
}
