//! Instantiate: a verifier that nobody has used, with its first beacon.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use tequio_contract::funds;
use tequio_protocol::verifier::InstantiateMsg;

use crate::{
    core::config,
    error::ContractError,
    execute::propose,
    state::{self, CONTRACT, VERSION},
};

pub fn instantiate(deps: DepsMut, env: Env, info: MessageInfo, msg: InstantiateMsg) -> Result<Response, ContractError> {
    funds::none(&info.funds)?;
    config::check(&msg.config)?;
    cw2::set_contract_version(deps.storage, CONTRACT, VERSION)?;
    cw_ownable::initialize_owner(deps.storage, deps.api, Some(&msg.owner))?;
    state::begin(deps.storage, &msg.config)?;
    propose::propose(deps, env, msg.beacon)
}
