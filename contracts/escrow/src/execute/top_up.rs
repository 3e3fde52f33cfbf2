//! Top up: raises the price of a free range that nobody takes, for the client.

use cosmwasm_std::{DepsMut, Env, Response, Uint128};
use tequio_contract::{door::Caller, funds};
use tequio_protocol::{JobId, escrow::ToppedUp};

use crate::{
    books,
    error::ContractError,
    state::{self, free},
};

/// Before the job's end.
pub fn top_up(
    deps: DepsMut,
    env: Env,
    caller: Caller,
    id: JobId,
    first: u64,
    price: Uint128,
) -> Result<Response, ContractError> {
    let job = state::job(deps.storage, id)?;
    let now = env.block.time.seconds();
    if now > job.end {
        return Err(ContractError::JobEnded { job: id, end: job.end, now });
    }
    let range = free::at(deps.storage, id, first)?.ok_or(ContractError::UnknownRange { job: id, first })?;
    let current = range.price;
    if price <= current {
        return Err(ContractError::NotRaised { price, current });
    }
    // As when posting: what can be written down for all shards can be for any of them.
    job.lien.of(price, job.shards)?;
    let due = price.checked_sub(current)?.checked_mul(range.count.into())?;
    funds::exactly(due, caller.paid, &state::setup(deps.storage)?.denom)?;
    books::raise(deps.storage, id, (first, range), price, due)?;
    Ok(Response::new().add_event(ToppedUp { job: id, first, count: range.count, price }))
}
