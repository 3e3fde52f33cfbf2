//! Burn: burns what settled demands left to burn, for anyone.

use cosmwasm_std::{BankMsg, DepsMut, Response, coins};
use tequio_protocol::arbiter::Burned;

use crate::{error::ContractError, state};

/// Apart from settling: a chain that refuses to burn holds up nothing else.
pub fn burn(deps: DepsMut) -> Result<Response, ContractError> {
    let amount = state::change_money(deps.storage, |money| money.burn())?;
    if amount.is_zero() {
        return Err(ContractError::NothingToBurn);
    }
    let burn = BankMsg::Burn { amount: coins(amount.u128(), state::setup(deps.storage)?.denom) };
    Ok(Response::new().add_message(burn).add_event(Burned { amount }))
}
