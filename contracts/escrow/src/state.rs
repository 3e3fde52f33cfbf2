//! The only door to storage: no other file names a key, but [`free`] that of the free ranges.

pub mod free;

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Empty, Order, StdResult, Storage};
use cw_storage_plus::{Bound, Item, Map};
use tequio_contract::{balance::Balances, checked};
use tequio_protocol::{
    AssignmentId, JobId,
    escrow::{Config, Ending, Paused, State},
};

use crate::{
    core::{
        assignment::Assignment,
        error::CoreError,
        job::Job,
        ledger::{Ledger, Step, Tally},
    },
    error::ContractError,
};

/// Name under which `cw2` knows this contract.
pub const CONTRACT: &str = "crates.io:tequio-escrow";
/// Version under which `cw2` knows this contract.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What never changes after instantiating.
#[cw_serde]
pub struct Setup {
    pub denom: String,
    pub registry: Addr,
    pub verifier: Addr,
    pub rewards: Addr,
}

const SETUP: Item<Setup> = Item::new("setup");
const CONFIG: Item<Config> = Item::new("config");
const PAUSED: Item<Paused> = Item::new("paused");
const LEDGER: Item<Ledger> = Item::new("ledger");
/// What an address can withdraw; absent if 0.
pub const BALANCES: Balances = Balances::new("balances");
/// The last job of all.
const LAST_JOB: Item<JobId> = Item::new("last_job");
const JOBS: Map<JobId, Job> = Map::new("jobs");
/// Shards of each job by state.
const TALLIES: Map<JobId, Tally> = Map::new("tallies");
/// By job and provider: shards active or settled; absent if 0.
const SHARES: Map<(JobId, &Addr), u64> = Map::new("shares");
/// By job and provider: it has given an assignment back.
const GAVE_BACK: Map<(JobId, &Addr), Empty> = Map::new("gave_back");
/// The last assignment of all.
const LAST_ASSIGNMENT: Item<AssignmentId> = Item::new("last_assignment");
const ASSIGNMENTS: Map<AssignmentId, Assignment> = Map::new("assignments");
/// Assignments by job.
const OF_JOB: Map<(JobId, AssignmentId), Empty> = Map::new("job_assignments");
/// Assignments that `rewards` failed to count.
const PENDING_REWARDS: Map<AssignmentId, Empty> = Map::new("pending_rewards");
/// By job: shards whose credits `rewards` failed to release.
const PENDING_RELEASES: Map<JobId, u64> = Map::new("pending_releases");

/// An escrow that nobody has used.
pub fn begin(storage: &mut dyn Storage, setup: &Setup, config: &Config) -> StdResult<()> {
    SETUP.save(storage, setup)?;
    CONFIG.save(storage, config)?;
    PAUSED.save(storage, &Paused::default())?;
    LEDGER.save(storage, &Ledger::default())?;
    LAST_JOB.save(storage, &JobId(0))?;
    LAST_ASSIGNMENT.save(storage, &AssignmentId(0))
}

pub fn setup(storage: &dyn Storage) -> StdResult<Setup> {
    SETUP.load(storage)
}

pub fn config(storage: &dyn Storage) -> StdResult<Config> {
    CONFIG.load(storage)
}

pub fn configure(storage: &mut dyn Storage, config: &Config) -> StdResult<()> {
    CONFIG.save(storage, config)
}

pub fn paused(storage: &dyn Storage) -> StdResult<Paused> {
    PAUSED.load(storage)
}

pub fn pause(storage: &mut dyn Storage, paused: &Paused) -> StdResult<()> {
    PAUSED.save(storage, paused)
}

// Sums.

pub fn ledger(storage: &dyn Storage) -> StdResult<Ledger> {
    LEDGER.load(storage)
}

pub fn change_ledger(
    storage: &mut dyn Storage,
    change: impl FnOnce(&mut Ledger) -> Result<(), CoreError>,
) -> Result<(), ContractError> {
    let mut ledger = LEDGER.load(storage)?;
    change(&mut ledger)?;
    Ok(LEDGER.save(storage, &ledger)?)
}

/// Shards of a job by state.
pub fn tally(storage: &dyn Storage, job: JobId) -> StdResult<Tally> {
    TALLIES.load(storage, job)
}

/// Moves shards of a job and of all together, and their money: invariant 3 rests on no one else writing either.
pub fn move_shards(
    storage: &mut dyn Storage,
    job: JobId,
    step: Step,
    count: u64,
    money: impl FnOnce(&mut Ledger) -> Result<(), CoreError>,
) -> Result<(), ContractError> {
    let mut tally = TALLIES.may_load(storage, job)?.unwrap_or_default();
    tally.step(step, count)?;
    TALLIES.save(storage, job, &tally)?;
    change_ledger(storage, |ledger| {
        ledger.shards.step(step, count)?;
        money(ledger)
    })
}

// Jobs.

pub fn job(storage: &dyn Storage, id: JobId) -> Result<Job, ContractError> {
    JOBS.may_load(storage, id)?.ok_or(ContractError::UnknownJob { job: id })
}

/// Jobs by id.
pub fn jobs(storage: &dyn Storage, after: Option<JobId>, count: usize) -> StdResult<Vec<(JobId, Job)>> {
    JOBS.range(storage, after.map(Bound::exclusive), None, Order::Ascending).take(count).collect()
}

