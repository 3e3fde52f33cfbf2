//! Update: changes operators, metadata, or both, for a provider.

use cosmwasm_std::{DepsMut, Response, to_json_string};
use tequio_contract::door::Caller;
use tequio_protocol::registry::{Metadata, Updated};

use crate::{core::metadata, error::ContractError, state};

/// Some go before others come, so that one message rotates them all.
pub fn update(
    deps: DepsMut,
    caller: Caller,
    added: Vec<String>,
    removed: Vec<String>,
    data: Option<Metadata>,
) -> Result<Response, ContractError> {
    if added.is_empty() && removed.is_empty() && data.is_none() {
        return Err(ContractError::NothingToUpdate);
    }
    let provider = caller.principal;
    for operator in &removed {
        state::remove_operator(deps.storage, &provider, &deps.api.addr_validate(operator)?)?;
    }
    for operator in &added {
        state::add_operator(deps.storage, &provider, &deps.api.addr_validate(operator)?)?;
    }
    if let Some(data) = &data {
        metadata::check(data)?;
        state::set_metadata(deps.storage, &provider, data)?;
    }
    let metadata = data.as_ref().map(to_json_string).transpose()?;
    Ok(Response::new().add_event(Updated { provider: provider.into(), added, removed, metadata }))
}
