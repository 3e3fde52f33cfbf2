//! What settling, expiring and giving back share.

use cosmwasm_std::{Addr, Deps, DepsMut, Env, Response, Uint128};
use tequio_contract::bounds;
use tequio_protocol::{
    AssignmentId, Moment, bps,
    escrow::{Credited, Ended, Ending, Ruling},
    verifier::AttestationResponse,
};

use crate::{
    books,
    core::{assignment::Assignment, job::Job},
    error::ContractError,
    neighbours::{registry, rewards, verifier},
    state,
};

/// An assignment, its job, and the attestation for its subject, whenever that was taken.
pub struct Found {
    pub id: AssignmentId,
    pub assignment: Assignment,
    pub job: Job,
    pub attestation: Option<AttestationResponse>,
    /// The block, as deadlines count it.
    pub now: Moment,
}

/// All that the rules look at.
pub fn find(deps: Deps, env: &Env, id: AssignmentId) -> Result<Found, ContractError> {
    let assignment = state::assignment(deps.storage, id)?;
    let job = state::job(deps.storage, assignment.job)?;
    let verifier = state::setup(deps.storage)?.verifier;
    let subject = assignment.subject(&env.contract.address, id, &job);
    let answer = verifier::attested(deps.querier, &verifier, &assignment.operator, subject)?;
    Ok(Found { id, assignment, job, attestation: answer.attestation, now: answer.now })
}

/// Ends each of a list as it is ruled, if `allows` finds that the message may carry such a ruling out. What is over is
/// passed over, since anyone may have ended it just before; all the others, at least one, or none.
pub fn each(
    mut deps: DepsMut,
    env: &Env,
    reporter: &Addr,
    list: Vec<AssignmentId>,
    allows: impl Fn(&Found, Ruling) -> Result<Ending, ContractError>,
) -> Result<Response, ContractError> {
    bounds::listed("assignments", &list)?;
    let (mut all, mut over) = (Response::new(), None);
    for id in list {
        let found = find(deps.as_ref(), env, id)?;
        let ruling = found.assignment.case(&found.job, found.attestation.as_ref())?.ruling(found.now);
        match allows(&found, ruling) {
            Err(error @ ContractError::Over { .. }) => over = Some(error),
            ending => {
                let one = end(deps.branch(), found, ending?, reporter, None)?;
                all.messages.extend(one.messages);
                all.events.extend(one.events);
            }
        }
    }
    // An ending always has its event.
    over.filter(|_| all.events.is_empty()).map_or(Ok(all), Err)
}

/// Ends an assignment, with what that does to money, shards, lien and reward. `reporter` is who said so; `fee` is what
/// its provider has paid the client for that.
pub fn end(
    deps: DepsMut,
    found: Found,
    ending: Ending,
    reporter: &Addr,
    fee: Option<Credited>,
) -> Result<Response, ContractError> {
    let Found { id, assignment, job, .. } = found;
    let setup = state::setup(deps.storage)?;
    let lien = assignment.lien;
    let slashed = match ending {
        Ending::Slashed | Ending::Lapsed => lien,
        Ending::Absent => bps::ceil(lien, job.rules.absence_bps)?,
        Ending::GivenBack | Ending::Settled | Ending::Void => Uint128::zero(),
    };
    let provider = &assignment.provider;
    let slash = registry::slash(deps.querier, &setup.registry, &job, provider, slashed, reporter)?;
    let release = registry::release(&setup.registry, provider, lien.checked_sub(slashed)?)?;
    let mut response = Response::new().add_messages(slash).add_messages(release);
    if ending == Ending::Settled {
        let gas = Some(job.rules.rewards_gas);
        response = response.add_submessage(rewards::reward(&setup.rewards, id, &assignment, gas)?);
    }
    let (job, provider) = (assignment.job, provider.to_string());
    let (first, shards) = (assignment.first, assignment.count);
    let payment = books::end(deps.storage, id, assignment, ending)?;
    let amount = |credited: &Option<Credited>| credited.as_ref().map(|credited| credited.amount).unwrap_or_default();
    let (paid, fee_paid) = (amount(&payment), amount(&fee));
    let ended = Ended { assignment: id, job, provider, ending, first, shards, paid, slashed, fee: fee_paid };
    Ok(response.add_event(ended).add_events(payment).add_events(fee))
}
