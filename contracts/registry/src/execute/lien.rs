//! Lien: places a lien on a provider's free stake, for a holder.

use cosmwasm_std::{DepsMut, Response, Uint128};
use tequio_contract::{bounds::some, door::Caller};
use tequio_protocol::registry::LienPlaced;

use crate::{error::ContractError, state};

/// Up to the cap that the provider set for the holder.
pub fn lien(deps: DepsMut, caller: Caller, provider: String, amount: Uint128) -> Result<Response, ContractError> {
    some("amount", amount)?;
    let (provider, holder) = (deps.api.addr_validate(&provider)?, caller.principal);
    state::change_stake(deps.storage, &provider, |stake| stake.place(amount))?;
    state::change_lien(deps.storage, &provider, &holder, |lien| lien.place(&holder, amount))?;
    Ok(Response::new().add_event(LienPlaced { provider: provider.into(), holder: holder.into(), amount }))
}
