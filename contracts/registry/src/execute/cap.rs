//! Cap: sets the most that one holder may have in liens, for a provider.

use cosmwasm_std::{DepsMut, Response, Uint128};
use tequio_contract::door::Caller;
use tequio_protocol::registry::Capped;

use crate::{error::ContractError, state};

/// Below what is placed it refuses only new liens.
pub fn cap(deps: DepsMut, caller: Caller, holder: String, amount: Uint128) -> Result<Response, ContractError> {
    let (provider, holder) = (caller.principal, deps.api.addr_validate(&holder)?);
    state::change_lien(deps.storage, &provider, &holder, |lien| {
        lien.cap = amount;
        Ok(())
    })?;
    Ok(Response::new().add_event(Capped { provider: provider.into(), holder: holder.into(), amount }))
}
