//! Who may send what, and where it goes.

mod approve;
mod claim;
mod configure;
mod grant;
mod ownership;
mod receive;
mod release;
mod reserve;
mod revoke;
mod reward;

use cosmwasm_std::{Addr, Deps, DepsMut, Env, MessageInfo, Response};
use tequio_protocol::rewards::ExecuteMsg;
use tequio_protocol::{Permission, Permissioned};

use crate::core::funds;
use crate::error::Error;
use crate::state::{SOURCES, TOKEN};

pub fn execute(deps: DepsMut, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, Error> {
    authorize(deps.as_ref(), &info.sender, &msg)?;
    funds::none(&info.funds)?;
    match msg {
        ExecuteMsg::Receive(message) => receive::receive(deps, info, message),
        ExecuteMsg::Approve { source, amount } => approve::approve(deps, info, source, amount),
        ExecuteMsg::Reserve { job, client, kind, shards, work } => {
            reserve::reserve(deps, env, info, reserve::Job { job, client, kind, shards, work })
        }
        ExecuteMsg::Reward { number, job, provider, shards } => {
            reward::reward(deps, env, info, reward::Event { number, job, provider, shards })
        }
        ExecuteMsg::Release { job, shards } => release::release(deps, info, job, shards),
        ExecuteMsg::Claim {} => claim::claim(deps, env, info),
        ExecuteMsg::Grant { source } => grant::grant(deps, env, source),
        ExecuteMsg::Revoke { source } => revoke::revoke(deps, source),
        ExecuteMsg::Configure { config } => configure::configure(deps, config),
        ExecuteMsg::UpdateOwnership(action) => ownership::update(deps, env, info, action),
    }
}

fn authorize(deps: Deps, sender: &Addr, msg: &ExecuteMsg) -> Result<(), Error> {
    match msg.permission() {
        Permission::Anyone => Ok(()),
        // Accepting is the pending owner's; `cw-ownable` checks every one of its actions itself.
        Permission::Governance if matches!(msg, ExecuteMsg::UpdateOwnership(_)) => Ok(()),
        Permission::Governance => Ok(cw_ownable::assert_owner(deps.storage, sender)?),
        // Once revoked it still rewards and releases; only `reserve` asks for more.
        Permission::Source if SOURCES.has(deps.storage, sender) => Ok(()),
        Permission::Source => Err(Error::NotSource { sender: sender.clone() }),
        Permission::Token => match TOKEN.load(deps.storage)? {
            token if token == *sender => Ok(()),
            token => Err(Error::NotToken { sender: sender.clone(), token }),
        },
        role => Err(Error::UnknownRole { role }),
    }
}
