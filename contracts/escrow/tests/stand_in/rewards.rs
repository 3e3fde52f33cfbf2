//! Counts reserved shards down, each number once, and fails when it is told to.

use cosmwasm_std::{
    Binary, Deps, DepsMut, Empty, Env, MessageInfo, Response, StdError, StdResult, Uint128, to_json_binary,
};
use cw_multi_test::{Contract, ContractWrapper};
use cw_storage_plus::{Item, Map};
use tequio_protocol::rewards::{ExecuteMsg, QueryMsg, TermsResponse};

/// Credits and mint of a shard, by kind.
pub const TERMS: Map<&str, (Uint128, Uint128)> = Map::new("terms");
/// Rewards and releases fail.
pub const FAILS: Item<bool> = Item::new("fails");
/// Reservations fail.
pub const REFUSES: Item<bool> = Item::new("refuses");
/// Shards neither rewarded nor released, by job.
pub const RESERVED: Map<u64, u64> = Map::new("reserved");
/// Shards by number.
pub const REWARDED: Map<u64, u64> = Map::new("rewarded");
pub const TOLD: Item<Vec<ExecuteMsg>> = Item::new("told");

pub fn contract() -> Box<dyn Contract<Empty>> {
    Box::new(ContractWrapper::new_with_empty(execute, super::instantiate, query))
}

fn execute(deps: DepsMut, _: Env, _: MessageInfo, msg: ExecuteMsg) -> StdResult<Response> {
    let mut told = TOLD.may_load(deps.storage)?.unwrap_or_default();
    told.push(msg.clone());
    TOLD.save(deps.storage, &told)?;
    let on = |item: Item<bool>| item.may_load(deps.storage).map(Option::unwrap_or_default);
    match msg {
        ExecuteMsg::Reserve { .. } if on(REFUSES)? => return Err(StdError::generic_err("no credits")),
        ExecuteMsg::Reward { .. } | ExecuteMsg::Release { .. } if on(FAILS)? => {
            return Err(StdError::generic_err("fails on command"));
        }
        ExecuteMsg::Reserve { job, shards, .. } => {
            if RESERVED.has(deps.storage, job.0) {
                return Err(StdError::generic_err("reserved twice"));
            }
            RESERVED.save(deps.storage, job.0, &shards)?;
        }
        ExecuteMsg::Reward { number, job, shards, .. } => {
            if REWARDED.has(deps.storage, number.u64()) {
                return Err(StdError::generic_err("rewarded twice"));
            }
            REWARDED.save(deps.storage, number.u64(), &shards)?;
            less(deps, job.0, shards)?;
        }
        ExecuteMsg::Release { job, shards } => less(deps, job.0, shards)?,
        other => return Err(StdError::generic_err(format!("unexpected: {other:?}"))),
    }
    Ok(Response::new())
}

fn less(deps: DepsMut, job: u64, shards: u64) -> StdResult<()> {
    let before = RESERVED.load(deps.storage, job)?;
    let after = before.checked_sub(shards).ok_or_else(|| StdError::generic_err("more than was reserved"))?;
    RESERVED.save(deps.storage, job, &after)
}

fn query(deps: Deps, _: Env, msg: QueryMsg) -> StdResult<Binary> {
    match msg {
        QueryMsg::Terms { kind, .. } => {
            let (credits, mint) = TERMS.load(deps.storage, &kind.to_string())?;
            to_json_binary(&TermsResponse { credits, mint })
        }
        other => Err(StdError::generic_err(format!("unexpected: {other:?}"))),
    }
}
