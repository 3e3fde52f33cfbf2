use cosmwasm_std::{DepsMut, Response};
use tequio_protocol::rewards::SourceRevoked;

use crate::core::grant::Grant;
use crate::error::Error;
use crate::state::SOURCES;

/// Ends a source's right to reserve. What it has reserved can still be rewarded and released.
pub fn revoke(deps: DepsMut, source: String) -> Result<Response, Error> {
    let source = deps.api.addr_validate(&source)?;
    match SOURCES.may_load(deps.storage, &source)? {
        Some(Grant::From(_)) => SOURCES.save(deps.storage, &source, &Grant::Revoked)?,
        Some(Grant::Revoked) | None => return Err(Error::NotGranted { origin: source }),
    }
    Ok(Response::new().add_event(SourceRevoked { source: source.into_string() }))
}
