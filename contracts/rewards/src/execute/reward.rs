use cosmwasm_std::{Addr, DepsMut, Empty, Env, MessageInfo, Response, Storage, Uint128};
use tequio_protocol::JobId;
use tequio_protocol::rewards::Rewarded;

use crate::core::terms::Terms;
use crate::error::Error;
use crate::state::{self, COUNTED, EARNED, EPOCHS, RESERVATIONS, SCHEDULE, WORK};

/// Settled shards to count.
pub struct Event {
    pub number: u64,
    pub job: JobId,
    pub provider: String,
    pub shards: u64,
}

/// Counts settled shards, once.
pub fn reward(deps: DepsMut, env: Env, info: MessageInfo, event: Event) -> Result<Response, Error> {
    let Event { number, job, provider, shards } = event;
    let source = info.sender;
    if shards == 0 {
        return Err(Error::Zero { what: "shards" });
    }
    if COUNTED.has(deps.storage, (&source, number)) {
        return Err(Error::AlreadyCounted { origin: source, number });
    }
    COUNTED.save(deps.storage, (&source, number), &Empty {})?;
    let mut reservation = state::reservation(deps.storage, &source, job)?;
    reservation.take(job, shards)?;
    RESERVATIONS.save(deps.storage, (&source, job.0), &reservation)?;

    let provider = deps.api.addr_validate(&provider)?;
    let consumed = reservation.terms.credits_of(shards)?;
    let earned = match reservation.terms {
        Terms::Client { kappa_bps, .. } => earn(deps.storage, &provider, consumed, kappa_bps)?,
        Terms::Commons { cap } => {
            let work = Uint128::from(shards).checked_mul(reservation.work.into())?;
            let epoch = SCHEDULE.load(deps.storage)?.epoch_at(env.block.time.seconds())?;
            contribute(deps.storage, &provider, epoch, work, cap)?;
            Uint128::zero()
        }
    };
    Ok(Response::new().add_event(Rewarded {
        source: source.into_string(),
        number,
        job,
        provider: provider.into_string(),
        shards,
        consumed,
        earned,
    }))
}

/// A client's credits go; κ of them is the provider's to claim.
fn earn(storage: &mut dyn Storage, provider: &Addr, consumed: Uint128, kappa_bps: u16) -> Result<Uint128, Error> {
    state::change_credits(storage, |credits| credits.consume(consumed))?;
    let earned = state::change_mint(storage, |mint| mint.earn(consumed, kappa_bps))?;
    if !earned.is_zero() {
        EARNED.update(storage, provider, |sum| -> Result<_, Error> {
            Ok(sum.unwrap_or_default().checked_add(earned)?)
        })?;
    }
    Ok(earned)
}

/// Commons work has a part in the budget of the epoch in which it is accepted.
fn contribute(
    storage: &mut dyn Storage,
    provider: &Addr,
    epoch: u64,
    work: Uint128,
    cap: Uint128,
) -> Result<(), Error> {
    WORK.update(storage, (provider, epoch), |contribution| -> Result<_, Error> {
        let mut contribution = contribution.unwrap_or_default();
        contribution.add(work, cap)?;
        Ok(contribution)
    })?;
    EPOCHS.update(storage, epoch, |all| -> Result<_, Error> {
        let mut all = all.unwrap_or_default();
        all.work = all.work.checked_add(work)?;
        Ok(all)
    })?;
    Ok(())
}
