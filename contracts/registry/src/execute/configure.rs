//! Configure: sets the config, for governance.

use cosmwasm_std::{DepsMut, Response};
use tequio_protocol::registry::{Config, Configured};

use crate::{core::config, error::ContractError, state};

/// Thaws and grants that run already keep their times.
pub fn configure(deps: DepsMut, new: Config) -> Result<Response, ContractError> {
    config::check(&new)?;
    state::configure(deps.storage, &new)?;
    Ok(Response::new().add_event(Configured::new(&new)?))
}
