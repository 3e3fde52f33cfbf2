//! Keeps one lien per provider up to its stake, and splits slashes as strictly as the real one.

use cosmwasm_std::{
    Binary, Deps, DepsMut, Empty, Env, MessageInfo, Response, StdError, StdResult, Uint128, to_json_binary,
};
use cw_multi_test::{Contract, ContractWrapper};
use cw_storage_plus::{Item, Map};
use tequio_protocol::registry::{Config, ConfigResponse, ExecuteMsg, MIN_THAW, Part, QueryMsg};

pub const DENOM: Item<String> = Item::new("denom");
pub const BURN_BPS: Item<u16> = Item::new("burn_bps");
/// By provider and operator, the owner key included.
pub const WORKS: Map<(&str, &str), Empty> = Map::new("works");
/// By provider.
pub const STAKE: Map<&str, Uint128> = Map::new("stake");
pub const LIENS: Map<&str, Uint128> = Map::new("liens");
pub const TOLD: Item<Vec<ExecuteMsg>> = Item::new("told");

pub fn contract() -> Box<dyn Contract<Empty>> {
    Box::new(ContractWrapper::new_with_empty(execute, super::instantiate, query))
}

fn execute(deps: DepsMut, _: Env, _: MessageInfo, msg: ExecuteMsg) -> StdResult<Response> {
    let mut told = TOLD.may_load(deps.storage)?.unwrap_or_default();
    told.push(msg.clone());
    TOLD.save(deps.storage, &told)?;
    let (provider, lien) = match &msg {
        ExecuteMsg::Lien { provider, amount } => {
            let lien = LIENS.may_load(deps.storage, provider)?.unwrap_or_default().checked_add(*amount)?;
            if lien > STAKE.may_load(deps.storage, provider)?.unwrap_or_default() {
                return Err(StdError::generic_err("stake short of lien"));
            }
            (provider, lien)
        }
        ExecuteMsg::Release { provider, amount } => (provider, lien_less(deps.as_ref(), provider, *amount)?),
        ExecuteMsg::Slash { provider, amount, client, reporter } => {
            let part = |part: &Option<Part>| part.as_ref().map_or(Uint128::zero(), |part| part.amount);
            let burned = amount.checked_sub(part(client).checked_add(part(reporter))?)?;
            let least = amount.mul_ceil((u128::from(BURN_BPS.load(deps.storage)?), 10_000u128));
            if burned < least || client.iter().chain(reporter).any(|part| part.amount.is_zero()) {
                return Err(StdError::generic_err(format!("burned {burned} of {amount}, less than {least}")));
            }
            let stake = STAKE.load(deps.storage, provider)?.checked_sub(*amount)?;
            STAKE.save(deps.storage, provider, &stake)?;
            (provider, lien_less(deps.as_ref(), provider, *amount)?)
        }
        other => return Err(StdError::generic_err(format!("unexpected: {other:?}"))),
    };
    LIENS.save(deps.storage, provider, &lien)?;
    Ok(Response::new())
}

fn lien_less(deps: Deps, provider: &str, amount: Uint128) -> StdResult<Uint128> {
    if amount.is_zero() {
        return Err(StdError::generic_err("zero"));
    }
    Ok(LIENS.load(deps.storage, provider)?.checked_sub(amount)?)
}

fn query(deps: Deps, _: Env, msg: QueryMsg) -> StdResult<Binary> {
    match msg {
        QueryMsg::Config {} => to_json_binary(&ConfigResponse {
            denom: DENOM.load(deps.storage)?,
            config: Config { thaw: MIN_THAW, timelock: MIN_THAW + 1, burn_bps: BURN_BPS.load(deps.storage)? },
        }),
        QueryMsg::Works { provider, operator } => {
            to_json_binary(&WORKS.has(deps.storage, (provider.as_str(), operator.as_str())))
        }
        other => Err(StdError::generic_err(format!("unexpected: {other:?}"))),
    }
}
