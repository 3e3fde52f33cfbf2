//! `release`: anyone sends releases of credits that failed once more. One that fails again stays pending.

use cosmwasm_std::{DepsMut, Response};
use tequio_protocol::JobId;

use crate::ending;
use crate::error::ContractError;
use crate::neighbours::rewards;
use crate::state::{PENDING_RELEASES, SETUP};

pub fn release(deps: DepsMut, jobs: Vec<JobId>) -> Result<Response, ContractError> {
    ending::bounded(&jobs)?;
    let rewards = SETUP.load(deps.storage)?.rewards;
    jobs.into_iter().try_fold(Response::new(), |response, job| {
        let shards = PENDING_RELEASES.may_load(deps.storage, job.0)?.ok_or(ContractError::NoRelease { job })?;
        PENDING_RELEASES.remove(deps.storage, job.0);
        Ok(response.add_submessage(rewards::release(&rewards, job, shards, None)?))
    })
}
