//! Answers. Lists are cut to a page and go on after `start_after`.

use cosmwasm_std::{Addr, Binary, Deps, Env, StdResult, Uint128, to_json_binary};
use tequio_contract::grant::Grant;
use tequio_protocol::{
    Conservation, Equation, ThawId, page,
    registry::{ConfigResponse, HolderResponse, LienResponse, ProviderResponse, QueryMsg, ThawResponse},
};

use crate::{
    core::{config::least_timelock, stake::Stake},
    error::ContractError,
    state::{self, BALANCES, HOLDERS},
};

pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    Ok(match msg {
        QueryMsg::Config {} => to_json_binary(&config(deps)?),
        QueryMsg::Provider { provider } => to_json_binary(&provider_by_key(deps, provider)?),
        QueryMsg::Works { provider, operator } => to_json_binary(&works(deps, provider, operator)?),
        QueryMsg::WorksFor { operator, start_after, limit } => {
            to_json_binary(&works_for(deps, operator, start_after, limit)?)
        }
        QueryMsg::Providers { start_after, limit } => to_json_binary(&providers(deps, start_after, limit)?),
        QueryMsg::Liens { provider, start_after, limit } => to_json_binary(&liens(deps, provider, start_after, limit)?),
        QueryMsg::Thaws { provider, start_after, limit } => to_json_binary(&thaws(deps, provider, start_after, limit)?),
        QueryMsg::Holders { start_after, limit } => to_json_binary(&holders(deps, start_after, limit)?),
        QueryMsg::Balance { address } => to_json_binary(&balance(deps, address)?),
        QueryMsg::ToBurn {} => to_json_binary(&state::money(deps.storage)?.to_burn),
        QueryMsg::Conservation {} => to_json_binary(&conservation(deps, env)?),
        QueryMsg::Ownership {} => to_json_binary(&cw_ownable::get_ownership(deps.storage)?),
    }?)
}

fn config(deps: Deps) -> StdResult<ConfigResponse> {
    Ok(ConfigResponse { denom: state::denom(deps.storage)?, config: state::config(deps.storage)? })
}

fn provider_by_key(deps: Deps, provider: String) -> Result<ProviderResponse, ContractError> {
    let address = deps.api.addr_validate(&provider)?;
    let stake = state::stake(deps.storage, &address)?;
    describe(deps, address, stake)
}

fn works(deps: Deps, provider: String, operator: String) -> StdResult<bool> {
    let (provider, operator) = (deps.api.addr_validate(&provider)?, deps.api.addr_validate(&operator)?);
    Ok(state::works(deps.storage, &provider, &operator))
}

fn works_for(deps: Deps, operator: String, start_after: Option<String>, limit: Option<u32>) -> StdResult<Vec<Addr>> {
    let (operator, after) = (deps.api.addr_validate(&operator)?, address(deps, start_after)?);
    state::employers(deps.storage, &operator, after.as_ref(), page(limit))
}

fn providers(
    deps: Deps,
    start_after: Option<String>,
    limit: Option<u32>,
) -> Result<Vec<ProviderResponse>, ContractError> {
    let after = address(deps, start_after)?;
    let providers = state::providers(deps.storage, after.as_ref(), page(limit))?;
    providers.into_iter().map(|(address, stake)| describe(deps, address, stake)).collect()
}

fn describe(deps: Deps, address: Addr, stake: Stake) -> Result<ProviderResponse, ContractError> {
    Ok(ProviderResponse {
        metadata: state::metadata(deps.storage, &address)?,
        operators: state::operators(deps.storage, &address)?.into_iter().map(Addr::into_string).collect(),
        provider: address.into_string(),
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
) -> StdResult<Vec<LienResponse>> {
    let provider = deps.api.addr_validate(&provider)?;
    let after = address(deps, start_after)?;
    let liens = state::liens(deps.storage, &provider, after.as_ref(), page(limit))?.into_iter();
    Ok(liens.map(|(holder, lien)| LienResponse { holder: holder.into(), placed: lien.placed, cap: lien.cap }).collect())
}

fn thaws(
    deps: Deps,
    provider: String,
    start_after: Option<ThawId>,
    limit: Option<u32>,
) -> StdResult<Vec<ThawResponse>> {
    let provider = deps.api.addr_validate(&provider)?;
    let thaws = state::thaws(deps.storage, &provider, start_after, page(limit))?.into_iter();
    Ok(thaws.map(|(id, thaw)| ThawResponse { id, amount: thaw.amount, ready: thaw.ready }).collect())
}

fn holders(deps: Deps, start_after: Option<String>, limit: Option<u32>) -> StdResult<Vec<HolderResponse>> {
    let after = address(deps, start_after)?;
    let least = least_timelock(&state::config(deps.storage)?);
    let holders = HOLDERS.list(deps.storage, after.as_ref(), page(limit))?.into_iter();
    let describe =
        |(holder, grant): (Addr, Grant)| HolderResponse { holder: holder.into(), effective: grant.effective(least) };
    Ok(holders.map(describe).collect())
}

fn balance(deps: Deps, address: String) -> StdResult<Uint128> {
    BALANCES.of(deps.storage, &deps.api.addr_validate(&address)?)
}

fn conservation(deps: Deps, env: Env) -> Result<Conservation, ContractError> {
    let money = state::money(deps.storage)?;
    let stake = state::whole_stake(deps.storage)?;
    let bank = deps.querier.query_balance(env.contract.address, state::denom(deps.storage)?)?.amount;
    Ok(Conservation {
        equations: vec![
            Equation::equal(
                "1: bonded = stake + balances + to burn + burned + withdrawn",
                money.bonded,
                money.accounted()?,
            ),
            Equation::equal("2: stake = free + thawing + liens", money.stake, stake.total()?),
            Equation::at_most("3: stake + balances + to burn <= bank balance", money.held()?, bank),
        ],
    })
}

fn address(deps: Deps, text: Option<String>) -> StdResult<Option<Addr>> {
    text.map(|text| deps.api.addr_validate(&text)).transpose()
}
