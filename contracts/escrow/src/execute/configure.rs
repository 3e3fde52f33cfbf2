//! Configure: sets the config, for governance.

use cosmwasm_std::{Deps, DepsMut, Response, Uint128};
use tequio_protocol::escrow::{Config, Configured};

use crate::{core::config, error::ContractError, state};

/// Refuses a config outside the bounds. `max_gas` is the instantiation's.
pub fn check(deps: Deps, new: &Config, max_gas: Uint128) -> Result<(), ContractError> {
    config::check(new, max_gas)?;
    if let Some(arbiter) = &new.arbitration {
        deps.api.addr_validate(&arbiter.address)?;
    }
    Ok(())
}

/// What is posted keeps its rules.
pub fn configure(deps: DepsMut, new: Config) -> Result<Response, ContractError> {
    check(deps.as_ref(), &new, state::setup(deps.storage)?.max_gas)?;
    state::configure(deps.storage, &new)?;
    Ok(Response::new().add_event(Configured::new(&new)?))
}
