//! Hold: writes down what holds an attestation, for its arbiter.

use cosmwasm_std::{DepsMut, Response};
use tequio_protocol::{
    AttestationId, Deadline, Moment,
    verifier::{Held, Holding, Verdict},
};

use crate::{
    core::{
        hold,
        timing::{Finding, Progress},
    },
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
    let (since, before) = match standing.progress.finding {
        Finding::Genuine(since) => (since, Held::default()),
        Finding::Held { since, held } => (since, held),
        _ => return Err(ContractError::NotHeld { verdict: verdict.word() }),
    };
    if let Some(answer_by) = &held.answer_by {
        deps.api.addr_validate(&answer_by.demander)?;
    }
    let subject = standing.attestation.subject;
    let answer_by = held.answer_by.as_ref().map(|answer_by| answer_by.deadline);
    if let Some(Deadline { since, .. }) = answer_by
        && !state::recorded(deps.storage, since)?
    {
        return Err(ContractError::NotRecorded { since });
    }
    if let Some(arbitration) = &subject.arbitration {
        hold::check((&subject.terms, arbitration), since, &before, &held, now)?;
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
