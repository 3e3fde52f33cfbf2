//! Release: frees stake from a lien, for its holder.

use cosmwasm_std::{DepsMut, Response, Uint128};
use tequio_contract::{bounds::some, door::Caller};
use tequio_protocol::registry::LienReleased;

use crate::{error::ContractError, state};

pub fn release(deps: DepsMut, caller: Caller, provider: String, amount: Uint128) -> Result<Response, ContractError> {
    some("amount", amount)?;
    let (provider, holder) = (deps.api.addr_validate(&provider)?, caller.principal);
    state::change_lien(deps.storage, &provider, &holder, |lien| lien.take(amount))?;
    state::change_stake(deps.storage, &provider, |stake| stake.release(amount))?;
    Ok(Response::new().add_event(LienReleased { provider: provider.into(), holder: holder.into(), amount }))
}
