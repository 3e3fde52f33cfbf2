//! `assign`: a provider takes shards, under a lien on its stake.

use cosmwasm_std::{DepsMut, Env, Response};
use tequio_protocol::JobId;
use tequio_protocol::escrow::{Assigned, State};

use super::Caller;
use crate::books;
use crate::core::assignment::Assignment;
use crate::error::ContractError;
use crate::neighbours::registry;
use crate::state::{self, PAUSED, SETUP, free, next_assignment, share};

pub fn assign(deps: DepsMut, env: Env, caller: Caller, id: JobId, count: u64) -> Result<Response, ContractError> {
    if PAUSED.load(deps.storage)?.assigning {
        return Err(ContractError::AssigningPaused);
    }
    let job = state::job(deps.storage, id)?;
    let now = env.block.time.seconds();
    if now > job.end {
        return Err(ContractError::JobEnded { job: id, end: job.end, now });
    }
    if count == 0 {
        return Err(ContractError::ZeroShards { job: id });
    }
    let Some((first, range)) = free::lowest(deps.storage, id)? else {
        return Err(ContractError::FreeShards { job: id, free: 0, asked: count });
    };
    let provider = caller.provider()?;
    let (held, cap) = (share(deps.storage, id, &provider)?, job.cap());
    let room = cap.saturating_sub(held);
    if room == 0 {
        return Err(ContractError::Diversity { job: id, provider: provider.into(), held, cap });
    }

    let count = count.min(range.count).min(room);
    let assignment = Assignment {
        job: id,
        lien: job.lien.of(range.price, count)?,
        provider,
        operator: caller.address,
        first,
        count,
        price: range.price,
        assigned: now,
        attest_by: now.checked_add(job.attest_window).ok_or(ContractError::TooLarge)?,
        state: State::Active,
    };
    let number = next_assignment(deps.storage)?;
    books::assign(deps.storage, number, &assignment, range)?;
    let registry = SETUP.load(deps.storage)?.registry;
    let lien = registry::lien(&registry, &assignment.provider, assignment.lien)?;
    Ok(Response::new().add_messages(lien).add_event(Assigned {
        assignment: number,
        job: id,
        provider: assignment.provider.into(),
        operator: assignment.operator.into(),
        first,
        count,
        lien: assignment.lien,
        attest_by: assignment.attest_by,
    }))
}
