//! What settling, expiring and giving back share.

use cosmwasm_std::{Addr, Deps, DepsMut, Env, Response, Storage, Uint128};
use tequio_protocol::escrow::{Ended, State};
use tequio_protocol::verifier::AttestationResponse;
use tequio_protocol::{AssignmentId, MAX_LIMIT};

use crate::books;
use crate::core::assignment::Assignment;
use crate::core::job::Job;
use crate::core::ruling::{self, Ruling};
use crate::core::share;
use crate::error::ContractError;
use crate::neighbours::{registry, rewards, verifier};
use crate::state::{self, SETUP};

/// An active assignment and its job.
pub fn active(storage: &dyn Storage, id: AssignmentId) -> Result<(Job, Assignment), ContractError> {
    let assignment = state::assignment(storage, id)?;
    match assignment.state {
        State::Active => Ok((state::job(storage, assignment.job)?, assignment)),
        state => Err(ContractError::Over { assignment: id, state }),
    }
}

/// The attestation for an assignment's subject, whenever it was taken.
pub fn attestation(
    deps: Deps,
    env: &Env,
    id: AssignmentId,
    job: &Job,
    assignment: &Assignment,
) -> Result<Option<AttestationResponse>, ContractError> {
    let setup = SETUP.load(deps.storage)?;
    let subject = assignment.subject(&env.contract.address, id, job);
    Ok(verifier::attested(deps.querier, &setup.verifier, &assignment.operator, subject)?)
}

/// Ends each of a list as it is ruled, if `allows` finds that the message may carry such a ruling out. All or none.
pub fn each(
    mut deps: DepsMut,
    env: &Env,
    reporter: &Addr,
    list: Vec<AssignmentId>,
    allows: impl Fn(AssignmentId, Ruling) -> Result<(), ContractError>,
) -> Result<Response, ContractError> {
    bounded(&list)?;
    let now = env.block.time.seconds();
    list.into_iter().try_fold(Response::new(), |mut all, id| {
        let (job, assignment) = active(deps.storage, id)?;
        let attestation = attestation(deps.as_ref(), env, id, &job, &assignment)?;
        let ruling = ruling::rule(&assignment, attestation.as_ref(), job.audit_window, now)
            .map_err(|reason| ContractError::NotYet { assignment: id, reason })?;
        allows(id, ruling)?;
        let one = end(deps.branch(), id, &job, assignment, ruling.state(), reporter)?;
        all.messages.extend(one.messages);
        all.events.extend(one.events);
        Ok(all)
    })
}

/// Ends an assignment in `state`, with what that does to money, shards, lien and reward. `reporter` is who said so.
pub fn end(
    deps: DepsMut,
    id: AssignmentId,
    job: &Job,
    assignment: Assignment,
    state: State,
    reporter: &Addr,
) -> Result<Response, ContractError> {
    let setup = SETUP.load(deps.storage)?;
    let lien = assignment.lien;
    let slashed = match state {
        State::Slashed | State::Lapsed => lien,
        State::Absent => share::up(lien, job.rules.absence_bps),
        State::Active | State::GivenBack | State::Settled | State::Void => Uint128::zero(),
    };
    let paid = if state == State::Settled { assignment.payment()? } else { Uint128::zero() };
    let provider = &assignment.provider;
    let slash = registry::slash(deps.querier, &setup.registry, job, provider, slashed, reporter)?;
    let release = registry::release(&setup.registry, provider, lien.checked_sub(slashed)?)?;
    let mut response = Response::new().add_messages(slash).add_messages(release);
    if state == State::Settled {
        let gas = Some(job.rules.rewards_gas);
        response = response.add_submessage(rewards::reward(&setup.rewards, id, &assignment, gas)?);
    }
    let (provider, shards) = (provider.to_string(), assignment.count);
    let event = Ended { assignment: id, job: assignment.job, provider, state, shards, paid, slashed };
    books::end(deps.storage, id, assignment, state)?;
    Ok(response.add_event(event))
}

/// Refuses lists that are empty or too long.
pub fn bounded<T>(list: &[T]) -> Result<(), ContractError> {
    match list.len() {
        0 => Err(ContractError::EmptyList),
        count if count > MAX_LIMIT as usize => Err(ContractError::LongList { count, max: MAX_LIMIT }),
        _ => Ok(()),
    }
}
