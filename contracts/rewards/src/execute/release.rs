//! Release: gives the credits of shards that will not be settled back to the client, for a source.

use cosmwasm_std::{DepsMut, Response};
use tequio_contract::{bounds::some, door::Caller};
use tequio_protocol::{JobId, rewards::CreditsReleased};

use crate::{error::ContractError, state};

pub fn release(deps: DepsMut, caller: Caller, job: JobId, shards: u64) -> Result<Response, ContractError> {
    some("shards", shards)?;
    let source = caller.principal;
    let reservation = state::take_shards(deps.storage, &source, job, shards)?;
    let (client, amount) = (reservation.client, reservation.terms.credits_of(shards)?);
    state::give_credits(deps.storage, &client, amount)?;
    state::change_credits(deps.storage, |credits| credits.release(amount))?;
    Ok(Response::new().add_event(CreditsReleased { source: source.into(), job, client: client.into(), shards, amount }))
}
