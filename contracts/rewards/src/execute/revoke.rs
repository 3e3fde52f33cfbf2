//! Revoke: ends a source's right to reserve, for governance.

use cosmwasm_std::{DepsMut, Response};
use tequio_protocol::rewards::SourceRevoked;

use crate::{error::ContractError, state::SOURCES};

/// What it has reserved can still be rewarded and released.
pub fn revoke(deps: DepsMut, source: String) -> Result<Response, ContractError> {
    let source = deps.api.addr_validate(&source)?;
    SOURCES.revoke(deps.storage, &source)?;
    Ok(Response::new().add_event(SourceRevoked { source: source.into() }))
}
