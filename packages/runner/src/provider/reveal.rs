//! Reveal: run shards again and show what is asked for of them, off chain or on demand.

use std::collections::BTreeMap;

use cosmwasm_std::Addr;
use tequio_attestation::{Digest, Evidence, Malformed, Statement, Wanted, touched_shards};
use tequio_backend::{Executable, RunError};
use tequio_protocol::{
    AssignmentId,
    verifier::{AttestationResponse, MIN_ROUNDS, Verdict},
};

use super::run::Run;
use crate::data::JobData;

#[derive(Debug, thiserror::Error)]
pub enum RevealError {
    #[error(transparent)]
    Run(#[from] RunError),
    #[error("{wanted} cannot be revealed: {reason}")]
    Answer { wanted: Wanted, reason: Malformed },
}

/// It is not served to this asker yet, or no draws are open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("assignment {assignment} is not served to {asker} now; from {from:?} on it is")]
pub struct NotServed {
    pub asker: Addr,
    pub assignment: AssignmentId,
    pub from: Option<u64>,
}

/// From when on what lies under an attestation is served to `asker`: to its principal at any time, to others once one full
/// walk is left of its audit window; `None` if that is not known yet.
pub fn serves_from(attestation: &AttestationResponse, asker: &Addr) -> Option<u64> {
    let Some(arbitration) = &attestation.subject.arbitration else { return Some(0) };
    if arbitration.principal == asker.as_str() {
        return Some(0);
    }
    match attestation.verdict {
        Verdict::Pending {} => None,
        Verdict::GenuineSoFar { until } => {
            let round = 2 * u64::from(arbitration.answer_window) + u64::from(arbitration.spacing);
            Some(until.time().saturating_sub(MIN_ROUNDS * round))
        }
        _ => Some(0),
    }
}

/// The answer to what somebody wants; of outputs, from part `from` on, what fits into `bytes`.
pub fn reveal(
    data: &JobData,
    executable: &dyn Executable,
    run: &Run,
    attestation: &AttestationResponse,
    wanted: Wanted,
    from: u64,
    bytes: usize,
) -> Result<Vec<u8>, RevealError> {
    let refused = |reason| RevealError::Answer { wanted, reason };
    let (subject, root) = (attestation.subject.clone(), attestation.root);
    let mut traces = BTreeMap::new();
    for index in touched_shards(&subject, data.manifest(), &wanted, from, bytes).map_err(refused)? {
        let shard = subject.first_shard.saturating_add(index);
        traces.insert(index, executable.trace(&data.inputs, shard)?);
    }
    let statement = Statement { subject, root, seed: Digest::default() };
    let evidence = Evidence {
        manifest: data.manifest(),
        inputs: &data.inputs,
        input_tree: &data.input_tree,
        tree: &run.tree,
        traces,
    };
    tequio_attestation::reveal(&statement, &evidence, &wanted, from, bytes).map_err(refused)
}
