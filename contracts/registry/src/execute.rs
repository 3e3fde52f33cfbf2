//! Who may send what, and where it goes.

mod bond;
mod cap;
mod configure;
mod grant;
mod lien;
mod ownership;
mod register;
mod release;
mod revoke;
mod slash;
mod unbond;
mod update;
mod withdraw;

use cosmwasm_std::{Addr, Deps, DepsMut, Env, MessageInfo, Response, Uint128};
use tequio_protocol::registry::ExecuteMsg;
use tequio_protocol::{Permission, Permissioned};

use crate::core::funds;
use crate::error::Error;
use crate::state::{HOLDERS, PROVIDERS};

pub fn execute(deps: DepsMut, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, Error> {
    authorize(deps.as_ref(), &info.sender, &msg)?;
    if !matches!(msg, ExecuteMsg::Register { .. } | ExecuteMsg::Bond { .. }) {
        funds::none(&info.funds)?;
    }
    match msg {
        ExecuteMsg::Register { operator, metadata } => register::register(deps, info, operator, metadata),
        ExecuteMsg::Update { operator, metadata } => update::update(deps, info, operator, metadata),
        ExecuteMsg::Cap { holder, amount } => cap::cap(deps, info, holder, amount),
        ExecuteMsg::Bond { provider } => bond::bond(deps, info, provider),
        ExecuteMsg::Unbond { amount } => unbond::unbond(deps, env, info, amount),
        ExecuteMsg::Withdraw {} => withdraw::withdraw(deps, env, info),
        ExecuteMsg::Lien { provider, amount } => lien::lien(deps, env, info, provider, amount),
        ExecuteMsg::Release { provider, amount } => release::release(deps, info, provider, amount),
        ExecuteMsg::Slash { provider, amount, client, reporter } => {
            slash::slash(deps, info, provider, amount, client, reporter)
        }
        ExecuteMsg::Grant { holder } => grant::grant(deps, env, holder),
        ExecuteMsg::Revoke { holder } => revoke::revoke(deps, holder),
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
        Permission::Provider if PROVIDERS.has(deps.storage, sender) => Ok(()),
        Permission::Provider => Err(Error::NotProvider { sender: sender.clone() }),
        // Once revoked it still releases and slashes; only `lien` asks for more.
        Permission::Holder if HOLDERS.has(deps.storage, sender) => Ok(()),
        Permission::Holder => Err(Error::NotHolder { sender: sender.clone() }),
        role => Err(Error::UnknownRole { role }),
    }
}

fn positive(amount: Uint128) -> Result<Uint128, Error> {
    if amount.is_zero() { Err(Error::ZeroAmount) } else { Ok(amount) }
}
