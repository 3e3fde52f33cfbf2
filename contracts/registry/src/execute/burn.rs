//! Burn: burns what slashes left to burn, and funds sent, for anyone.

use cosmwasm_std::{BankMsg, DepsMut, Response, coins};
use tequio_contract::door::Caller;
use tequio_protocol::registry::Burned;

use crate::{error::ContractError, state};

/// Apart from slashing: a chain that refuses to burn holds up nothing else. Funds sent are for trying whether it does.
pub fn burn(deps: DepsMut, caller: Caller) -> Result<Response, ContractError> {
    let sent = caller.paid;
    let mut amount = sent;
    state::change_money(deps.storage, |money| {
        amount = money.burn()?.checked_add(sent)?;
        Ok(())
    })?;
    if amount.is_zero() {
        return Err(ContractError::NothingToBurn);
    }
    let burn = BankMsg::Burn { amount: coins(amount.u128(), state::denom(deps.storage)?) };
    Ok(Response::new().add_message(burn).add_event(Burned { amount, sent }))
}
