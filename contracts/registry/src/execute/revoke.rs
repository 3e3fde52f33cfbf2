//! Revoke: ends the right to place liens, for governance.

use cosmwasm_std::{DepsMut, Response};
use tequio_protocol::registry::Revoked;

use crate::{error::ContractError, state::HOLDERS};

/// What is placed can still be released and slashed.
pub fn revoke(deps: DepsMut, holder: String) -> Result<Response, ContractError> {
    let holder = deps.api.addr_validate(&holder)?;
    HOLDERS.revoke(deps.storage, &holder)?;
    Ok(Response::new().add_event(Revoked { holder: holder.into() }))
}
