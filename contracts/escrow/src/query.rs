//! Answers. Lists are cut to a page and go on after `start_after`.

mod open;

use cosmwasm_std::{Addr, Binary, Deps, Env, StdResult, Uint128, to_json_binary};
use tequio_protocol::{
    AssignmentId, Conservation, Equation, JobId,
    escrow::{
        ActiveResponse, AssignmentResponse, ConfigResponse, FreeResponse, JobResponse, OpenResponse, QueryMsg, Ruling,
        RulingResponse,
    },
    page,
};

use crate::{
    core::job::Job,
    ending,
    error::ContractError,
    execute::give_back,
    quote,
    state::{
        self, BALANCES,
        free::{self, Free},
    },
};

pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    Ok(match msg {
        QueryMsg::Config {} => to_json_binary(&config(deps)?),
        QueryMsg::Quote { spec } => to_json_binary(&quote::quote(deps, &env, &spec)?.answer),
        QueryMsg::Job { job } => to_json_binary(&describe_job(deps, job, state::job(deps.storage, job)?)?),
        QueryMsg::Jobs { start_after, limit } => to_json_binary(&jobs(deps, start_after, limit)?),
        QueryMsg::Open { program, price, shards, provider, start_before, limit } => {
            let provider = provider.map(|provider| deps.api.addr_validate(&provider)).transpose()?;
            let wanted = open::Wanted { program, price, shards, provider };
            let open::Page { jobs, next } = open::page(deps, &env, &wanted, start_before, limit)?;
            to_json_binary(&OpenResponse { jobs: describe_jobs(deps, jobs)?, next })
        }
        QueryMsg::Free { job, start_after, limit } => to_json_binary(&ranges(deps, job, start_after, limit)?),
        QueryMsg::Assignment { assignment } => to_json_binary(&assignment_by_id(deps, &env, assignment)?),
        QueryMsg::Assignments { job, start_after, limit } => {
            to_json_binary(&assignments(deps, &env, job, start_after, limit)?)
        }
        QueryMsg::Active { provider, operator, start_after, limit } => {
            to_json_binary(&active(deps, &env, provider, operator, start_after, limit)?)
        }
        QueryMsg::Ruling { assignment } => to_json_binary(&ruling(deps, &env, assignment)?),
        QueryMsg::GiveBack { assignment } => {
            to_json_binary(&give_back::allowed(deps, &ending::find(deps, &env, assignment)?)?)
        }
        QueryMsg::Balance { address } => to_json_binary(&balance(deps, address)?),
        QueryMsg::ToBurn {} => to_json_binary(&state::ledger(deps.storage)?.to_burn),
        QueryMsg::PendingRewards { start_after, limit } => {
            to_json_binary(&state::pending_rewards(deps.storage, start_after, page(limit))?)
        }
        QueryMsg::PendingReleases { start_after, limit } => {
            to_json_binary(&state::pending_releases(deps.storage, start_after, page(limit))?)
        }
        QueryMsg::Conservation {} => to_json_binary(&conservation(deps, env)?),
        QueryMsg::Ownership {} => to_json_binary(&cw_ownable::get_ownership(deps.storage)?),
    }?)
}

fn config(deps: Deps) -> StdResult<ConfigResponse> {
    let setup = state::setup(deps.storage)?;
    Ok(ConfigResponse {
        denom: setup.denom,
        registry: setup.registry.into(),
        verifier: setup.verifier.into(),
        rewards: setup.rewards.into(),
        max_gas: setup.max_gas,
        config: state::config(deps.storage)?,
        paused: state::paused(deps.storage)?,
    })
}

fn describe_job(deps: Deps, id: JobId, job: Job) -> Result<JobResponse, ContractError> {
    let tally = state::tally(deps.storage, id)?;
    let client_gas_left = state::client_gas_left(deps.storage, id, &job)?;
    Ok(JobResponse {
        id,
        client: job.client.into(),
        kind: job.kind,
        program_id: job.program_id,
        input_root: job.input_root,
        inputs: job.inputs,
        shards: job.shards,
        price: job.price,
        draws: job.draws,
        attest_window: job.attest_window,
        terms: job.terms,
        arbitration: job.arbitration,
        principal: job.principal.into(),
        end: job.end,
        min_providers: job.min_providers,
        least: job.least,
        takers: job.takers.into_iter().map(Addr::into_string).collect(),
        data: job.data,
        cost: job.cost.into(),
        draw_bytes: job.draw_bytes,
        rules: job.rules,
        basis: job.lien,
        lien: job.lien.per_shard(job.price)?,
        client_gas_left,
        free: tally.free,
        active: tally.active,
        settled: tally.settled,
        refunded: tally.refunded,
    })
}

