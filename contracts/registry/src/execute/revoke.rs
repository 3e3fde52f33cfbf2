use cosmwasm_std::{DepsMut, Response};
use tequio_protocol::registry::Revoked;

use crate::core::grant::Grant;
use crate::error::Error;
use crate::state::HOLDERS;

/// Ends the right to place liens. What is placed can still be released and slashed.
pub fn revoke(deps: DepsMut, holder: String) -> Result<Response, Error> {
    let holder = deps.api.addr_validate(&holder)?;
    match HOLDERS.may_load(deps.storage, &holder)? {
        Some(Grant::From(_)) => HOLDERS.save(deps.storage, &holder, &Grant::Revoked)?,
        Some(Grant::Revoked) | None => return Err(Error::NotGranted { holder }),
    }
    Ok(Response::new().add_event(Revoked { holder: holder.to_string() }))
}
