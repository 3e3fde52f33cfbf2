//! Configure: sets the config, for governance.

use cosmwasm_std::{Deps, DepsMut, Response};
use tequio_protocol::escrow::{Config, Configured};

use crate::{core::config, error::ContractError, state};

/// Refuses a config outside the bounds.
pub fn check(deps: Deps, new: &Config) -> Result<(), ContractError> {
    config::check(new)?;
    if let Some(arbiter) = &new.arbitration {
        deps.api.addr_validate(&arbiter.address)?;
    }
    Ok(())
}

/// What is posted keeps its rules.
pub fn configure(deps: DepsMut, new: Config) -> Result<Response, ContractError> {
    check(deps.as_ref(), &new)?;
    state::configure(deps.storage, &new)?;
    Ok(Response::new().add_event(Configured::new(&new)?))
}
