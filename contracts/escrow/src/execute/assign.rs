//! Assign: takes shards under a lien, for a provider's operator.

use cosmwasm_std::{DepsMut, Env, Response};
use tequio_contract::{checked, door::Caller};
use tequio_protocol::{
    JobId,
    escrow::{Assigned, State},
};

use crate::{
    books,
    core::assignment::Assignment,
    error::ContractError,
    neighbours::registry,
    state::{self, free},
};

/// Of the first free range, up to `count` shards.
pub fn assign(deps: DepsMut, env: Env, caller: Caller, id: JobId, count: u64) -> Result<Response, ContractError> {
    if state::paused(deps.storage)?.assigning {
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
    let provider = caller.principal;
    state::check_absences(deps.storage, id, &provider)?;
    let (held, cap) = (state::share(deps.storage, id, &provider)?, job.cap());
    let room = cap.saturating_sub(held);
    if room == 0 {
        return Err(ContractError::Diversity { job: id, provider, held, cap });
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
        attest_by: checked::add(now, job.attest_window)?,
        state: State::Active,
    };
    let number = books::assign(deps.storage, &assignment, range)?;
    let registry = state::setup(deps.storage)?.registry;
    let lien = registry::lien(&registry, &assignment.provider, assignment.lien)?;
    Ok(Response::new().add_messages(lien).add_event(Assigned {
        assignment: number,
        job: id,
        provider: assignment.provider.into(),
        operator: assignment.operator.into(),
        first,
        count,
        price: assignment.price,
        lien: assignment.lien,
        attest_by: assignment.attest_by,
    }))
}
