//! Refute: recomputes one element that somebody chose, for anyone.

use cosmwasm_std::{DepsMut, Response};
use tequio_attestation::{Outcome, Position, Statement};
use tequio_contract::door::Caller;
use tequio_protocol::{AttestationId, Digest, Moment, verifier::Refuted};

use crate::{
    core::timing::{Finding, Progress},
    error::ContractError,
    state::{self, Attestation},
};

/// What does not follow ends the attestation, whatever its draws have shown; everything else changes nothing. Nobody
/// needs the round for it.
pub fn refute(
    deps: DepsMut,
    now: Moment,
    caller: Caller,
    id: AttestationId,
    shard: u64,
    element: u32,
    opening: &[u8],
) -> Result<Response, ContractError> {
    let standing = state::standing(deps.storage, id)?;
    let verdict = standing.verdict(&now);
    let (progress, Attestation { subject, root, .. }) = (standing.progress, standing.attestation);
    let (first, count, draws) = (subject.first_shard, subject.count, subject.draws);
    if verdict.is_final() {
        return Err(ContractError::Closed { verdict: verdict.word(), opened: progress.opened, draws });
    }
    let within = shard.checked_sub(first).filter(|index| *index < count);
    let shard_index = within.ok_or(ContractError::UnknownShard { shard, first, count })?;
    let statement = Statement { subject, root, seed: Digest::default() };
    let outcome = tequio_attestation::refute(&statement, Position { shard: shard_index, element }, opening)?;
    let Outcome::Disagreed(wrong) = outcome else {
        return Err(ContractError::Follows { shard, element });
    };

    state::change_counts(deps.storage, |counts| counts.refute(&progress.finding))?;
    let by = caller.address;
    let finding = Finding::Refuted { by: by.clone(), wrong };
    state::save_progress(deps.storage, id, &Progress { opened: progress.opened, finding })?;
    Ok(Response::new().add_event(Refuted {
        attestation: id,
        by: by.into(),
        shard: shard.into(),
        tensor: wrong.tensor,
        element: wrong.element,
        claimed: wrong.claimed,
        computed: wrong.computed,
    }))
}
