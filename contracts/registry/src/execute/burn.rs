//! Burn: burns what slashes left to burn, for anyone.

use cosmwasm_std::{BankMsg, DepsMut, Response, coins};
use tequio_protocol::registry::Burned;

use crate::{error::ContractError, state};

/// Apart from slashing: a chain that refuses to burn holds up nothing else.
pub fn burn(deps: DepsMut) -> Result<Response, ContractError> {
    let mut amount = Default::default();
    state::change_money(deps.storage, |money| {
        amount = money.burn()?;
        Ok(())
    })?;
    if amount.is_zero() {
        return Err(ContractError::NothingToBurn);
    }
    let burn = BankMsg::Burn { amount: coins(amount.u128(), state::denom(deps.storage)?) };
    Ok(Response::new().add_message(burn).add_event(Burned { amount }))
}
