//! How this contract knows its roles.

use cosmwasm_std::{Addr, Deps, Env, Storage};
use tequio_contract::door::{self, Shut};
use tequio_protocol::{Permission, registry::ExecuteMsg};

use crate::{
    core::config::least_timelock,
    error::ContractError,
    state::{self, HOLDERS},
};

pub struct Roles;

impl door::Roles for Roles {
    type Message = ExecuteMsg;
    type Error = ContractError;

    fn denom(storage: &dyn Storage) -> Result<Option<String>, ContractError> {
        Ok(Some(state::denom(storage)?))
    }

    fn principal(
        deps: Deps,
        env: &Env,
        sender: &Addr,
        role: Permission,
        _: &ExecuteMsg,
    ) -> Result<Addr, ContractError> {
        match role {
            Permission::Provider if state::is_provider(deps.storage, sender) => {}
            Permission::Provider => return Err(ContractError::NotProvider { sender: sender.clone() }),
            Permission::Holder => {
                let least = least_timelock(&state::config(deps.storage)?);
                HOLDERS.in_effect(deps.storage, sender, env.block.time.seconds(), least)?;
            }
            Permission::AnyHolder => _ = HOLDERS.known(deps.storage, sender)?,
            role => return Err(Shut::UnknownRole { role }.into()),
        }
        Ok(sender.clone())
    }
}
