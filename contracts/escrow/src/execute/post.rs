//! `post`: a client escrows the payment for a job.

use cosmwasm_std::{Deps, DepsMut, Env, Response, Uint128};
use tequio_attestation::{Header, input_root};
use tequio_protocol::escrow::{JobSpec, Kind, Posted, QuoteResponse};

use super::Caller;
use crate::books;
use crate::core::job::Job;
use crate::core::offer::{self, Limits};
use crate::core::{funds, lien};
use crate::error::ContractError;
use crate::neighbours::{registry, rewards, verifier};
use crate::state::{CONFIG, JOBS, PAUSED, SETUP, next_job};

pub fn post(deps: DepsMut, env: Env, caller: Caller, spec: JobSpec) -> Result<Response, ContractError> {
    if spec.kind == Kind::Commons && !cw_ownable::is_owner(deps.storage, &caller.address)? {
        return Err(ContractError::NotGovernance { sender: caller.address.to_string() });
    }
    let (quote, terms) = quote(deps.as_ref(), &env, &spec)?;
    let setup = SETUP.load(deps.storage)?;
    funds::exactly(quote.funds, caller.paid, &setup.denom)?;
    let config = CONFIG.load(deps.storage)?;
    let header = Header::from_bytes(&spec.header)?;

    let id = next_job(deps.storage)?;
    let job = Job {
        client: caller.address,
        kind: spec.kind,
        program_id: quote.program_id,
        input_root: quote.input_root,
        inputs: spec.inputs,
        shards: spec.shards,
        price: spec.price,
        draws: spec.draws,
        attest_window: spec.attest_window,
        audit_window: spec.audit_window.unwrap_or(config.audit_window),
        end: spec.end,
        min_providers: spec.min_providers,
        data: spec.data,
        work: header.cost,
        lien: terms,
        rules: (&config).into(),
    };
    JOBS.save(deps.storage, id.0, &job)?;
    books::post(deps.storage, id, job.shards, job.price)?;
    let reserve = rewards::reserve(&setup.rewards, id, &job.client, job.kind, job.shards, job.work)?;
    Ok(Response::new().add_message(reserve).add_event(Posted {
        job: id,
        client: job.client.into(),
        kind: job.kind,
        program_id: job.program_id,
        shards: job.shards,
        price: job.price,
        lien: quote.lien,
    }))
}

/// What a job costs and demands if it is posted now, and what its liens are reckoned from.
pub fn quote(deps: Deps, env: &Env, spec: &JobSpec) -> Result<(QuoteResponse, lien::Terms), ContractError> {
    if PAUSED.load(deps.storage)?.posting {
        return Err(ContractError::PostingPaused);
    }
    let (setup, config) = (SETUP.load(deps.storage)?, CONFIG.load(deps.storage)?);
    let header = Header::from_bytes(&spec.header)?;
    let limits = Limits {
        max_draws: verifier::max_draws(deps.querier, &setup.verifier)?,
        max_opening_bytes: config.max_opening_bytes,
        max_reads: config.max_reads,
    };
    offer::check(spec, &header, &limits, env.block.time.seconds())?;

    let reward = rewards::terms(deps.querier, &setup.rewards, spec.kind, header.cost)?;
    let terms = lien::Terms {
        caught: lien::caught(header.caught(), spec.draws),
        margin_bps: config.margin_bps,
        burn_bps: registry::config(deps.querier, &setup.registry)?.config.burn_bps,
        mint: reward.mint.checked_mul_ceil(config.token_value)?,
    };
    // That the lien on all shards at once can be written down means that no assigning ever overflows.
    terms.of(spec.price, spec.shards)?;
    let shards = Uint128::from(spec.shards);
    let quote = QuoteResponse {
        program_id: header.program_id(&spec.descriptors),
        input_root: input_root(spec.shards, &spec.inputs),
        funds: spec.price.checked_mul(shards)?,
        credits: reward.credits.checked_mul(shards)?,
        lien: terms.per_shard(spec.price)?,
        mint: reward.mint,
        caught: terms.caught >> 32,
        opening_bytes: offer::opening_bytes(&header, spec.draws, spec.shards),
    };
    Ok((quote, terms))
}
