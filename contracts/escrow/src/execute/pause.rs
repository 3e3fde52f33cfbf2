//! `pause`: governance stops posting and assigning, and nothing else.

use cosmwasm_std::{DepsMut, Response};
use tequio_protocol::escrow::{PauseSet, Paused};

use crate::error::ContractError;
use crate::state::PAUSED;

pub fn pause(deps: DepsMut, posting: bool, assigning: bool) -> Result<Response, ContractError> {
    PAUSED.save(deps.storage, &Paused { posting, assigning })?;
    Ok(Response::new().add_event(PauseSet { posting, assigning }))
}
