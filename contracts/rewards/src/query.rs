//! Answers. Lists are cut to a page and go on after `start_after`.

use cosmwasm_std::{Addr, Binary, Deps, Env, Order, StdResult, Uint128, to_json_binary};
use cw_storage_plus::Bound;
use cw20::{Cw20QueryMsg, TokenInfoResponse};
use tequio_protocol::rewards::{
    ClaimableResponse, ConfigResponse, EpochResponse, Kind, QueryMsg, ReservationResponse, SourceResponse,
    TermsResponse,
};
use tequio_protocol::{Conservation, Equation, JobId, page};

use crate::core::terms::Terms;
use crate::error::Error;
use crate::state::{self, CONFIG, CREDITS, EARNED, EPOCHS, FREE, GENESIS, MINT, SCHEDULE, SOURCES, TOKEN, WORK};

pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, Error> {
    let now = env.block.time.seconds();
    Ok(match msg {
        QueryMsg::Config {} => to_json_binary(&config(deps)?),
        QueryMsg::Terms { kind, work } => to_json_binary(&terms(deps, kind, work)?),
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

fn config(deps: Deps) -> Result<ConfigResponse, Error> {
    let schedule = SCHEDULE.load(deps.storage)?;
    Ok(ConfigResponse {
        token: TOKEN.load(deps.storage)?.into_string(),
        schedule: schedule.terms,
        start: schedule.start,
        config: CONFIG.load(deps.storage)?,
    })
}

fn terms(deps: Deps, kind: Kind, work: u64) -> Result<TermsResponse, Error> {
    let terms = Terms::of(&CONFIG.load(deps.storage)?, kind, work)?;
    Ok(TermsResponse { credits: terms.credits(), mint: terms.mint(work)? })
}

fn credits(deps: Deps, client: String) -> Result<Uint128, Error> {
    let client = deps.api.addr_validate(&client)?;
    Ok(FREE.may_load(deps.storage, &client)?.unwrap_or_default())
}

fn allowance(deps: Deps, client: String, source: String) -> Result<Uint128, Error> {
    state::allowance(deps.storage, &deps.api.addr_validate(&client)?, &deps.api.addr_validate(&source)?)
}

fn reservation(deps: Deps, source: String, job: JobId) -> Result<ReservationResponse, Error> {
    let reservation = state::reservation(deps.storage, &deps.api.addr_validate(&source)?, job)?;
    Ok(ReservationResponse {
        client: reservation.client.into_string(),
        kind: reservation.terms.kind(),
        shards: reservation.shards,
        work: reservation.work,
        credits: reservation.terms.credits(),
        kappa_bps: reservation.terms.kappa_bps(),
    })
}

fn claimable(deps: Deps, provider: String, now: u64) -> Result<ClaimableResponse, Error> {
    let provider = deps.api.addr_validate(&provider)?;
    let open = SCHEDULE.load(deps.storage)?.epoch_at(now)?;
    let shares = state::closed_shares(deps.storage, &provider, now)?;
    Ok(ClaimableResponse {
        earned: EARNED.may_load(deps.storage, &provider)?.unwrap_or_default(),
        emitted: shares.iter().try_fold(Uint128::zero(), |sum, (_, share)| sum.checked_add(*share))?,
        open_work: WORK.may_load(deps.storage, (&provider, open))?.unwrap_or_default().work,
    })
}

fn one_epoch(deps: Deps, epoch: u64) -> Result<EpochResponse, Error> {
    let schedule = SCHEDULE.load(deps.storage)?;
    let all = EPOCHS.may_load(deps.storage, epoch)?.unwrap_or_default();
    Ok(EpochResponse {
        epoch,
        begins: schedule.begins(epoch),
        ends: schedule.begins(epoch.saturating_add(1)),
        budget: schedule.budget(epoch),
        work: all.work,
        minted: all.minted,
    })
}

fn sources(deps: Deps, start_after: Option<String>, limit: Option<u32>) -> Result<Vec<SourceResponse>, Error> {
    let after: Option<Addr> = start_after.map(|text| deps.api.addr_validate(&text)).transpose()?;
    let entries = SOURCES
        .range(deps.storage, after.as_ref().map(Bound::exclusive), None, Order::Ascending)
        .take(page(limit))
        .map(|entry| {
            entry.map(|(source, grant)| SourceResponse { source: source.into_string(), effective: grant.effective() })
        })
        .collect::<StdResult<_>>()?;
    Ok(entries)
}

fn conservation(deps: Deps, now: u64) -> Result<Conservation, Error> {
    let credits = CREDITS.load(deps.storage)?;
    let mint = MINT.load(deps.storage)?;
    let genesis = GENESIS.load(deps.storage)?;
    let schedule = SCHEDULE.load(deps.storage)?;
    let budgets = schedule.budgets_before(schedule.epoch_at(now)?)?;
    let info: TokenInfoResponse =
        deps.querier.query_wasm_smart(TOKEN.load(deps.storage)?, &Cw20QueryMsg::TokenInfo {})?;
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
