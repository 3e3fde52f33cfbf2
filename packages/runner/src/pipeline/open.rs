//! Open: run the drawn shards again and show the drawn elements.

use std::collections::BTreeMap;

use tequio_attestation::{Evidence, Malformed, Statement, drawn_shards};
use tequio_backend::{Executable, RunError};
use tequio_protocol::verifier::{AttestationResponse, ExecuteMsg};

use super::{fetch::Work, run::Run};

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
    let subject = &attestation.subject;
    Ok(Statement {
        program_id: subject.program_id.0.0,
        input_root: subject.input_root.0,
        first_shard: subject.first_shard,
        count: subject.count,
        draws: subject.draws,
        root: attestation.root.0,
        seed: seed.0,
    })
}

/// The messages that open what is not opened yet, `part` draws in each. Anyone may send them, in order.
pub fn open(
    work: &Work,
    executable: &dyn Executable,
    run: &Run,
    attestation: &AttestationResponse,
    part: u32,
) -> Result<Vec<ExecuteMsg>, OpenError> {
    let statement = statement(attestation)?;
    let (mut shard_inputs, mut shard_traces) = (BTreeMap::new(), BTreeMap::new());
    for shard in drawn_shards(&statement, attestation.opened, statement.draws) {
        let number = statement.first_shard + shard;
        shard_traces.insert(shard, executable.trace(&work.inputs, number)?);
        shard_inputs.insert(shard, work.inputs.shard(number).into_iter().map(<[u8]>::to_vec).collect());
    }
    let evidence = Evidence {
        manifest: work.manifest(),
        inputs: &work.input_tree,
        trace: &run.tree,
        shard_inputs: &shard_inputs,
        shard_traces: &shard_traces,
    };
    (attestation.opened..statement.draws)
        .step_by(part.max(1) as usize)
        .map(|from| {
            let to = from.saturating_add(part.max(1)).min(statement.draws);
            let opening = tequio_attestation::open(&statement, &evidence, from, to)?;
            Ok(ExecuteMsg::Open { attestation: attestation.id, opening: opening.into() })
        })
        .collect()
}
