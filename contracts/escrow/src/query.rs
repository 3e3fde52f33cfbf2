//! Answers. Lists are cut to a page and go on after `start_after`.

use cosmwasm_std::{Binary, Deps, Env, StdResult, Uint128, to_json_binary};
use tequio_protocol::{
    AssignmentId, Conservation, Equation, JobId,
    escrow::{AssignmentResponse, ConfigResponse, JobResponse, QueryMsg, RangeResponse},
    page,
};

use crate::{
    core::job::Job,
    error::ContractError,
    quote,
    state::{self, BALANCES, free},
};

pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    Ok(match msg {
        QueryMsg::Config {} => to_json_binary(&config(deps)?),
        QueryMsg::Quote { spec } => to_json_binary(&quote::quote(deps, &env, &spec)?.answer),
        QueryMsg::Job { job } => to_json_binary(&describe_job(deps, job, state::job(deps.storage, job)?)?),
        QueryMsg::Jobs { start_after, limit } => to_json_binary(&jobs(deps, start_after, limit)?),
        QueryMsg::Free { job, start_after, limit } => to_json_binary(&ranges(deps, job, start_after, limit)?),
        QueryMsg::Assignment { assignment } => to_json_binary(&assignment_by_id(deps, &env, assignment)?),
        QueryMsg::Assignments { job, start_after, limit } => {
            to_json_binary(&assignments(deps, &env, job, start_after, limit)?)
        }
        QueryMsg::Balance { address } => to_json_binary(&balance(deps, address)?),
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
        config: state::config(deps.storage)?,
        paused: state::paused(deps.storage)?,
    })
}

fn describe_job(deps: Deps, id: JobId, job: Job) -> Result<JobResponse, ContractError> {
    let tally = state::tally(deps.storage, id)?;
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
        data: job.data,
        cost: job.cost.into(),
        rules: job.rules,
        lien: job.lien.per_shard(job.price)?,
        free: tally.free,
        active: tally.active,
        settled: tally.settled,
        refunded: tally.refunded,
    })
}

fn jobs(deps: Deps, start_after: Option<JobId>, limit: Option<u32>) -> Result<Vec<JobResponse>, ContractError> {
    let jobs = state::jobs(deps.storage, start_after, page(limit))?;
    jobs.into_iter().map(|(id, job)| describe_job(deps, id, job)).collect()
}

fn ranges(
    deps: Deps,
    job: JobId,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> Result<Vec<RangeResponse>, ContractError> {
    state::job(deps.storage, job)?;
    let ranges = free::list(deps.storage, job, start_after, page(limit))?;
    Ok(ranges.into_iter().map(|(first, free)| RangeResponse { first, count: free.count, price: free.price }).collect())
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

fn balance(deps: Deps, address: String) -> StdResult<Uint128> {
    BALANCES.of(deps.storage, &deps.api.addr_validate(&address)?)
}

fn conservation(deps: Deps, env: Env) -> Result<Conservation, ContractError> {
    let ledger = state::ledger(deps.storage)?;
    let bank = deps.querier.query_balance(env.contract.address, state::setup(deps.storage)?.denom)?.amount;
    let owed = ledger.owed()?;
    Ok(Conservation {
        equations: vec![
            Equation::equal("1: deposited = withdrawn + balances + held", ledger.deposited, ledger.accounted()?),
            Equation::at_most("2: balances + held <= bank balance", owed, bank),
            Equation::equal(
                "3: shards posted = free + active + settled + refunded",
                ledger.posted,
                ledger.shards.sum(),
            ),
        ],
    })
}
