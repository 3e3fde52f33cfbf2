//! `rewards`: the authority over counted work, emission, and what may be claimed. It knows only the token it may mint.
#![deny(clippy::arithmetic_side_effects)]

pub mod core;
mod error;
mod execute;
mod instantiate;
mod migrate;
mod query;
mod state;

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, Reply, Response};
use tequio_protocol::rewards::{ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg};

pub use crate::error::Error;

/// Name under which `cw2` knows this contract.
pub const CONTRACT: &str = "crates.io:tequio-rewards";
/// Version under which `cw2` knows this contract.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(deps: DepsMut, env: Env, info: MessageInfo, msg: InstantiateMsg) -> Result<Response, Error> {
    instantiate::instantiate(deps, env, info, msg)
}

#[cfg_attr(not(feature = "library"), entry_point)]
pub fn reply(deps: DepsMut, _env: Env, reply: Reply) -> Result<Response, Error> {
    instantiate::reply(deps, reply)
}

#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(deps: DepsMut, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, Error> {
    execute::execute(deps, env, info, msg)
}

#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, Error> {
    query::query(deps, env, msg)
}

#[cfg_attr(not(feature = "library"), entry_point)]
pub fn migrate(deps: DepsMut, _env: Env, _msg: MigrateMsg) -> Result<Response, Error> {
    migrate::migrate(deps)
}
