//! Bond: adds the funds sent to a provider's stake, for anyone.

use cosmwasm_std::{Addr, DepsMut, Response, Storage, Uint128};
use tequio_contract::door::Caller;
use tequio_protocol::registry::Bonded;

use crate::{error::ContractError, state};

/// `provider` is the sender if it is none.
pub fn bond(deps: DepsMut, caller: Caller, provider: Option<String>) -> Result<Response, ContractError> {
    let provider = match provider {
        Some(provider) => deps.api.addr_validate(&provider)?,
        None => caller.address,
    };
    Ok(Response::new().add_event(add(deps.storage, &provider, caller.paid)?))
}

/// Adds `amount`, which came with the message, to the stake of `provider`.
pub fn add(storage: &mut dyn Storage, provider: &Addr, amount: Uint128) -> Result<Bonded, ContractError> {
    state::change_stake(storage, provider, |stake| stake.bond(amount))?;
    state::change_money(storage, |money| money.bond(amount))?;
    Ok(Bonded { provider: provider.to_string(), amount })
}
