//! `withdraw`: pays the sender's balance.

use cosmwasm_std::{BankMsg, Coin, DepsMut, Response};
use tequio_protocol::escrow::Withdrawn;

use super::Caller;
use crate::books;
use crate::error::ContractError;
use crate::state::SETUP;

pub fn withdraw(deps: DepsMut, caller: Caller) -> Result<Response, ContractError> {
    let amount = books::withdraw(deps.storage, &caller.address)?;
    let address = caller.address.to_string();
    let coin = Coin { denom: SETUP.load(deps.storage)?.denom, amount };
    let send = BankMsg::Send { to_address: address.clone(), amount: vec![coin] };
    Ok(Response::new().add_message(send).add_event(Withdrawn { address, amount }))
}
