//! How this contract knows its roles.

use cosmwasm_std::{Addr, Deps, Env};
use tequio_contract::door::{self, Shut};
use tequio_protocol::{Permission, rewards::ExecuteMsg};

use crate::{
    error::ContractError,
    state::{self, SOURCES},
};

pub struct Roles;

impl door::Roles for Roles {
    type Message = ExecuteMsg;
    type Error = ContractError;

    fn principal(
        deps: Deps,
        env: &Env,
        sender: &Addr,
        role: Permission,
        _: &ExecuteMsg,
    ) -> Result<Addr, ContractError> {
        match role {
            Permission::Source => SOURCES.in_effect(deps.storage, sender, env.block.time.seconds(), 0)?,
            Permission::AnySource => _ = SOURCES.known(deps.storage, sender)?,
            Permission::Token => {
                let token = state::token(deps.storage)?;
                if token != *sender {
                    return Err(ContractError::NotToken { sender: sender.clone(), token });
                }
            }
            role => return Err(Shut::UnknownRole { role }.into()),
        }
        Ok(sender.clone())
    }
}
