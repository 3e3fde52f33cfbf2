use cosmwasm_std::{DepsMut, Response};
use tequio_protocol::verifier::Config;

use crate::{ContractError, core::config, state::CONFIG};

/// Sets the config for later attestations and proposals.
pub fn configure(deps: DepsMut, new: Config) -> Result<Response, ContractError> {
    config::check(&new)?;
    // Jobs posted elsewhere count on as many draws as were allowed: fewer would leave them without attestations.
    config::within("max_draws", new.max_draws.into(), CONFIG.load(deps.storage)?.max_draws.into(), u32::MAX.into())?;
    CONFIG.save(deps.storage, &new)?;
    Ok(Response::new())
}
