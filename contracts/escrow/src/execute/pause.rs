//! Pause: stops or resumes posting and assigning, for governance.

use cosmwasm_std::{DepsMut, Response};
use tequio_protocol::escrow::{PauseSet, Paused};

use crate::{error::ContractError, state};

/// Nothing else can be stopped.
pub fn pause(deps: DepsMut, paused: Paused) -> Result<Response, ContractError> {
    state::pause(deps.storage, &paused)?;
    let Paused { posting, assigning } = paused;
    Ok(Response::new().add_event(PauseSet { posting, assigning }))
}
