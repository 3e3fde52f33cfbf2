use cosmwasm_std::{DepsMut, MessageInfo, Response, Uint128};
use tequio_protocol::registry::LienReleased;

use crate::error::Error;
use crate::execute::positive;
use crate::state;

/// Frees stake from the sender's lien.
pub fn release(deps: DepsMut, info: MessageInfo, provider: String, amount: Uint128) -> Result<Response, Error> {
    positive(amount)?;
    let holder = info.sender;
    let provider = deps.api.addr_validate(&provider)?;
    let mut lien = state::lien(deps.storage, &provider, &holder)?;
    lien.take(amount)?;
    state::save_lien(deps.storage, &provider, &holder, &lien)?;
    state::change_stake(deps.storage, &provider, |stake| stake.release(amount))?;
    Ok(Response::new().add_event(LienReleased { provider: provider.to_string(), holder: holder.to_string(), amount }))
}
