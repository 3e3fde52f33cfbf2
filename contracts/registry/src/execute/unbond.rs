//! Unbond: starts thawing free stake, for its provider.

use cosmwasm_std::{DepsMut, Env, Response, Uint128};
use tequio_contract::{bounds::some, checked, door::Caller};
use tequio_protocol::registry::Unbonded;

use crate::{core::thaw::Thaw, error::ContractError, state};

/// For as long as the config says now.
pub fn unbond(deps: DepsMut, env: Env, caller: Caller, amount: Uint128) -> Result<Response, ContractError> {
    some("amount", amount)?;
    let provider = caller.principal;
    let ready = checked::add(env.block.time.seconds(), state::config(deps.storage)?.thaw)?;
    let thaw = state::add_thaw(deps.storage, &provider, &Thaw { amount, ready })?;
    state::change_stake(deps.storage, &provider, |stake| stake.unbond(amount))?;
    Ok(Response::new().add_event(Unbonded { provider: provider.into(), thaw, amount, ready }))
}
