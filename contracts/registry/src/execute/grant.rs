use cosmwasm_std::{DepsMut, Env, OverflowError, OverflowOperation, Response};
use tequio_protocol::registry::Granted;

use crate::core::grant::Grant;
use crate::error::Error;
use crate::state::{CONFIG, HOLDERS, PROVIDERS};

/// Opens the right to place liens: after the timelock, or at once while there is no provider it could surprise.
pub fn grant(deps: DepsMut, env: Env, holder: String) -> Result<Response, Error> {
    let holder = deps.api.addr_validate(&holder)?;
    if let Some(Grant::From(effective)) = HOLDERS.may_load(deps.storage, &holder)? {
        return Err(Error::AlreadyGranted { holder, effective });
    }
    let wait = if PROVIDERS.is_empty(deps.storage) { 0 } else { CONFIG.load(deps.storage)?.timelock };
    let effective =
        env.block.time.seconds().checked_add(wait).ok_or_else(|| OverflowError::new(OverflowOperation::Add))?;
    HOLDERS.save(deps.storage, &holder, &Grant::From(effective))?;
    Ok(Response::new().add_event(Granted { holder: holder.to_string(), effective }))
}
