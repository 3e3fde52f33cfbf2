use cosmwasm_std::{DepsMut, MessageInfo, Response};
use tequio_protocol::registry::{Metadata, Registered};

use crate::core::stake::Stake;
use crate::core::{funds, metadata};
use crate::error::Error;
use crate::execute::{bond, update};
use crate::state::{DENOM, METADATA, PROVIDERS, Provider};

/// Makes the sender the owner key of a new provider.
pub fn register(deps: DepsMut, info: MessageInfo, operator: String, data: Metadata) -> Result<Response, Error> {
    let provider = info.sender;
    let amount = funds::optional(&info.funds, &DENOM.load(deps.storage)?)?;
    metadata::check(&data)?;
    if PROVIDERS.has(deps.storage, &provider) {
        return Err(Error::AlreadyRegistered { provider });
    }
    let operator = deps.api.addr_validate(&operator)?;
    update::employ(deps.storage, &provider, &operator)?;
    PROVIDERS.save(deps.storage, &provider, &Provider { operator: operator.clone(), stake: Stake::default() })?;
    METADATA.save(deps.storage, &provider, &data)?;

    let response =
        Response::new().add_event(Registered { provider: provider.to_string(), operator: operator.to_string() });
    if amount.is_zero() {
        return Ok(response);
    }
    Ok(response.add_event(bond::add(deps.storage, &provider, amount)?))
}
