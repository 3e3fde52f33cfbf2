//! What happened.

use cosmwasm_std::Uint128;

use super::state::Ending;
use crate::{AssignmentId, JobId, ProgramId, attributes, events, rewards::Kind};
pub use crate::{
    balance::{Credited, Reason, Withdrawn},
    governance::{Configured, OwnershipChanged},
};

attributes!(Ending);

events! {
    use Configured, Credited, OwnershipChanged, Withdrawn;
    Posted = "posted" {
        job: JobId, client: String, kind: Kind, program_id: ProgramId, shards: u64, price: Uint128, lien: Uint128,
    }
    Assigned = "assigned" {
        assignment: AssignmentId, job: JobId, provider: String, operator: String, first: u64, count: u64, lien: Uint128,
        attest_by: u64,
    }
    /// An assignment ended. `paid` to the provider; `slashed` off its stake.
    Ended = "ended" {
        assignment: AssignmentId, job: JobId, provider: String, ending: Ending, shards: u64, paid: Uint128,
        slashed: Uint128,
    }
    Refunded = "refunded" { job: JobId, client: String, shards: u64, amount: Uint128 }
    ToppedUp = "topped_up" { job: JobId, first: u64, count: u64, price: Uint128 }
    /// `rewards` failed to count an assignment; it can be sent again.
    RewardPending = "reward_pending" { assignment: AssignmentId }
    /// `rewards` failed to release a job's credits; they can be released again.
    ReleasePending = "release_pending" { job: JobId, shards: u64 }
    PauseSet = "pause_set" { posting: bool, assigning: bool }
}
