use cosmwasm_std::{DepsMut, MessageInfo, Response, Uint128};

use crate::error::Error;
use crate::state;

/// Sets the most that `holder` may have on the sender's stake. Below what is placed it refuses only new liens.
pub fn cap(deps: DepsMut, info: MessageInfo, holder: String, amount: Uint128) -> Result<Response, Error> {
    let holder = deps.api.addr_validate(&holder)?;
    let mut lien = state::lien(deps.storage, &info.sender, &holder)?;
    lien.cap = amount;
    state::save_lien(deps.storage, &info.sender, &holder, &lien)?;
    Ok(Response::new())
}
