//! Burn: burns what fees left to burn, for anyone.

use cosmwasm_std::{BankMsg, DepsMut, Response, coins};
use tequio_protocol::escrow::Burned;

use crate::{books, error::ContractError, state};

/// Apart from giving back: a chain that refuses to burn holds up nothing else.
pub fn burn(deps: DepsMut) -> Result<Response, ContractError> {
    let amount = books::burn(deps.storage)?;
    let burn = BankMsg::Burn { amount: coins(amount.u128(), state::setup(deps.storage)?.denom) };
    Ok(Response::new().add_message(burn).add_event(Burned { amount }))
}
