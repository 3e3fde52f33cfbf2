//! Jobs that take providers now. A page costs a bounded number of reads, whatever was posted.

use cosmwasm_std::{Addr, Deps, Env, Uint128};
use tequio_protocol::{JobId, ProgramId, escrow::MAX_ABSENCES};

use crate::{
    core::{ask::Ask, job::Job},
    error::ContractError,
    state::{
        self,
        free::{self, Free},
    },
};

/// Most jobs that one page looks at.
const JOBS: usize = 100;
/// Most free ranges of a job that are looked at.
const RANGES: usize = 30;

/// What a provider looks for.
pub struct Wanted {
    pub program: Option<ProgramId>,
    pub price: Option<Uint128>,
    pub shards: Option<u64>,
    pub provider: Option<Addr>,
}

/// Some jobs, and where the next page begins.
pub struct Page {
    pub jobs: Vec<(JobId, Job)>,
    pub next: Option<JobId>,
}

/// The newest first, before `start_before`.
pub fn page(
    deps: Deps,
    env: &Env,
    wanted: &Wanted,
    start_before: Option<JobId>,
    limit: Option<u32>,
) -> Result<Page, ContractError> {
    if state::paused(deps.storage)?.assigning {
        return Ok(Page { jobs: vec![], next: None });
    }
    let (limit, now) = (tequio_protocol::page(limit).max(1), env.block.time.seconds());
    let ids = state::open_jobs(deps.storage, start_before, JOBS)?;
    let more = ids.len() == JOBS;
    let (mut jobs, mut last) = (vec![], None);
    for id in ids {
        if jobs.len() == limit {
            return Ok(Page { jobs, next: last });
        }
        last = Some(id);
        let job = state::job(deps.storage, id)?;
        if now <= job.end && wanted.fits(deps, id, &job)? {
            jobs.push((id, job));
        }
    }
    Ok(Page { jobs, next: last.filter(|_| more) })
}

impl Wanted {
    fn fits(&self, deps: Deps, id: JobId, job: &Job) -> Result<bool, ContractError> {
        if self.program.is_some_and(|program| program != job.program_id) {
            return Ok(false);
        }
        let mut takes = state::tally(deps.storage, id)?.free;
        let mut ask = None;
        if let Some(provider) = &self.provider {
            if !job.admits(provider) {
                return Ok(false);
            }
            if state::absences(deps.storage, id, provider)? >= MAX_ABSENCES {
                return Ok(false);
            }
            let (held, cap) = (state::share(deps.storage, id, provider)?, job.cap());
            let count = cap.saturating_sub(held);
            takes = takes.min(count);
            ask = Some(Ask { count, cap, least: job.least });
        }
        Ok(takes >= self.shards.unwrap_or(1).max(1) && self.has_range(deps, id, job, ask)?)
    }

    /// Whether a range pays enough and gives some. Prices are only ever raised, so that the job's is the least; and who
    /// holds nothing of the job takes of every range.
    fn has_range(&self, deps: Deps, id: JobId, job: &Job, ask: Option<Ask>) -> Result<bool, ContractError> {
        let price = self.price.filter(|price| *price > job.price);
        let ask = ask.filter(|ask| ask.count < ask.cap);
        if price.is_none() && ask.is_none() {
            return Ok(true);
        }
        let fits = |range: &Free| {
            price.is_none_or(|price| range.price >= price) && ask.is_none_or(|ask| ask.most(range.count) > 0)
        };
        Ok(free::list(deps.storage, id, None, RANGES)?.iter().any(|(_, range)| fits(range)))
    }
}
