//! Answers. Lists are cut to a page and go on after `start_after`.

use cosmwasm_std::{Addr, Binary, Deps, Env, Order, StdResult, Uint128, to_json_binary};
use cw_storage_plus::Bound;
use tequio_protocol::registry::{
    ConfigResponse, HolderResponse, LienResponse, ProviderResponse, QueryMsg, ThawResponse,
};
use tequio_protocol::{Conservation, Equation, page};

use crate::error::Error;
use crate::state::{
    self, BALANCES, CONFIG, DENOM, HOLDERS, LIENS, METADATA, MONEY, OPERATORS, PROVIDERS, Provider, STAKE, THAWS,
};

pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, Error> {
    Ok(match msg {
        QueryMsg::Config {} => to_json_binary(&config(deps)?),
        QueryMsg::Provider { provider } => to_json_binary(&provider_by_key(deps, provider)?),
        QueryMsg::Operator { operator } => to_json_binary(&provider_of(deps, operator)?),
        QueryMsg::Providers { start_after, limit } => to_json_binary(&providers(deps, start_after, limit)?),
        QueryMsg::Liens { provider, start_after, limit } => to_json_binary(&liens(deps, provider, start_after, limit)?),
        QueryMsg::Thaws { provider, start_after, limit } => to_json_binary(&thaws(deps, provider, start_after, limit)?),
        QueryMsg::Holders { start_after, limit } => to_json_binary(&holders(deps, start_after, limit)?),
        QueryMsg::Balance { address } => to_json_binary(&balance(deps, address)?),
        QueryMsg::Conservation {} => to_json_binary(&conservation(deps, env)?),
        QueryMsg::Ownership {} => to_json_binary(&cw_ownable::get_ownership(deps.storage)?),
    }?)
}

fn config(deps: Deps) -> Result<ConfigResponse, Error> {
    Ok(ConfigResponse { denom: DENOM.load(deps.storage)?, config: CONFIG.load(deps.storage)? })
}

fn provider_by_key(deps: Deps, provider: String) -> Result<ProviderResponse, Error> {
    let address = deps.api.addr_validate(&provider)?;
    let provider = state::provider(deps.storage, &address)?;
    describe(deps, address, provider)
}

fn provider_of(deps: Deps, operator: String) -> Result<Option<ProviderResponse>, Error> {
    let operator = deps.api.addr_validate(&operator)?;
    let Some(address) = OPERATORS.may_load(deps.storage, &operator)? else {
        return Ok(None);
    };
    let provider = state::provider(deps.storage, &address)?;
    describe(deps, address, provider).map(Some)
}

fn providers(deps: Deps, start_after: Option<String>, limit: Option<u32>) -> Result<Vec<ProviderResponse>, Error> {
    let after = address(deps, start_after)?;
    PROVIDERS
        .range(deps.storage, after.as_ref().map(Bound::exclusive), None, Order::Ascending)
        .take(page(limit))
        .map(|entry| {
            let (address, provider) = entry?;
            describe(deps, address, provider)
        })
        .collect()
}

fn describe(deps: Deps, address: Addr, provider: Provider) -> Result<ProviderResponse, Error> {
    let stake = provider.stake;
    Ok(ProviderResponse {
        metadata: METADATA.load(deps.storage, &address)?,
        provider: address.into_string(),
        operator: provider.operator.into_string(),
        stake: stake.total()?,
        thawing: stake.thawing,
        liens: stake.liens,
        free: stake.free,
        slashed: stake.slashed,
    })
}

fn liens(
    deps: Deps,
    provider: String,
    start_after: Option<String>,
    limit: Option<u32>,
) -> Result<Vec<LienResponse>, Error> {
    let provider = deps.api.addr_validate(&provider)?;
    let after = address(deps, start_after)?;
    let entries = LIENS
        .prefix(&provider)
        .range(deps.storage, after.as_ref().map(Bound::exclusive), None, Order::Ascending)
        .take(page(limit))
        .map(|entry| {
            entry.map(|(holder, lien)| LienResponse {
                holder: holder.into_string(),
                placed: lien.placed,
                cap: lien.cap,
            })
        })
        .collect::<StdResult<_>>()?;
    Ok(entries)
}

fn thaws(
    deps: Deps,
    provider: String,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> Result<Vec<ThawResponse>, Error> {
    let provider = deps.api.addr_validate(&provider)?;
    let entries = THAWS
        .prefix(&provider)
        .range(deps.storage, start_after.map(Bound::exclusive), None, Order::Ascending)
        .take(page(limit))
        .map(|entry| entry.map(|(id, thaw)| ThawResponse { id, amount: thaw.amount, ready: thaw.ready }))
        .collect::<StdResult<_>>()?;
    Ok(entries)
}

fn holders(deps: Deps, start_after: Option<String>, limit: Option<u32>) -> Result<Vec<HolderResponse>, Error> {
    let after = address(deps, start_after)?;
    let entries = HOLDERS
        .range(deps.storage, after.as_ref().map(Bound::exclusive), None, Order::Ascending)
        .take(page(limit))
        .map(|entry| {
            entry.map(|(holder, grant)| HolderResponse { holder: holder.into_string(), effective: grant.effective() })
        })
        .collect::<StdResult<_>>()?;
    Ok(entries)
}

fn balance(deps: Deps, address: String) -> Result<Uint128, Error> {
    let address = deps.api.addr_validate(&address)?;
    Ok(BALANCES.may_load(deps.storage, &address)?.unwrap_or_default())
}

fn conservation(deps: Deps, env: Env) -> Result<Conservation, Error> {
    let money = MONEY.load(deps.storage)?;
    let stake = STAKE.load(deps.storage)?;
    let bank = deps.querier.query_balance(env.contract.address, DENOM.load(deps.storage)?)?.amount;
    Ok(Conservation {
        equations: vec![
            Equation::equal("1: bonded = stake + balances + burned + withdrawn", money.bonded, money.accounted()?),
            Equation::equal("2: stake = free + thawing + liens", money.stake, stake.total()?),
            Equation::at_most("3: stake + balances <= bank balance", money.held()?, bank),
        ],
    })
}

fn address(deps: Deps, text: Option<String>) -> StdResult<Option<Addr>> {
    text.map(|text| deps.api.addr_validate(&text)).transpose()
}
