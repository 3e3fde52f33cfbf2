//! Receive: burns the tokens that came and gives credits for them, for the token.

use cosmwasm_std::{DepsMut, Response, WasmMsg, from_json, to_json_binary};
use cw20::{Cw20ExecuteMsg, Cw20ReceiveMsg};
use tequio_contract::{bounds::some, door::Caller};
use tequio_protocol::rewards::{CreditsBought, Hook};

use crate::{error::ContractError, execute::approve, state};

/// One for one. What is approved at once is of the credits of whoever sent the tokens, never of another's.
pub fn receive(deps: DepsMut, caller: Caller, message: Cw20ReceiveMsg) -> Result<Response, ContractError> {
    let Cw20ReceiveMsg { sender, amount, msg } = message;
    let Hook::Buy { client, approve: approval } = from_json(&msg)?;
    some("amount", amount)?;
    let sender = deps.api.addr_validate(&sender)?;
    let client = client.map(|client| deps.api.addr_validate(&client)).transpose()?.unwrap_or(sender.clone());
    if approval.is_some() && client != sender {
        return Err(ContractError::NotYourCredits { sender, client });
    }
    state::give_credits(deps.storage, &client, amount)?;
    state::change_credits(deps.storage, |credits| credits.buy(amount))?;

    let burn = WasmMsg::Execute {
        contract_addr: caller.address.into_string(),
        msg: to_json_binary(&Cw20ExecuteMsg::Burn { amount })?,
        funds: vec![],
    };
    let response = Response::new().add_message(burn);
    let response = response.add_event(CreditsBought { client: client.to_string(), amount });
    match approval {
        Some(approval) => Ok(response.add_event(approve::set(deps, &client, approval)?)),
        None => Ok(response),
    }
}
