//! Instantiate: this contract, then its token, whose address comes back in a reply.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Reply, Response, SubMsg, WasmMsg, to_json_binary};
use cw_utils::{ParseReplyError, parse_instantiate_response_data};
use tequio_contract::{funds, ownership};
use tequio_protocol::rewards::{Configured, InstantiateMsg, TokenMade};

use crate::{
    core::{config, schedule::Schedule, token},
    error::ContractError,
    state::{self, CONTRACT, VERSION},
};

const TOKEN_REPLY: u64 = 1;

pub fn instantiate(deps: DepsMut, env: Env, info: MessageInfo, msg: InstantiateMsg) -> Result<Response, ContractError> {
    funds::none(&info.funds)?;
    config::check(&msg.config)?;
    let genesis = token::genesis(&msg.token.balances)?;
    let schedule = Schedule::new(env.block.time.seconds(), msg.schedule, genesis)?;
    let most = schedule.most_supply(genesis)?;

    cw2::set_contract_version(deps.storage, CONTRACT, VERSION)?;
    let owned = ownership::begin(deps.storage, deps.api, &msg.owner)?;
    state::begin(deps.storage, &msg.config, genesis, &schedule)?;

    let token = WasmMsg::Instantiate {
        // Nobody migrates the token.
        admin: None,
        code_id: msg.token.code_id,
        label: format!("{} reward token", msg.token.symbol),
        msg: to_json_binary(&token::Instantiate::new(msg.token, &env.contract.address, most))?,
        funds: vec![],
    };
    let token = SubMsg::reply_on_success(token, TOKEN_REPLY);
    Ok(Response::new().add_submessage(token).add_event(owned).add_event(Configured::new(&msg.config)?))
}

pub fn reply(deps: DepsMut, reply: Reply) -> Result<Response, ContractError> {
    if reply.id != TOKEN_REPLY {
        return Err(ContractError::UnknownReply { id: reply.id });
    }
    let answer = reply.result.into_result().map_err(ParseReplyError::SubMsgFailure)?;
    let answer = answer.msg_responses.first().ok_or(ContractError::NoToken)?;
    let token = parse_instantiate_response_data(&answer.value)?.contract_address;
    let token = deps.api.addr_validate(&token)?;
    state::set_token(deps.storage, &token)?;
    Ok(Response::new().add_event(TokenMade { token: token.into() }))
}
