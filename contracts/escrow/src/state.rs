//! The only door to storage: no other file names a key, but [`free`] that of the free ranges.

pub mod free;

use std::collections::BTreeMap;

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Empty, Order, StdResult, Storage, Uint128};
use cw_storage_plus::{Bound, Map as Plain};
use tequio_contract::{
    balance::Balances,
    checked,
    record::{Item, Map},
};
use tequio_protocol::{
    AssignmentId, JobId,
    escrow::{Config, Ending, MAX_ABSENCES, Paused, State},
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
    /// Most that clients and reporters can ever get of a slash.
    pub max_gas: Uint128,
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
/// Jobs with free shards.
const OPEN: Plain<JobId, Empty> = Plain::new("open");
/// What the client was given of a job's gas; absent if 0.
const CLIENT_GAS: Plain<JobId, Uint128> = Plain::new("client_gas");
/// By job and provider: shards active or settled; absent if 0.
const SHARES: Plain<(JobId, &Addr), u64> = Plain::new("shares");
/// By job and provider: it has given an assignment back.
const GAVE_BACK: Plain<(JobId, &Addr), Empty> = Plain::new("gave_back");
/// By job and provider: assignments that it never attested; absent if 0.
const ABSENCES: Plain<(JobId, &Addr), u8> = Plain::new("absences");
/// The last assignment of all.
const LAST_ASSIGNMENT: Item<AssignmentId> = Item::new("last_assignment");
const ASSIGNMENTS: Map<AssignmentId, Assignment> = Map::new("assignments");
/// Assignments by job.
const OF_JOB: Plain<(JobId, AssignmentId), Empty> = Plain::new("job_assignments");
/// Active assignments by provider.
const ACTIVE: Plain<(&Addr, AssignmentId), Empty> = Plain::new("active");
/// Assignments that `rewards` failed to count.
const PENDING_REWARDS: Plain<AssignmentId, Empty> = Plain::new("pending_rewards");
/// By job: shards whose credits `rewards` failed to release.
const PENDING_RELEASES: Plain<JobId, u64> = Plain::new("pending_releases");

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

/// The ledger and the tallies while a message changes them: read once and written once, however many assignments it ends.
/// Invariant 3 rests on no one else moving shards.
pub struct Sums {
    ledger: Ledger,
    tallies: BTreeMap<JobId, Tally>,
}

impl Sums {
    pub fn load(storage: &dyn Storage) -> StdResult<Self> {
        Ok(Self { ledger: LEDGER.load(storage)?, tallies: BTreeMap::new() })
    }

    /// Moves shards of a job and of all together, and their money.
    pub fn move_shards(
        &mut self,
        storage: &mut dyn Storage,
        job: JobId,
        step: Step,
        count: u64,
        money: impl FnOnce(&mut Ledger) -> Result<(), CoreError>,
    ) -> Result<(), ContractError> {
        let known = self.tallies.get(&job).copied();
        let mut tally = known.map_or_else(|| TALLIES.may_load(storage, job).map(Option::unwrap_or_default), Ok)?;
        let before = tally.free;
        tally.step(step, count)?;
        match (before, tally.free) {
            (0, 1..) => OPEN.save(storage, job, &Empty {})?,
            (1.., 0) => OPEN.remove(storage, job),
            _ => {}
        }
        self.tallies.insert(job, tally);
        self.ledger.shards.step(step, count)?;
        Ok(money(&mut self.ledger)?)
    }

    pub fn save(self, storage: &mut dyn Storage) -> StdResult<()> {
        LEDGER.save(storage, &self.ledger)?;
        self.tallies.into_iter().try_for_each(|(job, tally)| TALLIES.save(storage, job, &tally))
    }
}

/// Moves shards and their money, once.
pub fn move_shards(
    storage: &mut dyn Storage,
    job: JobId,
    step: Step,
    count: u64,
    money: impl FnOnce(&mut Ledger) -> Result<(), CoreError>,
) -> Result<(), ContractError> {
    let mut sums = Sums::load(storage)?;
    sums.move_shards(storage, job, step, count, money)?;
    Ok(sums.save(storage)?)
}

// Jobs.

pub fn job(storage: &dyn Storage, id: JobId) -> Result<Job, ContractError> {
    JOBS.may_load(storage, id)?.ok_or(ContractError::UnknownJob { job: id })
}

/// Jobs by id.
pub fn jobs(storage: &dyn Storage, after: Option<JobId>, count: usize) -> StdResult<Vec<(JobId, Job)>> {
    let ids = JOBS.keys(storage, after.map(Bound::exclusive), None, Order::Ascending).take(count);
    ids.map(|id| id.and_then(|id| Ok((id, JOBS.load(storage, id)?)))).collect()
}

/// Jobs with free shards, the newest first.
pub fn open_jobs(storage: &dyn Storage, before: Option<JobId>, count: usize) -> StdResult<Vec<JobId>> {
    OPEN.keys(storage, None, before.map(Bound::exclusive), Order::Descending).take(count).collect()
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

/// Whether a provider has given back of a job.
pub fn gave_back(storage: &dyn Storage, job: JobId, provider: &Addr) -> bool {
    GAVE_BACK.has(storage, (job, provider))
}

pub fn note_give_back(storage: &mut dyn Storage, job: JobId, provider: &Addr) -> StdResult<()> {
    GAVE_BACK.save(storage, (job, provider), &Empty {})
}

/// Assignments of a job that a provider never attested.
pub fn absences(storage: &dyn Storage, job: JobId, provider: &Addr) -> StdResult<u8> {
    Ok(ABSENCES.may_load(storage, (job, provider))?.unwrap_or_default())
}

/// Refuses a provider that was absent too often to take more of a job.
pub fn check_absences(storage: &dyn Storage, job: JobId, provider: &Addr) -> Result<(), ContractError> {
    let absences = absences(storage, job, provider)?;
    if absences < MAX_ABSENCES {
        return Ok(());
    }
    Err(ContractError::Absences { job, provider: provider.clone(), absences })
}

/// What is left of the gas that the client gets for a job, once in all.
pub fn client_gas_left(storage: &dyn Storage, id: JobId, job: &Job) -> Result<Uint128, ContractError> {
    let given = CLIENT_GAS.may_load(storage, id)?.unwrap_or_default();
    Ok(job.rules.client_gas.checked_sub(given)?)
}

/// Notes that the client gets some of what is left.
pub fn give_client_gas(storage: &mut dyn Storage, id: JobId, amount: Uint128) -> Result<(), ContractError> {
    if amount.is_zero() {
        return Ok(());
    }
    let given = CLIENT_GAS.may_load(storage, id)?.unwrap_or_default();
    Ok(CLIENT_GAS.save(storage, id, &given.checked_add(amount)?)?)
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

/// Active assignments of a provider by id.
pub fn active(
    storage: &dyn Storage,
    provider: &Addr,
    after: Option<AssignmentId>,
    count: usize,
) -> StdResult<Vec<AssignmentId>> {
    let after = after.map(Bound::exclusive);
    ACTIVE.prefix(provider).keys(storage, after, None, Order::Ascending).take(count).collect()
}

/// Adds an assignment under the next id, and its shards to its provider's share.
pub fn add_assignment(storage: &mut dyn Storage, assignment: &Assignment) -> Result<AssignmentId, ContractError> {
    let Assignment { job, count, ref provider, .. } = *assignment;
    let held = checked::add(share(storage, job, provider)?, count)?;
    set_share(storage, job, provider, held)?;
    let id = AssignmentId(checked::add(LAST_ASSIGNMENT.load(storage)?.0, 1)?);
    ASSIGNMENTS.save(storage, id, assignment)?;
    OF_JOB.save(storage, (job, id), &Empty {})?;
    ACTIVE.save(storage, (provider, id), &Empty {})?;
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
    if ending == Ending::Absent {
        let absences = absences(storage, job, provider)?;
        ABSENCES.save(storage, (job, provider), &absences.saturating_add(1))?;
    }
    ACTIVE.remove(storage, (provider, id));
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
