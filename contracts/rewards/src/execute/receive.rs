//! Receive: burns the tokens that came and gives credits for them, for the token.

use cosmwasm_std::{DepsMut, Response, WasmMsg, from_json, to_json_binary};
use cw20::{Cw20ExecuteMsg, Cw20ReceiveMsg};
use tequio_contract::{bounds::some, door::Caller};
use tequio_protocol::rewards::{CreditsBought, Hook};

use crate::{error::ContractError, state};

/// One for one.
pub fn receive(deps: DepsMut, caller: Caller, message: Cw20ReceiveMsg) -> Result<Response, ContractError> {
    let Cw20ReceiveMsg { sender, amount, msg } = message;
    let Hook::Buy { client } = from_json(&msg)?;
    some("amount", amount)?;
    let client = deps.api.addr_validate(&client.unwrap_or(sender))?;
    state::give_credits(deps.storage, &client, amount)?;
    state::change_credits(deps.storage, |credits| credits.buy(amount))?;

    let burn = WasmMsg::Execute {
        contract_addr: caller.address.into_string(),
        msg: to_json_binary(&Cw20ExecuteMsg::Burn { amount })?,
        funds: vec![],
    };
    Ok(Response::new().add_message(burn).add_event(CreditsBought { client: client.into(), amount }))
}
