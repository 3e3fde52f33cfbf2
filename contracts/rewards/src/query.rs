//! Answers. Lists are cut to a page and go on after `start_after`.

use cosmwasm_std::{Addr, Binary, Deps, Env, StdResult, Uint64, Uint128, to_json_binary};
use cw20::{Cw20QueryMsg, TokenInfoResponse};
use tequio_contract::bounds::within;
use tequio_protocol::{
    Conservation, Equation, JobId, page,
    rewards::{
        ClaimableResponse, ConfigResponse, EpochResponse, Kind, LAST_EPOCH, QueryMsg, ReservationResponse,
        SourceResponse, TermsResponse,
    },
};

use crate::{
    core::{terms::Terms, work::MAX_EPOCHS},
    error::ContractError,
    state::{self, SOURCES},
};

pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let now = env.block.time.seconds();
    Ok(match msg {
        QueryMsg::Config {} => to_json_binary(&config(deps)?),
        QueryMsg::Terms { kind, cost } => to_json_binary(&terms(deps, kind, cost)?),
        QueryMsg::Credits { client } => to_json_binary(&credits(deps, client)?),
        QueryMsg::Allowance { client, source } => to_json_binary(&allowance(deps, client, source)?),
        QueryMsg::Reservation { source, job } => to_json_binary(&reservation(deps, source, job)?),
        QueryMsg::Claimable { provider } => to_json_binary(&claimable(deps, provider, now)?),
        QueryMsg::Epoch { epoch } => to_json_binary(&one_epoch(deps, epoch)?),
        QueryMsg::Sources { start_after, limit } => to_json_binary(&sources(deps, start_after, limit)?),
        QueryMsg::Conservation {} => to_json_binary(&conservation(deps, now)?),
        QueryMsg::Ownership {} => to_json_binary(&cw_ownable::get_ownership(deps.storage)?),
    }?)
}

fn config(deps: Deps) -> Result<ConfigResponse, ContractError> {
    let schedule = state::schedule(deps.storage)?;
    Ok(ConfigResponse {
        token: state::token(deps.storage)?.into_string(),
        schedule: schedule.terms,
        start: schedule.start,
        config: state::config(deps.storage)?,
    })
}

fn terms(deps: Deps, kind: Kind, cost: Uint64) -> Result<TermsResponse, ContractError> {
    let cost = cost.u64();
    let terms = Terms::of(&state::config(deps.storage)?, kind, cost)?;
    Ok(TermsResponse { credits: terms.credits(), mint: terms.mint(cost)? })
}

fn credits(deps: Deps, client: String) -> StdResult<Uint128> {
    state::free_credits(deps.storage, &deps.api.addr_validate(&client)?)
}

fn allowance(deps: Deps, client: String, source: String) -> StdResult<Uint128> {
    state::allowance(deps.storage, &deps.api.addr_validate(&client)?, &deps.api.addr_validate(&source)?)
}

fn reservation(deps: Deps, source: String, job: JobId) -> Result<ReservationResponse, ContractError> {
    let reservation = state::reservation(deps.storage, &deps.api.addr_validate(&source)?, job)?;
    Ok(ReservationResponse {
        client: reservation.client.into_string(),
        kind: reservation.terms.kind(),
        shards: reservation.shards,
        cost: reservation.cost.into(),
        credits: reservation.terms.credits(),
        kappa_bps: reservation.terms.kappa_bps(),
    })
}

fn claimable(deps: Deps, provider: String, now: u64) -> Result<ClaimableResponse, ContractError> {
    let provider = deps.api.addr_validate(&provider)?;
    let schedule = state::schedule(deps.storage)?;
    let open = schedule.epoch_at(now)?;
    // One more than a claim takes, to see whether there is one.
    let mut shares = state::closed_shares(deps.storage, &provider, now, MAX_EPOCHS.saturating_add(1))?;
    let more = shares.len() > MAX_EPOCHS;
    shares.truncate(MAX_EPOCHS);
    Ok(ClaimableResponse {
        earned: state::earned(deps.storage, &provider)?.unwrap_or_default(),
        emitted: shares.iter().try_fold(Uint128::zero(), |sum, (_, share)| sum.checked_add(*share))?,
        more,
        open_work: state::contribution(deps.storage, &provider, open)?.work,
        closes: schedule.begins(open.saturating_add(1)),
    })
}

fn one_epoch(deps: Deps, epoch: u64) -> Result<EpochResponse, ContractError> {
    within("epoch", epoch, 0, LAST_EPOCH)?;
    let schedule = state::schedule(deps.storage)?;
    let all = state::epoch(deps.storage, epoch)?;
    Ok(EpochResponse {
        epoch,
        begins: schedule.begins(epoch),
        ends: schedule.begins(epoch.saturating_add(1)),
        budget: schedule.budget(epoch),
        work: all.work,
        minted: all.minted,
    })
}

fn sources(deps: Deps, start_after: Option<String>, limit: Option<u32>) -> StdResult<Vec<SourceResponse>> {
    let after: Option<Addr> = start_after.map(|text| deps.api.addr_validate(&text)).transpose()?;
    let sources = SOURCES.list(deps.storage, after.as_ref(), page(limit))?.into_iter();
    Ok(sources.map(|(source, grant)| SourceResponse { source: source.into(), effective: grant.effective(0) }).collect())
}

fn conservation(deps: Deps, now: u64) -> Result<Conservation, ContractError> {
    let credits = state::credits(deps.storage)?;
    let mint = state::mint(deps.storage)?;
    let genesis = state::genesis(deps.storage)?;
    let schedule = state::schedule(deps.storage)?;
    let budgets = schedule.budgets_before(schedule.epoch_at(now)?)?;
    let info: TokenInfoResponse =
        deps.querier.query_wasm_smart(state::token(deps.storage)?, &Cw20QueryMsg::TokenInfo {})?;
    let supply = info.total_supply;
    Ok(Conservation {
        equations: vec![
            Equation::equal("1: bought = free + reserved + consumed", credits.bought, credits.accounted()?),
            Equation::at_most("2: earned <= kappa * consumed", mint.earned, mint.most_earned()?),
            Equation::at_most("3: claimed <= earned", mint.claimed, mint.earned),
            Equation::at_most("4: emitted <= budgets of closed epochs", mint.emitted, budgets),
            Equation::equal("5: minted = claimed + emitted", mint.minted, mint.claimed.checked_add(mint.emitted)?),
            // Whoever holds tokens may burn them at the token itself, so this is no equality.
            Equation::at_most(
                "6: supply + bought <= genesis + minted",
                supply.checked_add(credits.bought)?,
                genesis.checked_add(mint.minted)?,
            ),
            Equation::at_most("7: supply <= genesis + 2 * initial * halving", supply, schedule.most_supply(genesis)?),
        ],
    })
}
