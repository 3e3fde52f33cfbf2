//! `settle`: anyone ends assignments that are genuine, or false.

use cosmwasm_std::{DepsMut, Env, Response};
use tequio_protocol::AssignmentId;

use super::Caller;
use crate::ending;
use crate::error::ContractError;

pub fn settle(deps: DepsMut, env: Env, caller: Caller, list: Vec<AssignmentId>) -> Result<Response, ContractError> {
    ending::each(deps, &env, &caller.address, list, |assignment, ruling| match ruling.settles() {
        true => Ok(()),
        false => Err(ContractError::Expires { assignment, state: ruling.state() }),
    })
}
