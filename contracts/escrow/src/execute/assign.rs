//! Assign: takes shards under a lien, for a provider's operator.

use cosmwasm_std::{DepsMut, Env, Response, Storage, Uint128};
use tequio_contract::{bounds::within, door::Caller};
use tequio_protocol::{
    Deadline, JobId,
    escrow::{Assigned, State},
};

use crate::{
    books::{MAX_RANGES, Taking},
    core::{ask::Ask, assignment::Assignment},
    error::ContractError,
    neighbours::{registry, verifier},
    state::{
        self,
        free::{self, Free},
    },
};

/// Most assignments that one message takes.
const MAX_PARTS: u32 = 30;

/// What an operator wants, and the least that it puts up with.
#[derive(Clone, Copy)]
pub struct Wanted {
    pub count: u64,
    /// How many assignments of so many.
    pub parts: u32,
    /// Where a free range begins.
    pub first: Option<u64>,
    pub at_least: u64,
    /// For one shard.
    pub price: Uint128,
}

/// Whatever was done just before it: never fewer shards and never cheaper ones than wanted.
pub fn assign(deps: DepsMut, env: Env, caller: Caller, id: JobId, wanted: Wanted) -> Result<Response, ContractError> {
    if state::paused(deps.storage)?.assigning {
        return Err(ContractError::AssigningPaused);
    }
    let job = state::job(deps.storage, id)?;
    let (setup, now) = (state::setup(deps.storage)?, env.block.time.seconds());
    if now > job.end {
        return Err(ContractError::JobEnded { job: id, end: job.end, now });
    }
    if wanted.count == 0 {
        return Err(ContractError::ZeroShards { job: id });
    }
    within("at_least", wanted.at_least, 1, wanted.count)?;
    let provider = caller.principal;
    if !job.admits(&provider) {
        return Err(ContractError::NotTaker { job: id, provider, takers: job.takers.len() });
    }
    state::check_absences(deps.storage, id, &provider)?;
    within("parts", wanted.parts, 1, MAX_PARTS.into())?;
    let (held, cap) = (state::share(deps.storage, id, &provider)?, job.cap());
    if held >= cap {
        return Err(ContractError::Diversity { job: id, provider, held, cap });
    }
    let since = verifier::now(deps.querier, &setup.verifier)?;
    let attest_by = Deadline { since, seconds: job.attest_window, blocks: job.terms.blocks };
    let (mut taking, mut response, mut lien) = (Taking::begin(deps.storage, held)?, Response::new(), Uint128::zero());
    for part in 0..wanted.parts {
        let room = cap.saturating_sub(taking.held);
        let ask = Ask { count: wanted.count.min(room), cap, least: job.least };
        let asked = Wanted { first: wanted.first.filter(|_| part == 0), ..wanted };
        let (first, range, count) = match choose(deps.storage, id, &ask, &asked) {
            // What was had before is kept.
            Err(ContractError::FreeShards { .. } | ContractError::NoRange { .. }) if part > 0 => break,
            chosen => chosen?,
        };
        let assignment = Assignment {
            job: id,
            lien: job.lien.of(range.price, count)?,
            provider: provider.clone(),
            operator: caller.address.clone(),
            first,
            count,
            price: range.price,
            attest_by,
            state: State::Active,
        };
        let number = taking.assign(deps.storage, &assignment, range)?;
        lien = lien.checked_add(assignment.lien)?;
        response = response.add_event(Assigned {
            assignment: number,
            job: id,
            provider: assignment.provider.into(),
            operator: assignment.operator.into(),
            first,
            count,
            price: assignment.price,
            lien: assignment.lien,
            attest_by: attest_by.time(),
            blocks: attest_by.blocks,
        });
        if taking.held >= cap {
            break;
        }
    }
    taking.save(deps.storage, id, &provider)?;
    Ok(response.add_messages(registry::lien(&setup.registry, &provider, lien)?))
}

/// The range to take from, where it begins, and how many of its shards.
fn choose(storage: &dyn Storage, job: JobId, ask: &Ask, wanted: &Wanted) -> Result<(u64, Free, u64), ContractError> {
    let Wanted { count, first, at_least: asked, price, .. } = *wanted;
    let least = ask.least;
    if let Some(first) = first {
        let range = free::at(storage, job, first)?.ok_or(ContractError::UnknownRange { job, first })?;
        if range.price < price {
            return Err(ContractError::Cheaper { job, first, price: range.price, asked: price });
        }
        let most = ask.most(range.count);
        if most < asked {
            return Err(ContractError::TooFew { job, first, range: range.count, most, asked, least });
        }
        return Ok((first, range, most));
    }
    let (mut ranges, mut best) = (0usize, 0);
    for range in free::ranges(storage, job).take(MAX_RANGES) {
        let (first, range) = range?;
        let most = if range.price < price { 0 } else { ask.most(range.count) };
        if most >= asked {
            return Ok((first, range, most));
        }
        (ranges, best) = (ranges.saturating_add(1), most.max(best));
    }
    match ranges {
        0 => Err(ContractError::FreeShards { job, free: 0, asked: count }),
        ranges => Err(ContractError::NoRange { job, ranges, asked, price, most: best, least }),
    }
}