/// Adds a job under the next id.
pub fn add_job(storage: &mut dyn Storage, job: &Job) -> Result<JobId, ContractError> {
    let id = JobId(checked::add(LAST_JOB.load(storage)?.0, 1)?);
    JOBS.save(storage, id, job)?;
    LAST_JOB.save(storage, &id)?;
    Ok(id)
}

/// Shards of a job that a provider holds or was paid for.
pub fn share(storage: &dyn Storage, job: JobId, provider: &Addr) -> StdResult<u64> {
    Ok(SHARES.may_load(storage, (job, provider))?.unwrap_or_default())
}

fn set_share(storage: &mut dyn Storage, job: JobId, provider: &Addr, held: u64) -> StdResult<()> {
    if held == 0 {
        SHARES.remove(storage, (job, provider));
        return Ok(());
    }
    SHARES.save(storage, (job, provider), &held)
}

/// Notes that a provider gives back of a job, once.
pub fn note_give_back(storage: &mut dyn Storage, job: JobId, provider: &Addr) -> Result<(), ContractError> {
    if GAVE_BACK.has(storage, (job, provider)) {
        return Err(ContractError::GaveBack { job, provider: provider.clone() });
    }
    Ok(GAVE_BACK.save(storage, (job, provider), &Empty {})?)
}

// Assignments.

pub fn assignment(storage: &dyn Storage, id: AssignmentId) -> Result<Assignment, ContractError> {
    ASSIGNMENTS.may_load(storage, id)?.ok_or(ContractError::UnknownAssignment { assignment: id })
}

/// Assignments by id, of one job if given.
pub fn assignments(
    storage: &dyn Storage,
    job: Option<JobId>,
    after: Option<AssignmentId>,
    count: usize,
) -> StdResult<Vec<AssignmentId>> {
    let (after, order) = (after.map(Bound::exclusive), Order::Ascending);
    match job {
        Some(job) => OF_JOB.prefix(job).keys(storage, after, None, order).take(count).collect(),
        None => ASSIGNMENTS.keys(storage, after, None, order).take(count).collect(),
    }
}

/// Adds an assignment under the next id, and its shards to its provider's share.
pub fn add_assignment(storage: &mut dyn Storage, assignment: &Assignment) -> Result<AssignmentId, ContractError> {
    let Assignment { job, count, ref provider, .. } = *assignment;
    let held = checked::add(share(storage, job, provider)?, count)?;
    set_share(storage, job, provider, held)?;
    let id = AssignmentId(checked::add(LAST_ASSIGNMENT.load(storage)?.0, 1)?);
    ASSIGNMENTS.save(storage, id, assignment)?;
    OF_JOB.save(storage, (job, id), &Empty {})?;
    LAST_ASSIGNMENT.save(storage, &id)?;
    Ok(id)
}

/// Ends an assignment. Unless it settled, its shards are no longer its provider's.
pub fn end_assignment(
    storage: &mut dyn Storage,
    id: AssignmentId,
    assignment: Assignment,
    ending: Ending,
) -> Result<(), ContractError> {
    let Assignment { job, count, ref provider, .. } = assignment;
    if ending != Ending::Settled {
        let held = checked::sub(share(storage, job, provider)?, count)?;
        set_share(storage, job, provider, held)?;
    }
    Ok(ASSIGNMENTS.save(storage, id, &Assignment { state: State::Ended(ending), ..assignment })?)
}

// What `rewards` failed to do.

pub fn pending_rewards(
    storage: &dyn Storage,
    after: Option<AssignmentId>,
    count: usize,
) -> StdResult<Vec<AssignmentId>> {
    PENDING_REWARDS.keys(storage, after.map(Bound::exclusive), None, Order::Ascending).take(count).collect()
}

pub fn add_pending_reward(storage: &mut dyn Storage, assignment: AssignmentId) -> StdResult<()> {
    PENDING_REWARDS.save(storage, assignment, &Empty {})
}

/// Takes a reward, to send it again.
pub fn take_pending_reward(storage: &mut dyn Storage, assignment: AssignmentId) -> Result<(), ContractError> {
    if !PENDING_REWARDS.has(storage, assignment) {
        return Err(ContractError::NoReward { assignment });
    }
    PENDING_REWARDS.remove(storage, assignment);
    Ok(())
}

pub fn pending_releases(storage: &dyn Storage, after: Option<JobId>, count: usize) -> StdResult<Vec<JobId>> {
    PENDING_RELEASES.keys(storage, after.map(Bound::exclusive), None, Order::Ascending).take(count).collect()
}

/// Adds to the shards of a job whose credits are to be released.
pub fn add_pending_release(storage: &mut dyn Storage, job: JobId, shards: u64) -> Result<(), ContractError> {
    let sum = checked::add(PENDING_RELEASES.may_load(storage, job)?.unwrap_or_default(), shards)?;
    Ok(PENDING_RELEASES.save(storage, job, &sum)?)
}

/// Takes the shards of a job whose credits are to be released, to send that again.
pub fn take_pending_release(storage: &mut dyn Storage, job: JobId) -> Result<u64, ContractError> {
    let shards = PENDING_RELEASES.may_load(storage, job)?.ok_or(ContractError::NoRelease { job })?;
    PENDING_RELEASES.remove(storage, job);
    Ok(shards)
}
