use cosmwasm_std::{DepsMut, Env, MessageInfo, OverflowError, OverflowOperation, Response, Uint128};
use tequio_protocol::registry::Unbonded;

use crate::core::thaw::{MAX_THAWS, Thaw};
use crate::error::Error;
use crate::execute::positive;
use crate::state::{self, CONFIG, LAST_THAW, THAWS};

/// Starts thawing free stake, for as long as the config says now.
pub fn unbond(deps: DepsMut, env: Env, info: MessageInfo, amount: Uint128) -> Result<Response, Error> {
    positive(amount)?;
    let provider = info.sender;
    let open = state::thaws(deps.storage, &provider)?.len();
    if open >= MAX_THAWS {
        return Err(Error::TooManyThaws { open, max: MAX_THAWS });
    }
    let overflow = || OverflowError::new(OverflowOperation::Add);
    let id = LAST_THAW.load(deps.storage)?.checked_add(1).ok_or_else(overflow)?;
    let ready = env.block.time.seconds().checked_add(CONFIG.load(deps.storage)?.thaw).ok_or_else(overflow)?;

    state::change_stake(deps.storage, &provider, |stake| stake.unbond(amount))?;
    THAWS.save(deps.storage, (&provider, id), &Thaw { amount, ready })?;
    LAST_THAW.save(deps.storage, &id)?;
    Ok(Response::new().add_event(Unbonded { provider: provider.to_string(), amount, ready }))
}
