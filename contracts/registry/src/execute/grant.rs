//! Grant: opens the right to place liens, for governance.

use cosmwasm_std::{DepsMut, Env, Response};
use tequio_protocol::registry::Granted;

use crate::{
    error::ContractError,
    state::{self, HOLDERS},
};

/// After the timelock, or at once while there is no provider it could surprise.
pub fn grant(deps: DepsMut, env: Env, holder: String) -> Result<Response, ContractError> {
    let holder = deps.api.addr_validate(&holder)?;
    let timelock = if state::no_provider(deps.storage) { None } else { Some(state::config(deps.storage)?.timelock) };
    let effective = HOLDERS.grant(deps.storage, &holder, env.block.time.seconds(), timelock)?;
    Ok(Response::new().add_event(Granted { holder: holder.into(), effective }))
}
