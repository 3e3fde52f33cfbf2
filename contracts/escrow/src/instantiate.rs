//! Sets the contract up against registry, verifier and rewards, which exist already.

use cosmwasm_std::{DepsMut, Response};
use tequio_protocol::escrow::InstantiateMsg;

use crate::core::bounds;
use crate::error::ContractError;
use crate::neighbours::registry;
use crate::state::{CONFIG, LEDGER, PAUSED, SETUP, Setup};

pub fn instantiate(deps: DepsMut, msg: InstantiateMsg) -> Result<Response, ContractError> {
    cw2::set_contract_version(deps.storage, crate::NAME, crate::VERSION)?;
    cw_ownable::initialize_owner(deps.storage, deps.api, Some(&msg.owner))?;
    bounds::check(&msg.config)?;
    let setup = Setup {
        denom: msg.denom,
        registry: deps.api.addr_validate(&msg.registry)?,
        verifier: deps.api.addr_validate(&msg.verifier)?,
        rewards: deps.api.addr_validate(&msg.rewards)?,
    };
    // The lien formula weighs stake against payment, unit for unit.
    let stake = registry::config(deps.querier, &setup.registry)?.denom;
    if stake != setup.denom {
        return Err(ContractError::Denoms { registry: stake, escrow: setup.denom });
    }
    SETUP.save(deps.storage, &setup)?;
    CONFIG.save(deps.storage, &msg.config)?;
    PAUSED.save(deps.storage, &Default::default())?;
    LEDGER.save(deps.storage, &Default::default())?;
    Ok(Response::new())
}
