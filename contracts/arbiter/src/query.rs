//! Answers. Lists are cut to a page and go on after `start_after`.

use cosmwasm_std::{Binary, Deps, Env, StdResult, Uint128, to_json_binary};
use tequio_protocol::{
    AttestationId, Conservation, DemandId,
    arbiter::{ConfigResponse, DemandResponse, QueryMsg, QuoteResponse, Wanted},
    page,
};

use crate::{
    core::demand::Demand,
    error::ContractError,
    quote,
    state::{self, BALANCES},
};

pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    Ok(match msg {
        QueryMsg::Config {} => to_json_binary(&config(deps)?),
        QueryMsg::Quote { demander, attestation, wanted, shown } => {
            to_json_binary(&quote(deps, env, &demander, attestation, &wanted, &shown)?)
        }
        QueryMsg::Demand { demand } => to_json_binary(&describe((demand, state::demand(deps.storage, demand)?))),
        QueryMsg::Demands { attestation, start_after, limit } => {
            to_json_binary(&all(state::demands(deps.storage, attestation, start_after, page(limit))?))
        }
        QueryMsg::Due { attestation, limit } => {
            to_json_binary(&all(state::due(deps.storage, attestation, page(limit))?))
        }
        QueryMsg::Demanded { attestation, wanted } => {
            to_json_binary(&state::demanded(deps.storage, attestation, &wanted)?)
        }
        QueryMsg::Balance { address } => to_json_binary(&balance(deps, &address)?),
        QueryMsg::ToBurn {} => to_json_binary(&state::money(deps.storage)?.to_burn),
        QueryMsg::Conservation {} => to_json_binary(&conservation(deps, env)?),
    }?)
}

fn config(deps: Deps) -> StdResult<ConfigResponse> {
    let setup = state::setup(deps.storage)?;
    Ok(ConfigResponse { denom: setup.denom, verifier: setup.verifier.into() })
}

fn quote(
    deps: Deps,
    env: Env,
    demander: &str,
    attestation: AttestationId,
    wanted: &Wanted,
    shown: &[u8],
) -> Result<QuoteResponse, ContractError> {
    let demander = deps.api.addr_validate(demander)?;
    let quote = quote::quote(deps, &env, &demander, attestation, wanted, shown)?;
    Ok(QuoteResponse { bond: quote.bond, due: quote.due })
}

fn all(found: Vec<(DemandId, Demand)>) -> Vec<DemandResponse> {
    found.into_iter().map(describe).collect()
}

fn describe((id, demand): (DemandId, Demand)) -> DemandResponse {
    DemandResponse {
        id,
        attestation: demand.attestation,
        demander: demand.demander.into(),
        wanted: demand.wanted,
        queue: demand.queue,
        bond: demand.bond,
        due: demand.due,
        revealed: demand.revealed.into(),
        parts: demand.parts.into(),
        state: demand.state,
    }
}

fn balance(deps: Deps, address: &str) -> StdResult<Uint128> {
    BALANCES.of(deps.storage, &deps.api.addr_validate(address)?)
}

fn conservation(deps: Deps, env: Env) -> Result<Conservation, ContractError> {
    let bank = deps.querier.query_balance(env.contract.address, state::setup(deps.storage)?.denom)?.amount;
    Ok(state::money(deps.storage)?.equations(bank)?)
}
