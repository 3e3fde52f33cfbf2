use cosmwasm_std::{DepsMut, Response};
use tequio_protocol::registry::Config;

use crate::core::config;
use crate::error::Error;
use crate::state::CONFIG;

/// Sets the config, within its bounds. Thaws and grants that run already keep their times.
pub fn configure(deps: DepsMut, new: Config) -> Result<Response, Error> {
    config::check(&new)?;
    CONFIG.save(deps.storage, &new)?;
    Ok(Response::new())
}
