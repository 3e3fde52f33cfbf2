//! Expire: ends assignments that were not attested or opened in time, or whose beacon never came, for anyone.

use cosmwasm_std::{DepsMut, Env, Response};
use tequio_contract::door::Caller;
use tequio_protocol::{AssignmentId, escrow::Ruling};

use crate::{ending, error::ContractError};

pub fn expire(deps: DepsMut, env: Env, caller: Caller, list: Vec<AssignmentId>) -> Result<Response, ContractError> {
    ending::each(deps, &env, &caller.address, list, |assignment, ruling| match ruling {
        Ruling::Expire(expiry) => Ok(expiry.into()),
        Ruling::Settle(settlement) => Err(ContractError::Settles { assignment, ending: settlement.into() }),
        Ruling::Wait(reason) => Err(ContractError::NotYet { assignment, reason }),
        Ruling::Over(ending) => Err(ContractError::Over { assignment, ending }),
    })
}
