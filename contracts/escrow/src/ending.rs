//! What settling, expiring and giving back share.

use std::{collections::BTreeMap, mem};

use cosmwasm_std::{Addr, Deps, DepsMut, Env, Response, Storage, Uint128, WasmMsg};
use tequio_contract::{bounds, checked};
use tequio_protocol::{
    AssignmentId, JobId, Moment, bps,
    escrow::{Ended, Ending, REFUTER_SHARDS, Ruling},
    verifier::{AttestationResponse, Verdict},
};

use crate::{
    books::{self, Fee},
    core::{assignment::Assignment, job::Job, slash::split},
    error::ContractError,
    neighbours::{
        registry,
        rewards::{self, Settled},
        verifier,
    },
    state::{self, Setup, Sums},
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
    let (mut endings, mut passed) = (Endings::begin(deps.storage)?, None);
    for id in list {
        let found = find(deps.as_ref(), env, id)?;
        let ruling = found.assignment.case(&found.job, found.attestation.as_ref())?.ruling(found.now);
        match allows(&found, ruling) {
            Err(reason) => passed = passed.or(Some(reason)),
            Ok(ending) => endings.end(deps.branch(), found, ending, reporter, Fee::default())?,
        }
    }
    match passed.filter(|_| endings.freed.is_empty()) {
        Some(reason) => Err(reason),
        None => endings.finish(deps),
    }
}

/// Ends one assignment.
pub fn one(
    mut deps: DepsMut,
    found: Found,
    ending: Ending,
    reporter: &Addr,
    fee: Fee,
) -> Result<Response, ContractError> {
    let mut endings = Endings::begin(deps.storage)?;
    endings.end(deps.branch(), found, ending, reporter, fee)?;
    endings.finish(deps)
}

/// What a message ends, and what that leaves to do: the sums are written once, and each provider's lien is freed once.
struct Endings {
    sums: Sums,
    /// Slashes, and what happened.
    response: Response,
    /// What of each provider's liens is free.
    freed: BTreeMap<Addr, Uint128>,
    settled: BTreeMap<(JobId, Addr), Settled>,
}

impl Endings {
    fn begin(storage: &dyn Storage) -> Result<Self, ContractError> {
        let (response, freed, settled) = Default::default();
        Ok(Self { sums: Sums::load(storage)?, response, freed, settled })
    }

    /// Ends an assignment, with what that does to money and shards. `reporter` is who said so; `fee` is what its provider has
    /// paid for that.
    fn end(
        &mut self,
        mut deps: DepsMut,
        found: Found,
        ending: Ending,
        reporter: &Addr,
        fee: Fee,
    ) -> Result<(), ContractError> {
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
        let freed: &mut Uint128 = self.freed.entry(assignment.provider.clone()).or_default();
        *freed = freed.checked_add(lien.checked_sub(slashed)?)?;
        if ending == Ending::Settled {
            self.settle(id, &assignment, &job)?;
        }
        let (job, provider) = (assignment.job, assignment.provider.to_string());
        let (first, shards) = (assignment.first, assignment.count);
        let payment = books::end(deps.storage, &mut self.sums, id, assignment, ending)?;
        let paid = payment.as_ref().map(|credited| credited.amount).unwrap_or_default();
        let Fee { fee, to_burn, credited } = fee;
        let ended = Ended { assignment: id, job, provider, ending, first, shards, paid, slashed, fee, to_burn };
        let response = mem::take(&mut self.response);
        self.response = response.add_messages(slash).add_event(ended).add_events(payment).add_events(credited);
        Ok(())
    }

    /// Has what was settled of one job and provider counted together.
    fn settle(&mut self, id: AssignmentId, assignment: &Assignment, job: &Job) -> Result<(), ContractError> {
        let (of, provider) = (assignment.job, assignment.provider.clone());
        let settled = self.settled.entry((of, provider.clone())).or_insert_with(|| {
            let gas = Some(job.rules.rewards_gas);
            Settled { job: of, provider, assignments: vec![], shards: 0, gas }
        });
        settled.assignments.push(id);
        settled.shards = checked::add(settled.shards, assignment.count)?;
        Ok(())
    }

    /// Writes the sums, frees what each provider's liens leave, in one message each, and has what was settled counted. A
    /// failure of the last is no failure of paying.
    fn finish(self, deps: DepsMut) -> Result<Response, ContractError> {
        let Self { sums, mut response, freed, settled } = self;
        sums.save(deps.storage)?;
        let Setup { registry, rewards, .. } = state::setup(deps.storage)?;
        for (provider, amount) in freed {
            response = response.add_messages(registry::release(&registry, &provider, amount)?);
        }
        for settled in settled.into_values() {
            response = response.add_submessage(rewards::reward(&rewards, settled)?);
        }
        Ok(response)
    }
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
