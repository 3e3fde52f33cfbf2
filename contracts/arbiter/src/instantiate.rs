//! Instantiate: an arbiter that nobody has used. Nobody governs it.

use cosmwasm_std::{DepsMut, MessageInfo, Response};
use tequio_contract::funds;
use tequio_protocol::arbiter::InstantiateMsg;

use crate::{
    error::ContractError,
    neighbours::verifier,
    state::{self, CONTRACT, Setup, VERSION},
};

pub fn instantiate(deps: DepsMut, info: MessageInfo, msg: InstantiateMsg) -> Result<Response, ContractError> {
    funds::none(&info.funds)?;
    let verifier = deps.api.addr_validate(&msg.verifier)?;
    // Whatever is at that address answers as a verifier does.
    verifier::now(deps.querier, &verifier)?;
    cw2::set_contract_version(deps.storage, CONTRACT, VERSION)?;
    state::begin(deps.storage, &Setup { denom: msg.denom, verifier })?;
    Ok(Response::new())
}
