//! Refund: returns free shards' payment to the client, for the client; all of it, after the job's end, for anyone.

use cosmwasm_std::{DepsMut, Env, Response};
use tequio_contract::door::Caller;
use tequio_protocol::{JobId, escrow::Refunded};

use crate::{
    books::{self, Refund},
    error::ContractError,
    neighbours::rewards,
    state,
};

/// The last shards first; their credits are released.
pub fn refund(
    deps: DepsMut,
    env: Env,
    caller: Caller,
    id: JobId,
    shards: Option<u64>,
) -> Result<Response, ContractError> {
    let job = state::job(deps.storage, id)?;
    let now = env.block.time.seconds();
    if caller.address != job.client && now <= job.end {
        return Err(ContractError::NotRefundable { job: id, end: job.end, now });
    }
    let free = state::tally(deps.storage, id)?.free;
    let asked = shards.unwrap_or(free);
    if shards == Some(0) {
        return Err(ContractError::ZeroShards { job: id });
    }
    if free == 0 || asked > free {
        return Err(ContractError::FreeShards { job: id, free, asked });
    }

    let Refund { shards, amount, ranges, credited } =
        books::refund(deps.storage, id, &job.client, asked, shards.is_none())?;
    let rewards = state::setup(deps.storage)?.rewards;
    let release = rewards::release(&rewards, id, shards, Some(job.rules.rewards_gas))?;
    let refunded = Refunded { job: id, client: job.client.into(), shards, amount, ranges };
    Ok(Response::new().add_submessage(release).add_event(refunded).add_events(credited))
}
