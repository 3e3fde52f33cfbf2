//! How this contract knows its roles.

use cosmwasm_std::{Addr, Deps, Env, Storage};
use tequio_contract::door::{self, Shut};
use tequio_protocol::{JobId, Permission, escrow::ExecuteMsg};

use crate::{error::ContractError, neighbours::registry, state};

pub struct Roles;

impl door::Roles for Roles {
    type Message = ExecuteMsg;
    type Error = ContractError;

    fn denom(storage: &dyn Storage) -> Result<Option<String>, ContractError> {
        Ok(Some(state::setup(storage)?.denom))
    }

    fn principal(
        deps: Deps,
        _: &Env,
        sender: &Addr,
        role: Permission,
        message: &ExecuteMsg,
    ) -> Result<Addr, ContractError> {
        match (role, message) {
            (Permission::Client, ExecuteMsg::TopUp { job, .. } | ExecuteMsg::Refund { job, .. }) => {
                client(deps, sender, *job)
            }
            (Permission::Operator, ExecuteMsg::Assign { provider, .. }) => {
                operator(deps, sender, deps.api.addr_validate(provider)?)
            }
            (Permission::Operator, ExecuteMsg::GiveBack { assignment }) => {
                operator(deps, sender, state::assignment(deps.storage, *assignment)?.provider)
            }
            (role, _) => Err(Shut::UnknownRole { role }.into()),
        }
    }
}

fn client(deps: Deps, sender: &Addr, job: JobId) -> Result<Addr, ContractError> {
    let client = state::job(deps.storage, job)?.client;
    if client == sender { Ok(client) } else { Err(ContractError::NotClient { job, client, sender: sender.clone() }) }
}

/// `provider`, if `sender` works for it now.
fn operator(deps: Deps, sender: &Addr, provider: Addr) -> Result<Addr, ContractError> {
    let registry = state::setup(deps.storage)?.registry;
    if registry::works(deps.querier, &registry, &provider, sender)? {
        return Ok(provider);
    }
    Err(ContractError::NotOperator { sender: sender.clone(), provider })
}
