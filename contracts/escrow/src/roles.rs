//! How this contract knows its roles.

use cosmwasm_std::{Addr, Deps, Env, Storage};
use tequio_contract::door::{self, Shut};
use tequio_protocol::{AssignmentId, JobId, Permission, escrow::ExecuteMsg};

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
            (Permission::Operator, ExecuteMsg::GiveBack { assignment }) => worker(deps, sender, *assignment),
            (Permission::Operator, _) => {
                operated(deps, sender)?.ok_or_else(|| ContractError::NotOperator { sender: sender.clone() })
            }
            (role, _) => Err(Shut::UnknownRole { role }.into()),
        }
    }
}

fn client(deps: Deps, sender: &Addr, job: JobId) -> Result<Addr, ContractError> {
    let client = state::job(deps.storage, job)?.client;
    if client == sender { Ok(client) } else { Err(ContractError::NotClient { job, client, sender: sender.clone() }) }
}

/// The provider of an assignment, for whom `sender` works now or worked when it was assigned.
fn worker(deps: Deps, sender: &Addr, id: AssignmentId) -> Result<Addr, ContractError> {
    let assignment = state::assignment(deps.storage, id)?;
    let provider = assignment.provider;
    if assignment.operator == sender || operated(deps, sender)?.is_some_and(|operated| operated == provider) {
        return Ok(provider);
    }
    Err(ContractError::NotYours { assignment: id, provider, sender: sender.clone() })
}

/// The provider that `sender` works for.
fn operated(deps: Deps, sender: &Addr) -> Result<Option<Addr>, ContractError> {
    Ok(registry::operated(deps.querier, &state::setup(deps.storage)?.registry, sender)?)
}
