//! Update: changes operator, metadata, or both, for a provider.

use cosmwasm_std::{DepsMut, Response, to_json_string};
use tequio_contract::door::Caller;
use tequio_protocol::registry::{Metadata, Updated};

use crate::{core::metadata, error::ContractError, state};

pub fn update(
    deps: DepsMut,
    caller: Caller,
    operator: Option<String>,
    data: Option<Metadata>,
) -> Result<Response, ContractError> {
    if operator.is_none() && data.is_none() {
        return Err(ContractError::NothingToUpdate);
    }
    let provider = caller.principal;
    if let Some(operator) = &operator {
        state::change_operator(deps.storage, &provider, deps.api.addr_validate(operator)?)?;
    }
    if let Some(data) = &data {
        metadata::check(data)?;
        state::set_metadata(deps.storage, &provider, data)?;
    }
    let metadata = data.as_ref().map(to_json_string).transpose()?;
    Ok(Response::new().add_event(Updated { provider: provider.into(), operator, metadata }))
}
