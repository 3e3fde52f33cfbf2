//! `expire`: anyone ends assignments that were never attested in time, never opened, or whose beacon never came.

use cosmwasm_std::{DepsMut, Env, Response};
use tequio_protocol::AssignmentId;

use super::Caller;
use crate::ending;
use crate::error::ContractError;

pub fn expire(deps: DepsMut, env: Env, caller: Caller, list: Vec<AssignmentId>) -> Result<Response, ContractError> {
    ending::each(deps, &env, &caller.address, list, |assignment, ruling| match ruling.settles() {
        false => Ok(()),
        true => Err(ContractError::Settles { assignment, state: ruling.state() }),
    })
}
