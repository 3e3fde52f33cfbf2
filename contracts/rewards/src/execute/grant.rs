use cosmwasm_std::{DepsMut, Env, OverflowError, OverflowOperation, Response};
use tequio_protocol::rewards::SourceGranted;

use crate::core::grant::Grant;
use crate::error::Error;
use crate::state::{CONFIG, RESERVATIONS, SOURCES};

/// Opens a source: after the timelock, or at once while there is no job it could surprise.
pub fn grant(deps: DepsMut, env: Env, source: String) -> Result<Response, Error> {
    let source = deps.api.addr_validate(&source)?;
    if let Some(Grant::From(effective)) = SOURCES.may_load(deps.storage, &source)? {
        return Err(Error::AlreadyGranted { origin: source, effective });
    }
    let wait = if RESERVATIONS.is_empty(deps.storage) { 0 } else { CONFIG.load(deps.storage)?.timelock };
    let effective =
        env.block.time.seconds().checked_add(wait).ok_or_else(|| OverflowError::new(OverflowOperation::Add))?;
    SOURCES.save(deps.storage, &source, &Grant::From(effective))?;
    Ok(Response::new().add_event(SourceGranted { source: source.into_string(), effective }))
}
