use cosmwasm_std::{DepsMut, Env, Response};
use tequio_attestation::{Outcome, Statement};
use tequio_protocol::{
    AttestationId, Digest,
    verifier::{Opened, Verdict},
};

use crate::{
    ContractError,
    core::timing::{Finding, Progress},
    state::{self, Attestation, COUNTS, Standing},
};

/// Recomputes the next draws of a pending attestation from what `opening` shows.
pub fn open(deps: DepsMut, env: Env, id: AttestationId, opening: &[u8]) -> Result<Response, ContractError> {
    let standing = state::standing(deps.storage, id)?;
    let seed = openable(id, &standing, env.block.time.seconds())?;
    let (before, Attestation { subject, root, .. }) = (standing.progress.opened, standing.attestation);
    let statement = Statement { subject, root, seed };
    let draws = statement.subject.draws;
    let progress = judge(&tequio_attestation::check(&statement, before, opening)?, before, draws)?;

    let newly = progress.opened.saturating_sub(before);
    let mut counts = COUNTS.load(deps.storage)?;
    counts.open(newly, &progress.finding)?;
    COUNTS.save(deps.storage, &counts)?;
    state::save_progress(deps.storage, id, &progress)?;
    let verdict = progress.finding.verdict().word().to_string();
    Ok(Response::new().add_event(Opened { attestation: id, opened: progress.opened, draws, verdict }))
}

/// The seed, if the attestation can be opened at time `now`.
fn openable(id: AttestationId, standing: &Standing, now: u64) -> Result<Digest, ContractError> {
    let (opened, draws) = (standing.progress.opened, standing.attestation.subject.draws);
    let verdict = standing.verdict(now);
    if let Verdict::Genuine {} | Verdict::False(_) = verdict {
        return Err(ContractError::Closed { verdict: verdict.word(), opened, draws });
    }
    let Some(timing) = standing.timing else {
        return Err(ContractError::ClockBehind { height: standing.clock_height() });
    };
    match (verdict, timing.deadline) {
        (Verdict::Lapsed {}, Some(deadline)) => Err(ContractError::Lapsed { opened, draws, deadline, now }),
        (Verdict::Void {}, _) => Err(ContractError::Void { round: timing.round, limit: timing.limit }),
        _ => standing.seed(id).ok_or(ContractError::RoundMissing {
            beacon: standing.attestation.terms.beacon,
            round: timing.round,
            due: timing.due,
        }),
    }
}

/// What an outcome makes of an attestation of which `before` draws were open.
fn judge(outcome: &Outcome, before: u32, draws: u32) -> Result<Progress, ContractError> {
    match *outcome {
        Outcome::Agreed { draws: 0 } => Err(ContractError::NothingOpened),
        Outcome::Agreed { draws: newly } => {
            let opened = before.checked_add(newly).ok_or(ContractError::Overflow)?;
            let finding = if opened >= draws { Finding::Genuine } else { Finding::Open };
            Ok(Progress { opened, finding })
        }
        Outcome::Disagreed(mismatch) => {
            let opened = mismatch.draw.checked_add(1).ok_or(ContractError::Overflow)?;
            Ok(Progress { opened, finding: Finding::False(mismatch) })
        }
    }
}
