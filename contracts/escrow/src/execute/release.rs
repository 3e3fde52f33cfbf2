//! Release: sends releases of credits that failed once more, for anyone.

use cosmwasm_std::{DepsMut, Response};
use tequio_contract::bounds;
use tequio_protocol::{JobId, escrow::ReleaseRetried};

use crate::{error::ContractError, neighbours::rewards, state};

/// One that fails again stays pending.
pub fn release(deps: DepsMut, jobs: Vec<JobId>) -> Result<Response, ContractError> {
    bounds::listed("jobs", &jobs)?;
    let rewards = state::setup(deps.storage)?.rewards;
    jobs.into_iter().try_fold(Response::new(), |response, job| {
        let shards = state::take_pending_release(deps.storage, job)?;
        let release = rewards::release(&rewards, job, shards, None)?;
        Ok(response.add_submessage(release).add_event(ReleaseRetried { job, shards }))
    })
}
