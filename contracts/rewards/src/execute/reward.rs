//! Reward: counts settled shards, for a source.

use cosmwasm_std::{Addr, DepsMut, Env, Response, Storage, Uint128};
use tequio_contract::{bounds::some, door::Caller};
use tequio_protocol::{JobId, rewards::Rewarded};

use crate::{core::terms::Terms, error::ContractError, state};

/// Settled shards to count.
pub struct Settled {
    pub number: u64,
    pub job: JobId,
    pub provider: String,
    pub shards: u64,
}

/// Once for each number.
pub fn reward(deps: DepsMut, env: Env, caller: Caller, settled: Settled) -> Result<Response, ContractError> {
    let Settled { number, job, provider, shards } = settled;
    let source = caller.principal;
    some("shards", shards)?;
    state::count(deps.storage, &source, number)?;
    let reservation = state::take_shards(deps.storage, &source, job, shards)?;

    let provider = deps.api.addr_validate(&provider)?;
    let consumed = reservation.terms.credits_of(shards)?;
    let earned = match reservation.terms {
        Terms::Client { kappa_bps, .. } => earn(deps.storage, &provider, consumed, kappa_bps)?,
        // It has a part in the budget of the epoch in which it is accepted.
        Terms::Commons { cap } => {
            let work = Uint128::from(shards).checked_mul(reservation.cost.into())?;
            let epoch = state::schedule(deps.storage)?.epoch_at(env.block.time.seconds())?;
            state::contribute(deps.storage, &provider, epoch, work, cap)?;
            Uint128::zero()
        }
    };
    Ok(Response::new().add_event(Rewarded {
        source: source.into(),
        number: number.into(),
        job,
        provider: provider.into(),
        shards,
        consumed,
        earned,
    }))
}

/// A client's credits go; κ of them is the provider's to claim.
fn earn(
    storage: &mut dyn Storage,
    provider: &Addr,
    consumed: Uint128,
    kappa_bps: u16,
) -> Result<Uint128, ContractError> {
    state::change_credits(storage, |credits| credits.consume(consumed))?;
    let earned = state::change_mint(storage, |mint| mint.earn(consumed, kappa_bps))?;
    state::earn(storage, provider, earned)?;
    Ok(earned)
}
