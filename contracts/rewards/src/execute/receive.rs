use cosmwasm_std::{DepsMut, MessageInfo, Response, WasmMsg, from_json, to_json_binary};
use cw20::{Cw20ExecuteMsg, Cw20ReceiveMsg};
use tequio_protocol::rewards::{CreditsBought, Hook};

use crate::error::Error;
use crate::state;

/// Burns the tokens that came and gives credits for them, one for one.
pub fn receive(deps: DepsMut, info: MessageInfo, message: Cw20ReceiveMsg) -> Result<Response, Error> {
    let Cw20ReceiveMsg { sender, amount, msg } = message;
    let Hook::Buy { client } = from_json(&msg)?;
    if amount.is_zero() {
        return Err(Error::Zero { what: "amount" });
    }
    let client = deps.api.addr_validate(&client.unwrap_or(sender))?;
    state::give_credits(deps.storage, &client, amount)?;
    state::change_credits(deps.storage, |credits| credits.buy(amount))?;

    let burn = WasmMsg::Execute {
        contract_addr: info.sender.into_string(),
        msg: to_json_binary(&Cw20ExecuteMsg::Burn { amount })?,
        funds: vec![],
    };
    Ok(Response::new().add_message(burn).add_event(CreditsBought { client: client.into_string(), amount }))
}
