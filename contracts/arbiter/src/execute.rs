//! Who may send what, and where it goes.

mod burn;
mod demand;
mod reveal;
mod settle;
mod withdraw;

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use tequio_contract::door;
use tequio_protocol::arbiter::ExecuteMsg;

use crate::{error::ContractError, roles::Roles};

pub fn execute(deps: DepsMut, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ContractError> {
    let caller = door::enter::<Roles>(deps.as_ref(), &env, info, &msg)?;
    match msg {
        ExecuteMsg::Demand { attestation, wanted, shown } => {
            demand::demand(deps, env, caller, attestation, wanted, &shown)
        }
        ExecuteMsg::Reveal { demand, answer } => reveal::reveal(deps, demand, answer),
        ExecuteMsg::Settle { demands } => settle::settle(deps, demands),
        ExecuteMsg::Withdraw {} => withdraw::withdraw(deps, caller),
        ExecuteMsg::Burn {} => burn::burn(deps),
    }
}
