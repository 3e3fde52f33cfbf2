//! Who may send what, and where it goes.

mod bond;
mod burn;
mod cap;
mod configure;
mod grant;
mod lien;
mod register;
mod release;
mod revoke;
mod slash;
mod unbond;
mod update;
mod withdraw;

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use tequio_contract::{door, ownership};
use tequio_protocol::registry::ExecuteMsg;

use crate::{error::ContractError, roles::Roles};

pub fn execute(deps: DepsMut, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ContractError> {
    let caller = door::enter::<Roles>(deps.as_ref(), &env, info, &msg)?;
    match msg {
        ExecuteMsg::Register { operators, metadata } => register::register(deps, caller, operators, metadata),
        ExecuteMsg::Update { add, remove, metadata } => update::update(deps, caller, add, remove, metadata),
        ExecuteMsg::Cap { holder, amount } => cap::cap(deps, caller, holder, amount),
        ExecuteMsg::Bond { provider } => bond::bond(deps, caller, provider),
        ExecuteMsg::Unbond { amount } => unbond::unbond(deps, env, caller, amount),
        ExecuteMsg::Withdraw {} => withdraw::withdraw(deps, env, caller),
        ExecuteMsg::Lien { provider, amount } => lien::lien(deps, caller, provider, amount),
        ExecuteMsg::Release { provider, amount } => release::release(deps, caller, provider, amount),
        ExecuteMsg::Slash { provider, amount, client, reporter } => {
            slash::slash(deps, caller, provider, amount, [client, reporter])
        }
        ExecuteMsg::Burn {} => burn::burn(deps, caller),
        ExecuteMsg::Grant { holder } => grant::grant(deps, env, holder),
        ExecuteMsg::Revoke { holder } => revoke::revoke(deps, holder),
        ExecuteMsg::Configure { config } => configure::configure(deps, config),
        ExecuteMsg::UpdateOwnership(action) => Ok(ownership::update(deps, &env, &caller.address, action)?),
    }
}
