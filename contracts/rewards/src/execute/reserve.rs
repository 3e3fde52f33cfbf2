//! Reserve: reserves credits for a new job, for a source.

use cosmwasm_std::{Addr, DepsMut, Response, Storage, Uint128};
use tequio_contract::{bounds::some, door::Caller};
use tequio_protocol::{
    JobId,
    rewards::{CreditsReserved, Kind},
};

use crate::{
    core::{reservation::Reservation, terms::Terms},
    error::ContractError,
    state,
};

/// The job to reserve for.
pub struct Job {
    pub job: JobId,
    pub client: String,
    pub kind: Kind,
    pub shards: u64,
    pub cost: u64,
}

/// On the terms of now.
pub fn reserve(deps: DepsMut, caller: Caller, job: Job) -> Result<Response, ContractError> {
    let Job { job, client, kind, shards, cost } = job;
    let source = caller.principal;
    some("shards", shards)?;
    some("cost", cost)?;
    let client = deps.api.addr_validate(&client)?;
    let terms = Terms::of(&state::config(deps.storage)?, kind, cost)?;
    let amount = terms.credits_of(shards)?;
    let reservation = Reservation { client: client.clone(), shards, cost, terms };
    state::add_reservation(deps.storage, &source, job, &reservation)?;
    take_credits(deps.storage, &client, &source, amount)?;
    Ok(Response::new().add_event(CreditsReserved {
        source: source.into(),
        job,
        client: client.into(),
        kind,
        shards,
        cost: cost.into(),
        amount,
    }))
}

fn take_credits(storage: &mut dyn Storage, client: &Addr, source: &Addr, needed: Uint128) -> Result<(), ContractError> {
    if needed.is_zero() {
        return Ok(());
    }
    let allowed = state::allowance(storage, client, source)?;
    let rest = allowed.checked_sub(needed).map_err(|_| ContractError::AllowanceShort {
        client: client.clone(),
        origin: source.clone(),
        allowed,
        needed,
    })?;
    state::set_allowance(storage, client, source, rest)?;
    state::take_credits(storage, client, needed)?;
    state::change_credits(storage, |credits| credits.reserve(needed))
}
