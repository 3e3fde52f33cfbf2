//! Instantiate: an escrow that nobody has used, beside registry, verifier and rewards, which exist already.

use cosmwasm_std::{DepsMut, MessageInfo, Response};
use tequio_contract::{funds, ownership};
use tequio_protocol::escrow::{Configured, InstantiateMsg};

use crate::{
    error::ContractError,
    execute::configure,
    neighbours::registry,
    state::{self, CONTRACT, Setup, VERSION},
};

pub fn instantiate(deps: DepsMut, info: MessageInfo, msg: InstantiateMsg) -> Result<Response, ContractError> {
    funds::none(&info.funds)?;
    configure::check(deps.as_ref(), &msg.config, msg.max_gas)?;
    let setup = Setup {
        denom: msg.denom,
        registry: deps.api.addr_validate(&msg.registry)?,
        verifier: deps.api.addr_validate(&msg.verifier)?,
        rewards: deps.api.addr_validate(&msg.rewards)?,
        max_gas: msg.max_gas,
    };
    // The lien formula weighs stake against payment, unit for unit.
    let stake = registry::config(deps.querier, &setup.registry)?.denom;
    if stake != setup.denom {
        return Err(ContractError::Denoms { registry: stake, escrow: setup.denom });
    }
    cw2::set_contract_version(deps.storage, CONTRACT, VERSION)?;
    let owned = ownership::begin(deps.storage, deps.api, &msg.owner)?;
    state::begin(deps.storage, &setup, &msg.config)?;
    Ok(Response::new().add_event(owned).add_event(Configured::new(&msg.config)?))
}
