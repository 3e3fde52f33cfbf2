use cosmwasm_std::{DepsMut, Env, MessageInfo, Response, Uint128};
use tequio_protocol::registry::LienPlaced;

use crate::error::Error;
use crate::execute::positive;
use crate::state::{self, HOLDERS};

/// Places a lien of the sender on free stake, up to the cap the provider set for it.
pub fn lien(deps: DepsMut, env: Env, info: MessageInfo, provider: String, amount: Uint128) -> Result<Response, Error> {
    positive(amount)?;
    let holder = info.sender;
    HOLDERS.load(deps.storage, &holder)?.check(&holder, env.block.time.seconds())?;
    let provider = deps.api.addr_validate(&provider)?;
    state::change_stake(deps.storage, &provider, |stake| stake.place(amount))?;
    let mut lien = state::lien(deps.storage, &provider, &holder)?;
    lien.place(&holder, amount)?;
    state::save_lien(deps.storage, &provider, &holder, &lien)?;
    Ok(Response::new().add_event(LienPlaced { provider: provider.to_string(), holder: holder.to_string(), amount }))
}
