//! Open: run the drawn shards again and show the drawn elements.

use std::ops::Range;

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

/// Most of an opening that goes into one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub draws: u32,
    /// Bytes of the opening, unless one draw takes more. A check keeps some hundred bytes for each leaf, and a leaf may
    /// have one byte: what bounds bytes bounds its memory too.
    pub bytes: usize,
}

impl Default for Part {
    /// 64 KiB: a check of it stays far below the 32 MiB that a chain gives a contract, whatever the leaves.
    fn default() -> Self {
        Self { draws: u32::MAX, bytes: 64 << 10 }
    }
}

/// The messages that open what is not opened yet, a part in each. Anyone may send them, in order.
pub fn open(
    data: &JobData,
    executable: &dyn Executable,
    run: &Run,
    attestation: &AttestationResponse,
    part: Part,
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
    let (mut from, mut messages) = (attestation.opened, vec![]);
    while from < draws {
        let (to, opening) = longest(&statement, &evidence, from..draws, part)?;
        messages.push(ExecuteMsg::Open { attestation: attestation.id, opening: opening.into() });
        from = to;
    }
    Ok(messages)
}

/// The opening of as many of these draws as are a part, at least of one, and the draw after them. An opening of more draws
/// is never shorter.
fn longest(
    statement: &Statement,
    evidence: &Evidence<'_>,
    draws: Range<u32>,
    part: Part,
) -> Result<(u32, Vec<u8>), Malformed> {
    let (mut fits, mut excess) = (draws.start + 1, draws.start.saturating_add(part.draws.max(1)).min(draws.end) + 1);
    let mut opening = tequio_attestation::open(statement, evidence, draws.start..fits)?;
    let mut next = excess - 1;
    while fits + 1 < excess {
        let longer = tequio_attestation::open(statement, evidence, draws.start..next)?;
        if longer.len() <= part.bytes {
            (fits, opening) = (next, longer);
        } else {
            excess = next;
        }
        next = fits + (excess - fits) / 2;
    }
    Ok((fits, opening))
}
