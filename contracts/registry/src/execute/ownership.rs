use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use cw_ownable::Action;

use crate::error::Error;

/// Hands governance over, in two steps, or gives it up.
pub fn update(deps: DepsMut, env: Env, info: MessageInfo, action: Action) -> Result<Response, Error> {
    let ownership = cw_ownable::update_ownership(deps, &env.block, &info.sender, action)?;
    Ok(Response::new().add_attributes(ownership.into_attributes()))
}
