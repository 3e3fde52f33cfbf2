//! `configure`: governance sets the config of later jobs.

use cosmwasm_std::{DepsMut, Response};
use tequio_protocol::escrow::Config;

use crate::core::bounds;
use crate::error::ContractError;
use crate::state::CONFIG;

pub fn configure(deps: DepsMut, config: Config) -> Result<Response, ContractError> {
    bounds::check(&config)?;
    CONFIG.save(deps.storage, &config)?;
    Ok(Response::new())
}
