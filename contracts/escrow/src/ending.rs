//! What settling, expiring and giving back share.

use std::collections::BTreeMap;

use cosmwasm_std::{Addr, Deps, DepsMut, Env, Response, SubMsg, Uint128, WasmMsg};
use tequio_contract::bounds;
use tequio_protocol::{
    AssignmentId, Moment, bps,
    escrow::{Ended, Ending, REFUTER_SHARDS, Ruling},
    verifier::{AttestationResponse, Verdict},
};

use crate::{
    books::{self, Fee},
    core::{assignment::Assignment, job::Job, slash::split},
    error::ContractError,
    neighbours::{registry, rewards, verifier},
    state::{self, Sums},
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

/// Ends each of a list as it is ruled, if `allows` finds that the message may carry such a ruling out. The others are
/// passed over: anyone may have ended one just before, and one that is too early holds up nobody's. If none is ended,
/// the first reason is the error.
pub fn each(
    mut deps: DepsMut,
    env: &Env,
    reporter: &Addr,
    list: Vec<AssignmentId>,
    allows: impl Fn(&Found, Ruling) -> Result<Ending, ContractError>,
) -> Result<Response, ContractError> {
    bounds::listed("assignments", &list)?;
    let (mut all, mut passed, mut freed, mut rewards) = (Response::new(), None, BTreeMap::new(), vec![]);
    let mut sums = Sums::load(deps.storage)?;
    for id in list {
        let found = find(deps.as_ref(), env, id)?;
        let ruling = found.assignment.case(&found.job, found.attestation.as_ref())?.ruling(found.now);
        match allows(&found, ruling) {
            Err(reason) => passed = passed.or(Some(reason)),
            Ok(ending) => {
                let provider = found.assignment.provider.clone();
                let one = end(deps.branch(), &mut sums, found, ending, reporter, Fee::default())?;
                all.messages.extend(one.response.messages);
                all.events.extend(one.response.events);
                rewards.extend(one.reward);
                let sum: &mut Uint128 = freed.entry(provider).or_default();
                *sum = sum.checked_add(one.freed)?;
            }
        }
    }
    // An ending always has its event.
    if let Some(reason) = passed.filter(|_| all.events.is_empty()) {
        return Err(reason);
    }
    sums.save(deps.storage)?;
    Ok(release(deps.as_ref(), all, freed)?.add_submessages(rewards))
}

/// Ends one assignment.
pub fn one(
    mut deps: DepsMut,
    found: Found,
    ending: Ending,
    reporter: &Addr,
    fee: Fee,
) -> Result<Response, ContractError> {
    let (mut sums, provider) = (Sums::load(deps.storage)?, found.assignment.provider.clone());
    let one = end(deps.branch(), &mut sums, found, ending, reporter, fee)?;
    sums.save(deps.storage)?;
    let response = release(deps.as_ref(), one.response, BTreeMap::from([(provider, one.freed)]))?;
    Ok(response.add_submessages(one.reward))
}

/// Frees what each provider's liens leave, in one message each.
fn release(deps: Deps, response: Response, freed: BTreeMap<Addr, Uint128>) -> Result<Response, ContractError> {
    let registry = state::setup(deps.storage)?.registry;
    freed.into_iter().try_fold(response, |response, (provider, amount)| {
        Ok(response.add_messages(registry::release(&registry, &provider, amount)?))
    })
}

/// What ending an assignment leaves to do.
struct One {
    /// Slashes, and what happened.
    response: Response,
    /// What of its lien is free.
    freed: Uint128,
    reward: Option<SubMsg>,
}

/// Ends an assignment, with what that does to money and shards. `reporter` is who said so; `fee` is what its provider has
/// paid for that.
fn end(
    mut deps: DepsMut,
    sums: &mut Sums,
    found: Found,
    ending: Ending,
    reporter: &Addr,
    fee: Fee,
) -> Result<One, ContractError> {
    let Found { id, assignment, job, attestation, .. } = found;
    let setup = state::setup(deps.storage)?;
    let lien = assignment.lien;
    let slashed = match ending {
        Ending::Slashed | Ending::Refuted | Ending::Withheld | Ending::Lapsed => lien,
        Ending::Absent => bps::ceil(lien, job.rules.absence_bps)?,
        Ending::GivenBack | Ending::Settled | Ending::Void => Uint128::zero(),
    };
    let reported = match attestation.map(|attestation| attestation.verdict) {
        Some(Verdict::Refuted { by, .. }) if ending == Ending::Refuted => {
            Reported::of_refuter(by, &assignment, &job, setup.max_gas)
        }
        Some(Verdict::Withheld { from }) if ending == Ending::Withheld => Reported::of_demander(from, &job),
        _ => Reported { by: reporter.clone(), most: job.rules.reporter_tip },
    };
    let slash = slash(deps.branch(), &setup.registry, &assignment, &job, slashed, &reported)?;
    let provider = &assignment.provider;
    let freed = lien.checked_sub(slashed)?;
    let reward = match ending {
        Ending::Settled => Some(rewards::reward(&setup.rewards, id, &assignment, Some(job.rules.rewards_gas))?),
        _ => None,
    };
    let (job, provider) = (assignment.job, provider.to_string());
    let (first, shards) = (assignment.first, assignment.count);
    let payment = books::end(deps.storage, sums, id, assignment, ending)?;
    let paid = payment.as_ref().map(|credited| credited.amount).unwrap_or_default();
    let Fee { fee, to_burn, credited } = fee;
    let ended = Ended { assignment: id, job, provider, ending, first, shards, paid, slashed, fee, to_burn };
    let response = Response::new().add_messages(slash).add_event(ended).add_events(payment).add_events(credited);
    Ok(One { response, freed, reward })
}

/// Who is thanked for a slash, and with how much at most.
struct Reported {
    by: Addr,
    most: Uint128,
}

impl Reported {
    /// Who refuted an attestation comes instead of who ends the assignment.
    /// Who posts a job sets its price, so that does not bound what a thief of a key could pay itself: `max_gas` does.
    fn of_refuter(by: String, assignment: &Assignment, job: &Job, max_gas: Uint128) -> Self {
        let cost = assignment.price.saturating_add(job.lien.mint).saturating_mul(REFUTER_SHARDS.into());
        // The verifier had it from the chain.
        Self { by: Addr::unchecked(by), most: job.rules.reporter_tip.saturating_add(cost.min(max_gas)) }
    }

    /// So does who demanded what was withheld, for its gas and no more: else taking a provider off line would pay.
    fn of_demander(from: String, job: &Job) -> Self {
        let gas = job.arbitration.as_ref().map(|arbiter| arbiter.answer_gas).unwrap_or_default();
        Self { by: Addr::unchecked(from), most: job.rules.reporter_tip.saturating_add(gas) }
    }
}

/// Slashes `amount` of an assignment's lien, which its job's rules and its client's gas split.
///
/// The burned share is the job's, or the registry's of today if that is higher: it would refuse less.
fn slash(
    deps: DepsMut,
    registry: &Addr,
    assignment: &Assignment,
    job: &Job,
    amount: Uint128,
    reported: &Reported,
) -> Result<Option<WasmMsg>, ContractError> {
    if amount.is_zero() {
        return Ok(None);
    }
    let burn_bps = registry::config(deps.querier, registry)?.config.burn_bps.max(job.lien.burn_bps);
    let gas = state::client_gas_left(deps.storage, assignment.job, job)?;
    let split = split(amount, burn_bps, reported.most, gas)?;
    state::give_client_gas(deps.storage, assignment.job, split.client)?;
    Ok(registry::slash(registry, &assignment.provider, amount, split, (&job.client, &reported.by))?)
}
