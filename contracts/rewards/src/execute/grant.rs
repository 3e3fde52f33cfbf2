//! Grant: opens a source, for governance.

use cosmwasm_std::{DepsMut, Env, Response};
use tequio_contract::checked;
use tequio_protocol::rewards::SourceGranted;

use crate::{
    error::ContractError,
    state::{self, SOURCES},
};

/// After the timelock, or at once while there is no job it could surprise.
pub fn grant(deps: DepsMut, env: Env, source: String) -> Result<Response, ContractError> {
    let source = deps.api.addr_validate(&source)?;
    let timelock = if state::no_reservation(deps.storage) { 0 } else { state::config(deps.storage)?.timelock };
    let effective = checked::add(env.block.time.seconds(), timelock)?;
    SOURCES.grant(deps.storage, &source, effective)?;
    Ok(Response::new().add_event(SourceGranted { source: source.into(), effective }))
}
