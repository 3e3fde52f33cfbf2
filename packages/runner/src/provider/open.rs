//! Open: run the drawn shards again and show the drawn elements.

use tequio_attestation::{Evidence, Malformed, Statement, drawn_traces};
use tequio_backend::{Executable, RunError};
use tequio_protocol::verifier::{AttestationResponse, ExecuteMsg};

use super::run::Run;
use crate::data::JobData;

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the round of attestation {0} is not there yet")]
    Early(tequio_protocol::AttestationId),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error("the drawn elements cannot be opened: {0}")]
    Opening(#[from] Malformed),
}

/// What the chain knows of an attestation whose round is there.
pub fn statement(attestation: &AttestationResponse) -> Result<Statement, OpenError> {
    let seed = attestation.round.as_ref().and_then(|round| round.seed).ok_or(OpenError::Early(attestation.id))?;
    Ok(Statement { subject: attestation.subject.clone(), root: attestation.root, seed })
}

/// The messages that open what is not opened yet, `part` draws in each. Anyone may send them, in order.
pub fn open(
    data: &JobData,
    executable: &dyn Executable,
    run: &Run,
    attestation: &AttestationResponse,
    part: u32,
) -> Result<Vec<ExecuteMsg>, OpenError> {
    let statement = statement(attestation)?;
    let draws = statement.subject.draws;
    let trace = |shard| executable.trace(&data.inputs, shard);
    let evidence = Evidence {
        manifest: data.manifest(),
        inputs: &data.inputs,
        input_tree: &data.input_tree,
        tree: &run.tree,
        traces: drawn_traces(&statement, attestation.opened..draws, trace)?,
    };
    (attestation.opened..draws)
        .step_by(part.max(1) as usize)
        .map(|from| {
            let to = from.saturating_add(part.max(1)).min(draws);
            let opening = tequio_attestation::open(&statement, &evidence, from..to)?;
            Ok(ExecuteMsg::Open { attestation: attestation.id, opening: opening.into() })
        })
        .collect()
}
