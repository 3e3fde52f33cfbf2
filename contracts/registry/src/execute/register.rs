//! Register: makes the sender the owner key of a new provider, for anyone.

use cosmwasm_std::{DepsMut, Response, to_json_string};
use tequio_contract::door::Caller;
use tequio_protocol::registry::{Metadata, Registered};

use crate::{
    core::metadata,
    error::ContractError,
    execute::bond,
    state::{self, HOLDERS},
};

/// Once a holder was granted, so that nobody forces the timelock on the first. Funds sent are bonded.
pub fn register(
    deps: DepsMut,
    caller: Caller,
    operators: Vec<String>,
    data: Metadata,
) -> Result<Response, ContractError> {
    let provider = caller.address;
    if HOLDERS.is_empty(deps.storage) {
        return Err(ContractError::NoHolder);
    }
    metadata::check(&data)?;
    if state::is_provider(deps.storage, &provider) {
        return Err(ContractError::AlreadyRegistered { provider });
    }
    state::add_provider(deps.storage, &provider)?;
    for operator in &operators {
        state::add_operator(deps.storage, &provider, &deps.api.addr_validate(operator)?)?;
    }
    state::set_metadata(deps.storage, &provider, &data)?;
    let registered = Registered { provider: provider.to_string(), operators, metadata: to_json_string(&data)? };
    let response = Response::new().add_event(registered);
    if caller.paid.is_zero() {
        return Ok(response);
    }
    Ok(response.add_event(bond::add(deps.storage, &provider, caller.paid)?))
}
