//! `refund`: free shards' payment goes back into the client's balance, and their credits are released.

use cosmwasm_std::{DepsMut, Env, Response, Storage, Uint128};
use tequio_protocol::JobId;
use tequio_protocol::escrow::Refunded;

use super::Caller;
use crate::books;
use crate::core::job::Job;
use crate::error::ContractError;
use crate::neighbours::rewards;
use crate::state::{self, SETUP, TALLIES, free};

/// Most free ranges that one message gives up.
const MAX_RANGES: u32 = 30;

pub fn refund(
    deps: DepsMut,
    env: Env,
    caller: Caller,
    id: JobId,
    shards: Option<u64>,
) -> Result<Response, ContractError> {
    let job = state::job(deps.storage, id)?;
    let now = env.block.time.seconds();
    if caller.address != job.client && (now <= job.end || shards.is_some()) {
        return Err(ContractError::NotRefundable { job: id, end: job.end, now });
    }
    let free = TALLIES.load(deps.storage, id.0)?.free;
    let asked = shards.unwrap_or(free);
    if shards == Some(0) {
        return Err(ContractError::ZeroShards { job: id });
    }
    if free == 0 || asked > free {
        return Err(ContractError::FreeShards { job: id, free, asked });
    }

    let (shards, amount) = give_up(deps.storage, id, &job, asked)?;
    let setup = SETUP.load(deps.storage)?;
    let release = rewards::release(&setup.rewards, id, shards, Some(job.rules.rewards_gas))?;
    let event = Refunded { job: id, client: job.client.into(), shards, amount };
    Ok(Response::new().add_submessage(release).add_event(event))
}

/// Gives up to `asked` shards up, the last first; how many it were, and their payment.
fn give_up(storage: &mut dyn Storage, id: JobId, job: &Job, asked: u64) -> Result<(u64, Uint128), ContractError> {
    let (mut left, mut amount) = (asked, Uint128::zero());
    for _ in 0..MAX_RANGES {
        let Some((first, range)) = free::highest(storage, id)?.filter(|_| left > 0) else { break };
        let count = left.min(range.count);
        amount = amount.checked_add(books::refund(storage, id, &job.client, (first, range), count)?)?;
        left = left.saturating_sub(count);
    }
    Ok((asked.saturating_sub(left), amount))
}
