//! Instantiate: a registry that nobody has used.

use cosmwasm_std::{DepsMut, MessageInfo, Response};
use tequio_contract::funds;
use tequio_protocol::registry::InstantiateMsg;

use crate::{
    core::config,
    error::ContractError,
    state::{self, CONTRACT, VERSION},
};

pub fn instantiate(deps: DepsMut, info: MessageInfo, msg: InstantiateMsg) -> Result<Response, ContractError> {
    funds::none(&info.funds)?;
    config::check_denom(&msg.denom)?;
    config::check(&msg.config)?;
    cw2::set_contract_version(deps.storage, CONTRACT, VERSION)?;
    cw_ownable::initialize_owner(deps.storage, deps.api, Some(&msg.owner))?;
    state::begin(deps.storage, &msg.denom, &msg.config)?;
    Ok(Response::new())
}
