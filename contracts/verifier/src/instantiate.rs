use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use tequio_protocol::verifier::InstantiateMsg;

use crate::{
    ContractError, NAME, VERSION,
    core::{config, counts::Counts},
    execute::{propose, refuse_funds},
    state::{CONFIG, COUNTS},
};

pub fn instantiate(deps: DepsMut, env: Env, info: MessageInfo, msg: InstantiateMsg) -> Result<Response, ContractError> {
    refuse_funds(&info)?;
    cw2::set_contract_version(deps.storage, NAME, VERSION)?;
    cw_ownable::initialize_owner(deps.storage, deps.api, Some(&msg.owner))?;
    config::check(&msg.config)?;
    CONFIG.save(deps.storage, &msg.config)?;
    COUNTS.save(deps.storage, &Counts::default())?;
    propose::propose(deps, env, msg.beacon)
}
