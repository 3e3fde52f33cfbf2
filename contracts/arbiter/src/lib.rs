//! `arbiter`: the authority over demands, reveals and their bonds. It knows the verifier.
#![deny(clippy::arithmetic_side_effects)]

pub mod core;
mod error;
mod execute;
mod instantiate;
mod neighbours;
mod query;
mod quote;
mod roles;
mod state;

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, Response};
use tequio_contract::migrate;
use tequio_protocol::arbiter::{ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg};

pub use crate::{
    error::ContractError,
    state::{CONTRACT, VERSION},
};

#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut,
    _env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    instantiate::instantiate(deps, info, msg)
}

#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(deps: DepsMut, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ContractError> {
    execute::execute(deps, env, info, msg)
}

#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    query::query(deps, env, msg)
}

#[cfg_attr(not(feature = "library"), entry_point)]
pub fn migrate(deps: DepsMut, _env: Env, _msg: MigrateMsg) -> Result<Response, ContractError> {
    Ok(migrate::migrate(deps.storage, CONTRACT, VERSION)?)
}
