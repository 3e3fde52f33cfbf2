//! Approve: sets what a source may yet reserve of the sender's credits, for anyone.

use cosmwasm_std::{DepsMut, Response, Uint128};
use tequio_contract::door::Caller;
use tequio_protocol::rewards::Approved;

use crate::{error::ContractError, state};

pub fn approve(deps: DepsMut, caller: Caller, source: String, amount: Uint128) -> Result<Response, ContractError> {
    let (client, source) = (caller.address, deps.api.addr_validate(&source)?);
    state::set_allowance(deps.storage, &client, &source, amount)?;
    Ok(Response::new().add_event(Approved { client: client.into(), source: source.into(), amount }))
}
