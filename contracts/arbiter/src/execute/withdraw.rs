//! Withdraw: pays the sender its balance, for anyone.

use cosmwasm_std::{BankMsg, DepsMut, Response, coins};
use tequio_contract::door::Caller;
use tequio_protocol::arbiter::Withdrawn;

use crate::{
    error::ContractError,
    state::{self, BALANCES},
};

pub fn withdraw(deps: DepsMut, caller: Caller) -> Result<Response, ContractError> {
    let address = caller.address;
    let amount = BALANCES.take(deps.storage, &address)?;
    if amount.is_zero() {
        return Err(ContractError::NothingToWithdraw { address });
    }
    state::change_money(deps.storage, |money| money.withdraw(amount))?;
    let coins = coins(amount.u128(), state::setup(deps.storage)?.denom);
    let send = BankMsg::Send { to_address: address.to_string(), amount: coins };
    Ok(Response::new().add_message(send).add_event(Withdrawn { address: address.into(), amount }))
}
