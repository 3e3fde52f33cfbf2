//! Post: escrows the payment for a job, for anyone; for a commons job, for governance.

use cosmwasm_std::{Addr, DepsMut, Env, Response};
use tequio_contract::{door::Caller, funds};
use tequio_protocol::{
    escrow::{JobSpec, Posted},
    verifier::Terms,
};

use crate::{
    books,
    core::job::Job,
    error::ContractError,
    neighbours::rewards,
    quote::{self, Quote},
    state,
};

/// Without credits nothing is posted.
pub fn post(deps: DepsMut, env: Env, caller: Caller, spec: JobSpec) -> Result<Response, ContractError> {
    let Quote { answer, cost, lien, takers } = quote::quote(deps.as_ref(), &env, &spec)?;
    let (setup, config) = (state::setup(deps.storage)?, state::config(deps.storage)?);
    funds::exactly(answer.funds, caller.paid, &setup.denom)?;

    let client = caller.address;
    let principal = quote::principal(deps.as_ref(), &spec)?;
    let job = Job {
        principal: principal.unwrap_or_else(|| client.clone()),
        client,
        kind: spec.kind,
        program_id: answer.program_id,
        input_root: answer.input_root,
        inputs: spec.inputs,
        shards: spec.shards,
        price: spec.price,
        draws: spec.draws,
        attest_window: spec.attest_window,
        terms: Terms { audit_window: spec.audit_window.unwrap_or(config.terms.audit_window), ..config.terms },
        arbitration: config.arbitration.clone(),
        end: spec.end,
        min_providers: spec.min_providers,
        least: spec.least,
        takers,
        data: spec.data,
        cost,
        draw_bytes: answer.draw_bytes,
        lien,
        rules: (&config).into(),
    };
    let id = books::post(deps.storage, &job)?;
    let reserve = rewards::reserve(&setup.rewards, id, &job)?;
    Ok(Response::new().add_message(reserve).add_event(Posted {
        job: id,
        client: job.client.into(),
        kind: job.kind,
        program_id: job.program_id,
        shards: job.shards,
        price: job.price,
        lien: answer.lien,
        draws: job.draws,
        attest_window: job.attest_window,
        audit_window: job.terms.audit_window,
        principal: job.principal.into(),
        end: job.end,
        min_providers: job.min_providers,
        least: job.least,
        takers: job.takers.into_iter().map(Addr::into_string).collect(),
        data: job.data,
    }))
}
