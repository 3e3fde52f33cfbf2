//! Approve: sets what a source may yet reserve of the sender's credits, for anyone.

use cosmwasm_std::{Addr, DepsMut, Response, Uint128};
use tequio_contract::door::Caller;
use tequio_protocol::rewards::{Approval, Approved};

use crate::{error::ContractError, state};

pub fn approve(deps: DepsMut, caller: Caller, source: String, amount: Uint128) -> Result<Response, ContractError> {
    Ok(Response::new().add_event(set(deps, &caller.address, Approval { source, amount })?))
}

/// Sets what a source may yet reserve of `client`'s credits.
pub fn set(deps: DepsMut, client: &Addr, approval: Approval) -> Result<Approved, ContractError> {
    let Approval { source, amount } = approval;
    state::set_allowance(deps.storage, client, &deps.api.addr_validate(&source)?, amount)?;
    Ok(Approved { client: client.to_string(), source, amount })
}
