//! Hold: writes down what holds an attestation, for its arbiter.

use cosmwasm_std::{DepsMut, Response};
use tequio_protocol::{
    AttestationId, Deadline, Moment,
    verifier::{Held, Holding, Verdict, longest_hold},
};

use crate::{
    core::timing::{Finding, Progress},
    error::ContractError,
    state,
};

/// In place of what was written before, while the attestation is genuine so far. Nothing holds it for ever, whatever the
/// arbiter does.
pub fn hold(deps: DepsMut, now: Moment, id: AttestationId, held: Held) -> Result<Response, ContractError> {
    let standing = state::standing(deps.storage, id)?;
    let verdict = standing.verdict(&now);
    let Verdict::GenuineSoFar { .. } = verdict else {
        return Err(ContractError::NotHeld { verdict: verdict.word() });
    };
    let (Finding::Genuine(since) | Finding::Held { since, .. }) = standing.progress.finding else {
        return Err(ContractError::NotHeld { verdict: verdict.word() });
    };
    if let Some(answer_by) = &held.answer_by {
        deps.api.addr_validate(&answer_by.demander)?;
    }
    let subject = standing.attestation.subject;
    let answer_by = held.answer_by.as_ref().map(|answer_by| answer_by.deadline);
    if let Some(arbitration) = &subject.arbitration {
        let limit = longest_hold(&subject.terms, arbitration, since);
        let beyond = |until: &Deadline| limit.over(&Moment { time: until.time(), block: until.block() });
        if let Some(until) = answer_by.into_iter().chain(held.turn).find(beyond) {
            return Err(ContractError::HeldTooLong { until, limit });
        }
    }
    let event = Holding {
        attestation: id,
        demander: held.answer_by.as_ref().map(|answer_by| answer_by.demander.clone()),
        answer_by: answer_by.map(|until| until.time()),
        turn: held.turn.map(|until| until.time()),
    };
    let opened = standing.progress.opened;
    state::save_progress(deps.storage, id, &Progress { opened, finding: Finding::Held { since, held } })?;
    Ok(Response::new().add_event(event))
}