fn jobs(deps: Deps, start_after: Option<JobId>, limit: Option<u32>) -> Result<Vec<JobResponse>, ContractError> {
    describe_jobs(deps, state::jobs(deps.storage, start_after, page(limit))?)
}

fn describe_jobs(deps: Deps, jobs: Vec<(JobId, Job)>) -> Result<Vec<JobResponse>, ContractError> {
    jobs.into_iter().map(|(id, job)| describe_job(deps, id, job)).collect()
}

fn ranges(
    deps: Deps,
    id: JobId,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> Result<Vec<FreeResponse>, ContractError> {
    let job = state::job(deps.storage, id)?;
    let ranges = free::list(deps.storage, id, start_after, page(limit))?.into_iter();
    let describe =
        |(first, Free { count, price })| Ok(FreeResponse { first, count, price, lien: job.lien.per_shard(price)? });
    ranges.map(describe).collect()
}

fn assignment_by_id(deps: Deps, env: &Env, id: AssignmentId) -> Result<AssignmentResponse, ContractError> {
    let assignment = state::assignment(deps.storage, id)?;
    let job = state::job(deps.storage, assignment.job)?;
    let subject = assignment.subject(&env.contract.address, id, &job);
    Ok(AssignmentResponse {
        id,
        job: assignment.job,
        provider: assignment.provider.into(),
        operator: assignment.operator.into(),
        first: assignment.first,
        count: assignment.count,
        price: assignment.price,
        lien: assignment.lien,
        attest_by: assignment.attest_by,
        subject,
        state: assignment.state,
    })
}

fn assignments(
    deps: Deps,
    env: &Env,
    job: Option<JobId>,
    start_after: Option<AssignmentId>,
    limit: Option<u32>,
) -> Result<Vec<AssignmentResponse>, ContractError> {
    let ids = state::assignments(deps.storage, job, start_after, page(limit))?;
    ids.into_iter().map(|id| assignment_by_id(deps, env, id)).collect()
}

/// Looks at a page of the provider's, of which `operator` may have taken few.
fn active(
    deps: Deps,
    env: &Env,
    provider: String,
    operator: Option<String>,
    start_after: Option<AssignmentId>,
    limit: Option<u32>,
) -> Result<ActiveResponse, ContractError> {
    let count = page(limit).max(1);
    let ids = state::active(deps.storage, &deps.api.addr_validate(&provider)?, start_after, count)?;
    let next = ids.last().copied().filter(|_| ids.len() == count);
    let of = |found: &AssignmentResponse| operator.as_ref().is_none_or(|operator| *operator == found.operator);
    let found: Result<Vec<_>, _> = ids.into_iter().map(|id| assignment_by_id(deps, env, id)).collect();
    Ok(ActiveResponse { assignments: found?.into_iter().filter(of).collect(), next })
}

fn ruling(deps: Deps, env: &Env, id: AssignmentId) -> Result<RulingResponse, ContractError> {
    let found = ending::find(deps, env, id)?;
    let ruling = found.assignment.case(&found.job, found.attestation.as_ref())?.ruling(found.now);
    let until = if let Ruling::Wait(reason) = ruling { reason.until() } else { None };
    Ok(RulingResponse { ruling, until })
}

fn balance(deps: Deps, address: String) -> StdResult<Uint128> {
    BALANCES.of(deps.storage, &deps.api.addr_validate(&address)?)
}

fn conservation(deps: Deps, env: Env) -> Result<Conservation, ContractError> {
    let ledger = state::ledger(deps.storage)?;
    let bank = deps.querier.query_balance(env.contract.address, state::setup(deps.storage)?.denom)?.amount;
    let owed = ledger.owed()?;
    Ok(Conservation {
        equations: vec![
            Equation::equal(
                "1: deposited = withdrawn + balances + held + to burn + burned",
                ledger.deposited,
                ledger.accounted()?,
            ),
            Equation::at_most("2: balances + held + to burn <= bank balance", owed, bank),
            Equation::equal(
                "3: shards posted = free + active + settled + refunded",
                ledger.posted,
                ledger.shards.sum(),
            ),
        ],
    })
}
