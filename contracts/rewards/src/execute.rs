//! Who may send what, and where it goes.

mod approve;
mod claim;
mod configure;
mod grant;
mod receive;
mod release;
mod reserve;
mod revoke;
mod reward;

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use tequio_contract::{door, ownership};
use tequio_protocol::rewards::ExecuteMsg;

use crate::{error::ContractError, roles::Roles};

pub fn execute(deps: DepsMut, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ContractError> {
    let caller = door::enter::<Roles>(deps.as_ref(), &env, info, &msg)?;
    match msg {
        ExecuteMsg::Receive(message) => receive::receive(deps, caller, message),
        ExecuteMsg::Approve { source, amount } => approve::approve(deps, caller, source, amount),
        ExecuteMsg::Reserve { job, client, kind, shards, cost } => {
            reserve::reserve(deps, caller, reserve::Job { job, client, kind, shards, cost: cost.u64() })
        }
        ExecuteMsg::Reward { number, job, provider, shards } => {
            reward::reward(deps, env, caller, reward::Settled { number: number.u64(), job, provider, shards })
        }
        ExecuteMsg::Release { job, shards } => release::release(deps, caller, job, shards),
        ExecuteMsg::Claim { provider } => claim::claim(deps, env, caller, provider),
        ExecuteMsg::Grant { source } => grant::grant(deps, env, source),
        ExecuteMsg::Revoke { source } => revoke::revoke(deps, source),
        ExecuteMsg::Configure { config } => configure::configure(deps, config),
        ExecuteMsg::UpdateOwnership(action) => Ok(ownership::update(deps, &env, &caller.address, action)?),
    }
}
