//! What anyone may ask.

use cosmwasm_std::{Addr, Binary, Deps, Env, Order, StdResult, Uint128, to_json_binary};
use cw_storage_plus::Bound;
use tequio_protocol::escrow::{AssignmentResponse, ConfigResponse, JobResponse, QueryMsg, RangeResponse};
use tequio_protocol::{AssignmentId, Conservation, Equation, JobId, page};

use crate::core::assignment::Assignment;
use crate::core::job::Job;
use crate::error::ContractError;
use crate::execute::post;
use crate::state::{
    self, ASSIGNMENTS, BALANCES, CONFIG, JOB_ASSIGNMENTS, JOBS, LEDGER, PAUSED, PENDING_RELEASES, PENDING_REWARDS,
    SETUP, TALLIES, free,
};

pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&config(deps)?),
        QueryMsg::Quote { spec } => to_json_binary(&post::quote(deps, &env, &spec)?.0),
        QueryMsg::Job { job } => to_json_binary(&job_response(deps, job, state::job(deps.storage, job)?)?),
        QueryMsg::Jobs { start_after, limit } => to_json_binary(&jobs(deps, start_after, limit)?),
        QueryMsg::Free { job, start_after, limit } => to_json_binary(&ranges(deps, job, start_after, limit)?),
        QueryMsg::Assignment { assignment: id } => {
            to_json_binary(&assignment_response(deps, &env, id, state::assignment(deps.storage, id)?)?)
        }
        QueryMsg::Assignments { job, start_after, limit } => {
            to_json_binary(&assignments(deps, &env, job, start_after, limit)?)
        }
        QueryMsg::Balance { address } => to_json_binary(&balance(deps, &address)?),
        QueryMsg::PendingRewards { start_after, limit } => to_json_binary(&pending_rewards(deps, start_after, limit)?),
        QueryMsg::PendingReleases { start_after, limit } => {
            to_json_binary(&pending_releases(deps, start_after, limit)?)
        }
        QueryMsg::Conservation {} => to_json_binary(&conservation(deps, &env)?),
        QueryMsg::Ownership {} => to_json_binary(&cw_ownable::get_ownership(deps.storage)?),
    };
    Ok(answer?)
}

fn config(deps: Deps) -> StdResult<ConfigResponse> {
    let setup = SETUP.load(deps.storage)?;
    Ok(ConfigResponse {
        denom: setup.denom,
        registry: setup.registry.into(),
        verifier: setup.verifier.into(),
        rewards: setup.rewards.into(),
        config: CONFIG.load(deps.storage)?,
        paused: PAUSED.load(deps.storage)?,
    })
}

fn job_response(deps: Deps, id: JobId, job: Job) -> Result<JobResponse, ContractError> {
    let tally = TALLIES.load(deps.storage, id.0)?;
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
        audit_window: job.audit_window,
        end: job.end,
        min_providers: job.min_providers,
        data: job.data,
        work: job.work,
        rules: job.rules,
        lien: job.lien.per_shard(job.price)?,
        free: tally.free,
        active: tally.active,
        settled: tally.settled,
        refunded: tally.refunded,
    })
}

fn jobs(deps: Deps, start_after: Option<JobId>, limit: Option<u32>) -> Result<Vec<JobResponse>, ContractError> {
    let start = start_after.map(|id| Bound::exclusive(id.0));
    JOBS.range(deps.storage, start, None, Order::Ascending)
        .take(page(limit))
        .map(|entry| entry.map_err(ContractError::from).and_then(|(id, job)| job_response(deps, JobId(id), job)))
        .collect()
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

fn assignment_response(
    deps: Deps,
    env: &Env,
    id: AssignmentId,
    assignment: Assignment,
) -> Result<AssignmentResponse, ContractError> {
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
        assigned: assignment.assigned,
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
    let start = start_after.map(|id| Bound::exclusive(id.0));
    let (order, limit) = (Order::Ascending, page(limit));
    let ids: Vec<u64> = match job {
        Some(JobId(job)) => {
            JOB_ASSIGNMENTS.prefix(job).keys(deps.storage, start, None, order).take(limit).collect::<StdResult<_>>()?
        }
        None => ASSIGNMENTS.keys(deps.storage, start, None, order).take(limit).collect::<StdResult<_>>()?,
    };
    let one = |id| assignment_response(deps, env, id, state::assignment(deps.storage, id)?);
    ids.into_iter().map(AssignmentId).map(one).collect()
}

fn balance(deps: Deps, address: &str) -> StdResult<Uint128> {
    let address: Addr = deps.api.addr_validate(address)?;
    Ok(BALANCES.may_load(deps.storage, &address)?.unwrap_or_default())
}

fn pending_rewards(deps: Deps, start_after: Option<AssignmentId>, limit: Option<u32>) -> StdResult<Vec<AssignmentId>> {
    let start = start_after.map(|id| Bound::exclusive(id.0));
    let ids = PENDING_REWARDS.keys(deps.storage, start, None, Order::Ascending).take(page(limit));
    ids.map(|id| id.map(AssignmentId)).collect()
}

fn pending_releases(deps: Deps, start_after: Option<JobId>, limit: Option<u32>) -> StdResult<Vec<JobId>> {
    let start = start_after.map(|id| Bound::exclusive(id.0));
    let ids = PENDING_RELEASES.keys(deps.storage, start, None, Order::Ascending).take(page(limit));
    ids.map(|id| id.map(JobId)).collect()
}

fn conservation(deps: Deps, env: &Env) -> Result<Conservation, ContractError> {
    let ledger = LEDGER.load(deps.storage)?;
    let bank = deps.querier.query_balance(&env.contract.address, SETUP.load(deps.storage)?.denom)?.amount;
    let owed = ledger.balances.checked_add(ledger.held)?;
    let shards = ledger.shards.sum().ok_or(ContractError::TooLarge)?;
    Ok(Conservation {
        equations: vec![
            Equation::equal(
                "1: deposited = withdrawn + balances + held",
                ledger.deposited,
                ledger.withdrawn.checked_add(owed)?,
            ),
            Equation::at_most("2: balances + held <= bank balance", owed, bank),
            Equation::equal("3: shards posted = free + active + settled + refunded", ledger.posted, shards),
        ],
    })
}
