use cosmwasm_std::{DepsMut, MessageInfo, Response, Uint128};

use crate::error::Error;
use crate::state;

/// Sets the most of the sender's credits that `source` may yet reserve.
pub fn approve(deps: DepsMut, info: MessageInfo, source: String, amount: Uint128) -> Result<Response, Error> {
    let source = deps.api.addr_validate(&source)?;
    state::save_allowance(deps.storage, &info.sender, &source, amount)?;
    Ok(Response::new())
}
