//! Settle: ends assignments that are genuine or false, for anyone.

use cosmwasm_std::{DepsMut, Env, Response};
use tequio_contract::door::Caller;
use tequio_protocol::{AssignmentId, escrow::Ruling};

use crate::{ending, error::ContractError};

pub fn settle(deps: DepsMut, env: Env, caller: Caller, list: Vec<AssignmentId>) -> Result<Response, ContractError> {
    ending::each(deps, &env, &caller.address, list, |found, ruling| match ruling {
        Ruling::Settle(settlement) => Ok(settlement.into()),
        Ruling::Expire(expiry) => Err(ContractError::Expires { assignment: found.id, ending: expiry.into() }),
        Ruling::Wait(reason) => Err(ContractError::NotYet { assignment: found.id, reason }),
        Ruling::Over(ending) => Err(ContractError::Over { assignment: found.id, ending }),
    })
}
