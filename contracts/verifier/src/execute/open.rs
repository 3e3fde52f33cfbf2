//! Open: recomputes the next draws of an attestation, for anyone.

use cosmwasm_std::{DepsMut, OverflowError, OverflowOperation, Response};
use tequio_attestation::{Outcome, Statement};
use tequio_protocol::{
    AttestationId, Digest, Moment,
    verifier::{Opened, Verdict},
};

use crate::{
    core::timing::{self, Finding, Progress},
    error::ContractError,
    state::{self, Attestation, Standing},
};

/// From what `opening` shows: all draws that are left, or some.
pub fn open(deps: DepsMut, now: Moment, id: AttestationId, opening: &[u8]) -> Result<Response, ContractError> {
    let standing = state::standing(deps.storage, id)?;
    let (round, seed) = openable(id, &standing, now)?;
    let (before, Attestation { subject, root, .. }) = (standing.progress.opened, standing.attestation);
    let statement = Statement { subject, root, seed };
    let (draws, terms) = (statement.subject.draws, statement.subject.terms);
    let progress = judge(&tequio_attestation::check(&statement, before, opening)?, before, draws, now)?;

    let newly = progress.opened.saturating_sub(before);
    state::change_counts(deps.storage, |counts| counts.open(newly, &progress.finding))?;
    state::save_progress(deps.storage, id, &progress)?;
    let verdict = timing::verdict(&progress.finding, &terms, None, &now).word().to_string();
    Ok(Response::new().add_event(Opened { attestation: id, round, opened: progress.opened, draws, verdict }))
}

/// The round and the seed, if the attestation can be opened now.
fn openable(id: AttestationId, standing: &Standing, now: Moment) -> Result<(u64, Digest), ContractError> {
    let (opened, draws) = (standing.progress.opened, standing.attestation.subject.draws);
    let verdict = standing.verdict(&now);
    if let Verdict::GenuineSoFar { .. } | Verdict::Genuine {} | Verdict::False(_) | Verdict::Refuted { .. } = verdict {
        return Err(ContractError::Closed { verdict: verdict.word(), opened, draws });
    }
    let Some(timing) = standing.timing else {
        return Err(ContractError::ClockBehind { block: standing.attestation.clock_block() });
    };
    match (verdict, timing.deadline) {
        (Verdict::Lapsed {}, Some(deadline)) => Err(ContractError::Lapsed { opened, draws, deadline, now }),
        (Verdict::Void {}, _) => Err(ContractError::Void { round: timing.round, limit: timing.limit }),
        _ => {
            let (beacon, round) = (standing.attestation.beacon, timing.round);
            let seed = standing.seed(id).ok_or(ContractError::RoundMissing { beacon, round, due: timing.due })?;
            Ok((round, seed))
        }
    }
}

/// What an outcome now makes of an attestation of which `before` draws were open.
fn judge(outcome: &Outcome, before: u32, draws: u32, now: Moment) -> Result<Progress, ContractError> {
    let overflow = || OverflowError::new(OverflowOperation::Add);
    match *outcome {
        Outcome::Agreed { draws: 0 } => Err(ContractError::NothingOpened),
        Outcome::Agreed { draws: newly } => {
            let opened = before.checked_add(newly).ok_or_else(overflow)?;
            let finding = if opened >= draws { Finding::Genuine(now) } else { Finding::Open };
            Ok(Progress { opened, finding })
        }
        Outcome::Disagreed(mismatch) => {
            let opened = mismatch.draw.checked_add(1).ok_or_else(overflow)?;
            Ok(Progress { opened, finding: Finding::False(mismatch) })
        }
    }
}
