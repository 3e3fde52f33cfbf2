//! Expire: ends assignments that were not attested or opened in time, or whose beacon never came, for anyone; and those
//! that nobody attested to yet, for their provider's owner key.

use cosmwasm_std::{Addr, DepsMut, Env, Response};
use tequio_contract::door::Caller;
use tequio_protocol::{
    AssignmentId,
    escrow::{Ending, NotYet, Ruling},
};

use crate::{
    ending::{self, Found},
    error::ContractError,
};

pub fn expire(deps: DepsMut, env: Env, caller: Caller, list: Vec<AssignmentId>) -> Result<Response, ContractError> {
    let sender = &caller.address;
    ending::each(deps, &env, sender, list, |found, ruling| match ruling {
        Ruling::Expire(expiry) => Ok(expiry.into()),
        Ruling::Wait(NotYet::Unattested { .. }) if given_up(found, sender) => Ok(Ending::Absent),
        Ruling::Settle(settlement) => Err(ContractError::Settles { assignment: found.id, ending: settlement.into() }),
        Ruling::Wait(reason) => Err(ContractError::NotYet { assignment: found.id, reason }),
        Ruling::Over(ending) => Err(ContractError::Over { assignment: found.id, ending }),
    })
}

/// Whether the owner key itself ends the work of an operator, whose key may be stolen, before anything is attested, in
/// time or not. It costs what the deadline would.
fn given_up(found: &Found, sender: &Addr) -> bool {
    found.assignment.provider == sender && found.attestation.is_none()
}
