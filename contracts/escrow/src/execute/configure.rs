//! Configure: sets the config, for governance.

use cosmwasm_std::{DepsMut, Response};
use tequio_protocol::escrow::{Config, Configured};

use crate::{core::config, error::ContractError, state};

/// What is posted keeps its rules.
pub fn configure(deps: DepsMut, new: Config) -> Result<Response, ContractError> {
    config::check(&new, state::setup(deps.storage)?.max_gas)?;
    state::configure(deps.storage, &new)?;
    Ok(Response::new().add_event(Configured::new(&new)?))
}
