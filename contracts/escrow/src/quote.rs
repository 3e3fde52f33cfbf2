//! What a job would cost and demand if it were posted now.

use cosmwasm_std::{Addr, Deps, Env, StdResult, Uint128};
use tequio_attestation::{Header, input_root};
use tequio_protocol::escrow::{Basis, JobSpec, QuoteResponse, caught};

use crate::{
    core::offer::{self, Limits},
    error::ContractError,
    neighbours::{registry, rewards, verifier},
    state,
};

/// A job as the network would take it.
pub struct Quote {
    pub answer: QuoteResponse,
    /// Of one shard in MAC equivalents.
    pub cost: u64,
    pub lien: Basis,
    pub takers: Vec<Addr>,
}

/// Who watches a commons job: anyone but governance, which chose it.
pub fn principal(deps: Deps, spec: &JobSpec) -> Result<Option<Addr>, ContractError> {
    let Some(name) = &spec.principal else { return Ok(None) };
    let principal = deps.api.addr_validate(name)?;
    if cw_ownable::is_owner(deps.storage, &principal)? {
        return Err(ContractError::OwnPrincipal { principal });
    }
    Ok(Some(principal))
}

/// Fails as posting would, but for what is sent and who sends it.
pub fn quote(deps: Deps, env: &Env, spec: &JobSpec) -> Result<Quote, ContractError> {
    if state::paused(deps.storage)?.posting {
        return Err(ContractError::PostingPaused);
    }
    let (setup, config) = (state::setup(deps.storage)?, state::config(deps.storage)?);
    let header = Header::from_bytes(&spec.header)?;
    let limits = Limits {
        max_draws: verifier::max_draws(deps.querier, &setup.verifier)?,
        max_opening_bytes: config.max_opening_bytes.u64(),
        max_draw_bytes: config.max_draw_bytes,
        max_reads: config.max_reads,
    };
    offer::check(spec, &header, &limits, config.terms.audit_window, env.block.time.seconds())?;
    let takers: StdResult<Vec<_>> = spec.takers.iter().map(|taker| deps.api.addr_validate(taker)).collect();

    let reward = rewards::terms(deps.querier, &setup.rewards, spec.kind, header.cost)?;
    let lien = Basis {
        caught: caught(header.caught(), spec.draws).into(),
        margin_bps: config.margin_bps,
        burn_bps: registry::config(deps.querier, &setup.registry)?.config.burn_bps,
        mint: reward.mint.checked_mul_ceil(config.token_value)?,
    };
    if lien.per_shard(spec.price)?.is_zero() && !reward.mint.is_zero() {
        return Err(ContractError::NoLien { mint: reward.mint });
    }
    // That the lien on all shards at once can be written down means that no assigning ever overflows.
    lien.of(spec.price, spec.shards)?;
    principal(deps, spec)?;
    let shards = Uint128::from(spec.shards);
    let answer = QuoteResponse {
        program_id: header.program_id(&spec.descriptors),
        input_root: input_root(spec.shards, &spec.inputs),
        funds: spec.price.checked_mul(shards)?,
        credits: reward.credits.checked_mul(shards)?,
        lien: lien.per_shard(spec.price)?,
        mint: reward.mint,
        caught: (lien.caught.u64() >> 32).into(),
        // Below the config's limit, which is a u32.
        draw_bytes: offer::draw_bytes(&header, spec.shards) as u32,
        opening_bytes: offer::opening_bytes(&header, spec.draws, spec.shards).into(),
    };
    Ok(Quote { answer, cost: header.cost, lien, takers: takers? })
}
