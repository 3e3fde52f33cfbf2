//! Who may send what, and where it goes.

mod assign;
mod burn;
pub mod configure;
mod expire;
pub mod give_back;
mod pause;
mod post;
mod refund;
mod release;
mod reward;
mod settle;
mod top_up;
mod withdraw;

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use tequio_contract::{door, ownership};
use tequio_protocol::escrow::{ExecuteMsg, Paused};

use crate::{error::ContractError, roles::Roles};

pub fn execute(deps: DepsMut, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ContractError> {
    let caller = door::enter::<Roles>(deps.as_ref(), &env, info, &msg)?;
    match msg {
        ExecuteMsg::Post { spec } => post::post(deps, env, caller, spec),
        ExecuteMsg::Assign { job, provider: _, count, parts, first, at_least, price } => {
            let (parts, at_least) = (parts.unwrap_or(1), at_least.unwrap_or(1));
            let wanted = assign::Wanted { count, parts, first, at_least, price: price.unwrap_or_default() };
            assign::assign(deps, env, caller, job, wanted)
        }
        ExecuteMsg::GiveBack { assignment } => give_back::give_back(deps, env, caller, assignment),
        ExecuteMsg::Settle { assignments } => settle::settle(deps, env, caller, assignments),
        ExecuteMsg::Expire { assignments } => expire::expire(deps, env, caller, assignments),
        ExecuteMsg::Refund { job, shards } => refund::refund(deps, env, caller, job, shards),
        ExecuteMsg::TopUp { job, first, price } => top_up::top_up(deps, env, caller, job, first, price),
        ExecuteMsg::Withdraw {} => withdraw::withdraw(deps, caller),
        ExecuteMsg::Burn {} => burn::burn(deps),
        ExecuteMsg::Reward { assignments } => reward::reward(deps, assignments),
        ExecuteMsg::Release { jobs } => release::release(deps, jobs),
        ExecuteMsg::Pause { posting, assigning } => pause::pause(deps, Paused { posting, assigning }),
        ExecuteMsg::Configure { config } => configure::configure(deps, config),
        ExecuteMsg::UpdateOwnership(action) => Ok(ownership::update(deps, &env, &caller.address, action)?),
    }
}
