//! Everything stored. No other file names a storage key.

pub mod free;

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Empty, Storage, Uint128};
use cw_storage_plus::{Item, Map};
use tequio_protocol::escrow::{Config, Paused};
use tequio_protocol::{AssignmentId, JobId};

use crate::core::assignment::Assignment;
use crate::core::job::Job;
use crate::core::ledger::{Ledger, Tally};
use crate::error::ContractError;

/// What never changes after instantiating.
#[cw_serde]
pub struct Setup {
    pub denom: String,
    pub registry: Addr,
    pub verifier: Addr,
    pub rewards: Addr,
}

/// A run of free shards with one price.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Free {
    pub count: u64,
    /// Payment for one shard.
    pub price: Uint128,
}

pub const SETUP: Item<Setup> = Item::new("setup");
pub const CONFIG: Item<Config> = Item::new("config");
pub const PAUSED: Item<Paused> = Item::new("paused");
pub const LEDGER: Item<Ledger> = Item::new("ledger");
/// Amount that an address can withdraw; absent if 0.
pub const BALANCES: Map<&Addr, Uint128> = Map::new("balances");

const LAST_JOB: Item<u64> = Item::new("last_job");
pub const JOBS: Map<u64, Job> = Map::new("jobs");
/// Shards of each job by state.
pub const TALLIES: Map<u64, Tally> = Map::new("tallies");
/// By job and first shard; neighbours differ in price, or they would be one.
const FREE: Map<(u64, u64), Free> = Map::new("free");
/// By job and provider: shards active or settled; absent if 0.
pub const SHARES: Map<(u64, &Addr), u64> = Map::new("shares");
/// By job and provider: it has given an assignment back.
pub const GAVE_BACK: Map<(u64, &Addr), Empty> = Map::new("gave_back");

const LAST_ASSIGNMENT: Item<u64> = Item::new("last_assignment");
pub const ASSIGNMENTS: Map<u64, Assignment> = Map::new("assignments");
/// Index of assignments, by job and assignment.
pub const JOB_ASSIGNMENTS: Map<(u64, u64), Empty> = Map::new("job_assignments");

/// Assignments that `rewards` failed to count.
pub const PENDING_REWARDS: Map<u64, Empty> = Map::new("pending_rewards");
/// By job: shards whose credits `rewards` failed to release.
pub const PENDING_RELEASES: Map<u64, u64> = Map::new("pending_releases");

/// The next job's id.
pub fn next_job(storage: &mut dyn Storage) -> Result<JobId, ContractError> {
    next(storage, LAST_JOB).map(JobId)
}

/// The next assignment's id.
pub fn next_assignment(storage: &mut dyn Storage) -> Result<AssignmentId, ContractError> {
    next(storage, LAST_ASSIGNMENT).map(AssignmentId)
}

fn next(storage: &mut dyn Storage, last: Item<u64>) -> Result<u64, ContractError> {
    let id = last.may_load(storage)?.unwrap_or_default().checked_add(1).ok_or(ContractError::TooLarge)?;
    last.save(storage, &id)?;
    Ok(id)
}

/// A job by id, or a typed error.
pub fn job(storage: &dyn Storage, id: JobId) -> Result<Job, ContractError> {
    JOBS.may_load(storage, id.0)?.ok_or(ContractError::UnknownJob { job: id })
}

/// An assignment by id, or a typed error.
pub fn assignment(storage: &dyn Storage, id: AssignmentId) -> Result<Assignment, ContractError> {
    ASSIGNMENTS.may_load(storage, id.0)?.ok_or(ContractError::UnknownAssignment { assignment: id })
}

/// Shards of a job that a provider holds or was paid for.
pub fn share(storage: &dyn Storage, job: JobId, provider: &Addr) -> Result<u64, ContractError> {
    Ok(SHARES.may_load(storage, (job.0, provider))?.unwrap_or_default())
}
