//! Instantiate: a registry that nobody has used.

use cosmwasm_std::{DepsMut, MessageInfo, Response};
use tequio_contract::{funds, ownership};
use tequio_protocol::registry::{Configured, InstantiateMsg};

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
    let owned = ownership::begin(deps.storage, deps.api, &msg.owner)?;
    state::begin(deps.storage, &msg.denom, &msg.config)?;
    Ok(Response::new().add_event(owned).add_event(Configured::new(&msg.config)?))
}
