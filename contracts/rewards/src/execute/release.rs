use cosmwasm_std::{DepsMut, MessageInfo, Response};
use tequio_protocol::JobId;
use tequio_protocol::rewards::CreditsReleased;

use crate::error::Error;
use crate::state::{self, RESERVATIONS};

/// Gives the credits of shards that will not be settled back to the client.
pub fn release(deps: DepsMut, info: MessageInfo, job: JobId, shards: u64) -> Result<Response, Error> {
    let source = info.sender;
    if shards == 0 {
        return Err(Error::Zero { what: "shards" });
    }
    let mut reservation = state::reservation(deps.storage, &source, job)?;
    reservation.take(job, shards)?;
    RESERVATIONS.save(deps.storage, (&source, job.0), &reservation)?;

    let amount = reservation.terms.credits_of(shards)?;
    state::give_credits(deps.storage, &reservation.client, amount)?;
    state::change_credits(deps.storage, |credits| credits.release(amount))?;
    Ok(Response::new().add_event(CreditsReleased {
        source: source.into_string(),
        job,
        client: reservation.client.into_string(),
        amount,
    }))
}
