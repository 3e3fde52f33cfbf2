//! Instantiate: a verifier that nobody has used, with its first beacon.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use tequio_contract::{funds, ownership};
use tequio_protocol::verifier::{Configured, InstantiateMsg};

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
    let owned = ownership::begin(deps.storage, deps.api, &msg.owner)?;
    state::begin(deps.storage, &msg.config)?;
    let proposed = propose::propose(deps, env, msg.beacon)?;
    Ok(proposed.add_event(owned).add_event(Configured::new(&msg.config)?))
}
