use cosmwasm_std::{Addr, DepsMut, Env, MessageInfo, Response, Storage, Uint128};
use tequio_protocol::JobId;
use tequio_protocol::rewards::{CreditsReserved, Kind};

use crate::core::reservation::Reservation;
use crate::core::terms::Terms;
use crate::error::Error;
use crate::state::{self, CONFIG, FREE, RESERVATIONS, SOURCES};

/// The job to reserve for.
pub struct Job {
    pub job: JobId,
    pub client: String,
    pub kind: Kind,
    pub shards: u64,
    pub work: u64,
}

/// Reserves credits for a new job of the sender's, on the terms of now.
pub fn reserve(deps: DepsMut, env: Env, info: MessageInfo, job: Job) -> Result<Response, Error> {
    let Job { job, client, kind, shards, work } = job;
    let source = info.sender;
    SOURCES.load(deps.storage, &source)?.check(&source, env.block.time.seconds())?;
    for (what, count) in [("shards", shards), ("work", work)] {
        if count == 0 {
            return Err(Error::Zero { what });
        }
    }
    if RESERVATIONS.has(deps.storage, (&source, job.0)) {
        return Err(Error::AlreadyReserved { origin: source, job });
    }
    let client = deps.api.addr_validate(&client)?;
    let terms = Terms::of(&CONFIG.load(deps.storage)?, kind, work)?;
    let amount = terms.credits_of(shards)?;
    take_credits(deps.storage, &client, &source, amount)?;
    let reservation = Reservation { client: client.clone(), shards, work, terms };
    RESERVATIONS.save(deps.storage, (&source, job.0), &reservation)?;
    Ok(Response::new().add_event(CreditsReserved {
        source: source.into_string(),
        job,
        client: client.into_string(),
        amount,
    }))
}

fn take_credits(storage: &mut dyn Storage, client: &Addr, source: &Addr, needed: Uint128) -> Result<(), Error> {
    if needed.is_zero() {
        return Ok(());
    }
    let allowed = state::allowance(storage, client, source)?;
    let rest = allowed.checked_sub(needed).map_err(|_| Error::AllowanceShort {
        client: client.clone(),
        origin: source.clone(),
        allowed,
        needed,
    })?;
    state::save_allowance(storage, client, source, rest)?;

    let free = FREE.may_load(storage, client)?.unwrap_or_default();
    let rest = free.checked_sub(needed).map_err(|_| Error::CreditsShort { client: client.clone(), free, needed })?;
    FREE.save(storage, client, &rest)?;
    state::change_credits(storage, |credits| credits.reserve(needed))
}
