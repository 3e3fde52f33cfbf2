use cosmwasm_std::{DepsMut, Response};
use tequio_protocol::verifier::Config;

use crate::{ContractError, core::config, state::CONFIG};

/// Sets the config for later attestations and proposals.
pub fn configure(deps: DepsMut, new: Config) -> Result<Response, ContractError> {
    config::check(&new)?;
    CONFIG.save(deps.storage, &new)?;
    Ok(Response::new())
}
