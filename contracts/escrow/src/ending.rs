//! What settling, expiring and giving back share.

use cosmwasm_std::{Addr, Deps, DepsMut, Env, Response, Uint128};
use tequio_protocol::{
    AssignmentId, MAX_LIMIT,
    escrow::{Ended, Ending, Ruling},
    verifier::AttestationResponse,
};

use crate::{
    books,
    core::{assignment::Assignment, job::Job, share},
    error::ContractError,
    neighbours::{registry, rewards, verifier},
    state::{self, SETUP},
};

/// An assignment, its job, and the attestation for its subject, whenever that was taken.
pub type Found = (Assignment, Job, Option<AttestationResponse>);

/// All that the rules look at.
pub fn find(deps: Deps, env: &Env, id: AssignmentId) -> Result<Found, ContractError> {
    let assignment = state::assignment(deps.storage, id)?;
    let job = state::job(deps.storage, assignment.job)?;
    let setup = SETUP.load(deps.storage)?;
    let subject = assignment.subject(&env.contract.address, id, &job);
    let attestation = verifier::attested(deps.querier, &setup.verifier, &assignment.operator, subject)?;
    Ok((assignment, job, attestation))
}

/// Ends each of a list as it is ruled, if `allows` finds that the message may carry such a ruling out. All or none.
pub fn each(
    mut deps: DepsMut,
    env: &Env,
    reporter: &Addr,
    list: Vec<AssignmentId>,
    allows: impl Fn(AssignmentId, Ruling) -> Result<Ending, ContractError>,
) -> Result<Response, ContractError> {
    bounded(&list)?;
    let now = env.block.time.seconds();
    list.into_iter().try_fold(Response::new(), |mut all, id| {
        let (assignment, job, attestation) = find(deps.as_ref(), env, id)?;
        let ruling = assignment.case(&job, attestation.as_ref())?.ruling(now);
        let one = end(deps.branch(), id, &job, assignment, allows(id, ruling)?, reporter)?;
        all.messages.extend(one.messages);
        all.events.extend(one.events);
        Ok(all)
    })
}

/// Ends an assignment, with what that does to money, shards, lien and reward. `reporter` is who said so.
pub fn end(
    deps: DepsMut,
    id: AssignmentId,
    job: &Job,
    assignment: Assignment,
    ending: Ending,
    reporter: &Addr,
) -> Result<Response, ContractError> {
    let setup = SETUP.load(deps.storage)?;
    let lien = assignment.lien;
    let slashed = match ending {
        Ending::Slashed | Ending::Lapsed => lien,
        Ending::Absent => share::up(lien, job.rules.absence_bps),
        Ending::GivenBack | Ending::Settled | Ending::Void => Uint128::zero(),
    };
    let paid = if ending == Ending::Settled { assignment.payment()? } else { Uint128::zero() };
    let provider = &assignment.provider;
    let slash = registry::slash(deps.querier, &setup.registry, job, provider, slashed, reporter)?;
    let release = registry::release(&setup.registry, provider, lien.checked_sub(slashed)?)?;
    let mut response = Response::new().add_messages(slash).add_messages(release);
    if ending == Ending::Settled {
        let gas = Some(job.rules.rewards_gas);
        response = response.add_submessage(rewards::reward(&setup.rewards, id, &assignment, gas)?);
    }
    let (provider, shards) = (provider.to_string(), assignment.count);
    let event = Ended { assignment: id, job: assignment.job, provider, ending, shards, paid, slashed };
    books::end(deps.storage, id, assignment, ending)?;
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
