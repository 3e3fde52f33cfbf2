use cosmwasm_std::{Addr, DepsMut, MessageInfo, Response, Storage, Uint128};
use tequio_protocol::registry::Bonded;

use crate::core::funds;
use crate::error::Error;
use crate::state::{self, DENOM};

/// Adds the funds sent to the stake of `provider`, or of the sender.
pub fn bond(deps: DepsMut, info: MessageInfo, provider: Option<String>) -> Result<Response, Error> {
    let amount = funds::required(&info.funds, &DENOM.load(deps.storage)?)?;
    let provider = match provider {
        Some(provider) => deps.api.addr_validate(&provider)?,
        None => info.sender,
    };
    Ok(Response::new().add_event(add(deps.storage, &provider, amount)?))
}

/// Adds `amount`, which came with the message, to the stake of `provider`.
pub fn add(storage: &mut dyn Storage, provider: &Addr, amount: Uint128) -> Result<Bonded, Error> {
    state::change_stake(storage, provider, |stake| stake.bond(amount))?;
    state::change_money(storage, |money| money.bond(amount))?;
    Ok(Bonded { provider: provider.to_string(), amount })
}
