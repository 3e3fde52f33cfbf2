//! `escrow`: the authority over jobs, assignments, and money in and out.
//!
//! `README.md` has its formulas, the states of an assignment, and who may send what.
#![deny(clippy::arithmetic_side_effects)]

pub mod core;
pub mod error;
pub mod state;

mod books;
mod ending;
mod execute;
mod instantiate;
mod migrate;
mod neighbours;
mod query;
mod reply;

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, Reply, Response};
use tequio_protocol::escrow::{ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg};

pub use crate::error::ContractError;

/// Name of this contract's state, as `cw2` keeps it.
pub const NAME: &str = "tequio-escrow";
/// Version of this code.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(deps: DepsMut, _: Env, _: MessageInfo, msg: InstantiateMsg) -> Result<Response, ContractError> {
    instantiate::instantiate(deps, msg)
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
pub fn reply(deps: DepsMut, _: Env, reply: Reply) -> Result<Response, ContractError> {
    reply::reply(deps, reply)
}

#[cfg_attr(not(feature = "library"), entry_point)]
pub fn migrate(deps: DepsMut, _: Env, msg: MigrateMsg) -> Result<Response, ContractError> {
    migrate::migrate(deps, msg)
}
