use cosmwasm_std::{DepsMut, MessageInfo, Response};
use tequio_protocol::registry::InstantiateMsg;

use crate::core::money::Money;
use crate::core::stake::Stake;
use crate::core::{config, funds};
use crate::error::Error;
use crate::state::{CONFIG, DENOM, LAST_THAW, MONEY, STAKE};
use crate::{CONTRACT, VERSION};

pub fn instantiate(deps: DepsMut, info: MessageInfo, msg: InstantiateMsg) -> Result<Response, Error> {
    funds::none(&info.funds)?;
    config::check_denom(&msg.denom)?;
    config::check(&msg.config)?;
    cw2::set_contract_version(deps.storage, CONTRACT, VERSION)?;
    cw_ownable::initialize_owner(deps.storage, deps.api, Some(&msg.owner))?;
    DENOM.save(deps.storage, &msg.denom)?;
    CONFIG.save(deps.storage, &msg.config)?;
    LAST_THAW.save(deps.storage, &0)?;
    MONEY.save(deps.storage, &Money::default())?;
    STAKE.save(deps.storage, &Stake::default())?;
    Ok(Response::new())
}
