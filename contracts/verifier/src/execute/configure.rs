//! Configure: sets the config, for governance.

use cosmwasm_std::{DepsMut, Response};
use tequio_contract::bounds::within;
use tequio_protocol::verifier::{Config, Configured};

use crate::{core::config, error::ContractError, state};

/// What is attested or proposed already keeps its times.
pub fn configure(deps: DepsMut, new: Config) -> Result<Response, ContractError> {
    config::check(&new)?;
    // Jobs posted elsewhere count on as many draws as were allowed: fewer would leave them without attestations.
    within("max_draws", new.max_draws, state::config(deps.storage)?.max_draws.into(), u32::MAX.into())?;
    state::configure(deps.storage, &new)?;
    Ok(Response::new().add_event(Configured::new(&new)?))
}
