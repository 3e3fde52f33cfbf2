//! Grant: opens a source, for governance.

use cosmwasm_std::{DepsMut, Env, Response};
use tequio_protocol::rewards::SourceGranted;

use crate::{
    error::ContractError,
    state::{self, SOURCES},
};

/// After the timelock, or at once while there is no job it could surprise. Only a source makes a job known here, so that
/// the first source of all is always granted at once.
pub fn grant(deps: DepsMut, env: Env, source: String) -> Result<Response, ContractError> {
    let source = deps.api.addr_validate(&source)?;
    let timelock = if state::no_reservation(deps.storage) { None } else { Some(state::config(deps.storage)?.timelock) };
    let effective = SOURCES.grant(deps.storage, &source, env.block.time.seconds(), timelock)?;
    Ok(Response::new().add_event(SourceGranted { source: source.into(), effective }))
}
