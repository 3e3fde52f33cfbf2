//! How this contract knows its roles: an arbiter by the subject that names it. It takes nothing.

use cosmwasm_std::{Addr, Deps, Env};
use tequio_contract::door::{self, Shut};
use tequio_protocol::{Permission, verifier::ExecuteMsg};

use crate::{error::ContractError, state};

pub struct Roles;

impl door::Roles for Roles {
    type Message = ExecuteMsg;
    type Error = ContractError;

    fn principal(
        deps: Deps,
        _: &Env,
        sender: &Addr,
        role: Permission,
        message: &ExecuteMsg,
    ) -> Result<Addr, ContractError> {
        match (role, message) {
            (Permission::Arbiter, ExecuteMsg::Hold { attestation, .. }) => {
                let subject = state::attestation(deps.storage, *attestation)?.subject;
                let arbiter = subject.arbitration.map(|arbitration| arbitration.arbiter);
                if arbiter.as_deref() != Some(sender.as_str()) {
                    return Err(ContractError::NotArbiter { sender: sender.clone(), attestation: *attestation });
                }
                Ok(sender.clone())
            }
            (role, _) => Err(Shut::UnknownRole { role }.into()),
        }
    }
}
