use cosmwasm_std::{Addr, DepsMut, MessageInfo, Response, Storage};
use tequio_protocol::registry::Metadata;

use crate::core::metadata;
use crate::error::Error;
use crate::state::{self, METADATA, OPERATORS, PROVIDERS};

/// Changes the operator, the metadata, or both.
pub fn update(
    deps: DepsMut,
    info: MessageInfo,
    operator: Option<String>,
    data: Option<Metadata>,
) -> Result<Response, Error> {
    if operator.is_none() && data.is_none() {
        return Err(Error::NothingToUpdate);
    }
    if let Some(operator) = operator {
        let operator = deps.api.addr_validate(&operator)?;
        let mut provider = state::provider(deps.storage, &info.sender)?;
        OPERATORS.remove(deps.storage, &provider.operator);
        employ(deps.storage, &info.sender, &operator)?;
        provider.operator = operator;
        PROVIDERS.save(deps.storage, &info.sender, &provider)?;
    }
    if let Some(data) = data {
        metadata::check(&data)?;
        METADATA.save(deps.storage, &info.sender, &data)?;
    }
    Ok(Response::new())
}

/// Lets `operator` work for `provider`, and for no other.
pub fn employ(storage: &mut dyn Storage, provider: &Addr, operator: &Addr) -> Result<(), Error> {
    if let Some(other) = OPERATORS.may_load(storage, operator)? {
        return Err(Error::OperatorTaken { operator: operator.clone(), provider: other });
    }
    Ok(OPERATORS.save(storage, operator, provider)?)
}
