//! Register: makes the sender the owner key of a new provider, for anyone.

use cosmwasm_std::{DepsMut, Response, to_json_string};
use tequio_contract::door::Caller;
use tequio_protocol::registry::{Metadata, Registered};

use crate::{core::metadata, error::ContractError, execute::bond, state};

/// Funds sent are bonded.
pub fn register(deps: DepsMut, caller: Caller, operator: String, data: Metadata) -> Result<Response, ContractError> {
    let provider = caller.address;
    metadata::check(&data)?;
    if state::is_provider(deps.storage, &provider) {
        return Err(ContractError::AlreadyRegistered { provider });
    }
    let operator = deps.api.addr_validate(&operator)?;
    state::add_provider(deps.storage, &provider, operator.clone())?;
    state::set_metadata(deps.storage, &provider, &data)?;

    let metadata = to_json_string(&data)?;
    let registered = Registered { provider: provider.to_string(), operator: operator.into(), metadata };
    let response = Response::new().add_event(registered);
    if caller.paid.is_zero() {
        return Ok(response);
    }
    Ok(response.add_event(bond::add(deps.storage, &provider, caller.paid)?))
}
