//! Withdraw: pays the sender its balance, for anyone.

use cosmwasm_std::{BankMsg, DepsMut, Response, coins};
use tequio_contract::door::Caller;
use tequio_protocol::escrow::Withdrawn;

use crate::{books, error::ContractError, state};

pub fn withdraw(deps: DepsMut, caller: Caller) -> Result<Response, ContractError> {
    let address = caller.address.to_string();
    let amount = books::withdraw(deps.storage, caller.address)?;
    let coins = coins(amount.u128(), state::setup(deps.storage)?.denom);
    let send = BankMsg::Send { to_address: address.clone(), amount: coins };
    Ok(Response::new().add_message(send).add_event(Withdrawn { address, amount }))
}
