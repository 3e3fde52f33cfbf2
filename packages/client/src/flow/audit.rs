//! Audit: draw · publish · post.

use anyhow::{Context, Result};
use cosmwasm_std::{Addr, Uint128};
use tequio_attestation::{Inputs, Manifest, audited};
use tequio_protocol::{
    AssignmentId, Digest, JobId, ProgramId,
    escrow::{AssignmentResponse, JobSpec, MIN_ATTEST_WINDOW, Posted, QuoteResponse},
    verifier::{AttestationResponse, MIN_ROUNDS, Subject, Verdict},
};

use super::post;
use crate::{
    Chain, Escrow,
    data::{Bundle, Store, sizes, upload_inputs},
};

/// What somebody else is to run of an assignment that was attested to.
#[derive(Clone, Debug)]
pub struct Audit {
    pub assignment: AssignmentId,
    /// How many of its shards: at least one, at most all.
    pub shards: u64,
    /// Owner keys of the providers that may, not the assignment's own.
    pub takers: Vec<String>,
    /// Payment for one shard.
    pub price: Uint128,
}

/// Why nothing can be audited.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    #[error("assignment {0} was not attested to")]
    Unattested(AssignmentId),
    #[error("the round that assignment {0} is drawn from is not there yet, nor what to audit")]
    Early(AssignmentId),
    #[error("assignment {assignment} is {verdict}")]
    Over { assignment: AssignmentId, verdict: &'static str },
    #[error("nobody is named who audits assignment {0}")]
    Nobody(AssignmentId),
    #[error("{provider} cannot audit itself")]
    Itself { provider: String },
    #[error("the program is {found}, that of job {job} is {posted}")]
    Program { job: JobId, found: ProgramId, posted: ProgramId },
    #[error("the inputs have root {found}, job {job} names {posted}")]
    Inputs { job: JobId, found: Digest, posted: Digest },
    #[error("{left} s are left to audit assignment {assignment}, {kept} of them to show who is wrong: too few")]
    NoTime { assignment: AssignmentId, left: u64, kept: u64 },
}

/// Seconds that are kept to ask both providers and refute one, where nobody takes demands.
const ASKING: u64 = 300;

/// Posts an audit job: an ordinary job of the same program over shards that the assignment's own round draws, with the terms
/// of the job that is audited. `manifest` is its program's.
///
/// Half of the time is for taking it, half for attesting to it; after that there is still time for one full walk of demands
/// before what is audited can be paid. (Where blocks are so slow that a window's take longer than its seconds, for less.)
pub async fn audit<C: Chain>(
    chain: &C,
    store: &Store,
    client: &Addr,
    manifest: &Manifest,
    audit: Audit,
) -> Result<(QuoteResponse, Posted)> {
    let Audit { assignment: id, shards: wanted, takers, price } = audit;
    let assignment = Escrow(chain).assignment(id).await?;
    let attestation = Escrow(chain).attestation(&assignment).await?.ok_or(AuditError::Unattested(id))?;
    if takers.is_empty() {
        return Err(AuditError::Nobody(id).into());
    }
    if takers.contains(&assignment.provider) {
        return Err(AuditError::Itself { provider: assignment.provider }.into());
    }
    let shards = shards(&assignment, &attestation, wanted)?;
    let now = chain.block().await?.time;
    let (take, attest_window) = windows(id, &attestation, now)?;

    let job = Escrow(chain).job(assignment.job).await?;
    let (found, posted) = (manifest.program_id(), job.program_id);
    if found != posted {
        return Err(AuditError::Program { job: job.id, found, posted }.into());
    }
    let bundle: Bundle =
        serde_json::from_slice(&store.get(&job.data, Bundle::MOST).await?).context("the job's bundle")?;
    let mut buffers = vec![];
    for (key, most) in bundle.inputs.iter().zip(sizes(manifest, job.shards)) {
        buffers.push(store.get(key, most).await?);
    }
    let inputs = Inputs::new(manifest, buffers)?;
    let (found, posted) = (inputs.root(manifest, &inputs.tree(manifest)), job.inputs);
    if found != posted {
        return Err(AuditError::Inputs { job: job.id, found, posted }.into());
    }
    let inputs = inputs.chosen(&shards);
    let bundle = bundle.with(&inputs);
    upload_inputs(store, &bundle, &inputs).await?;
    let published = bundle.published(manifest, &inputs)?;
    let (draws, audit_window, end) = (job.draws, Some(job.terms.audit_window), now.saturating_add(take));
    let spec = JobSpec { price, draws, takers, attest_window, audit_window, end, ..published.spec(manifest) };
    post(chain, client, spec).await
}

/// The shards of an attested assignment, as its job numbers them, that an audit of `wanted` runs, in the order of the audit
/// job's own. They are not known before the round of its draws.
pub fn shards(
    assignment: &AssignmentResponse,
    attestation: &AttestationResponse,
    wanted: u64,
) -> Result<Vec<u64>, AuditError> {
    let seed = attestation.round.as_ref().and_then(|round| round.seed).ok_or(AuditError::Early(assignment.id))?;
    Ok(audited(&seed, assignment.count, wanted.max(1)).into_iter().map(|at| assignment.first + at).collect())
}

/// Seconds from `now` for taking an audit of the assignment, and from then for attesting to it.
fn windows(assignment: AssignmentId, attestation: &AttestationResponse, now: u64) -> Result<(u64, u32), AuditError> {
    let left = match &attestation.verdict {
        // It may be opened any moment.
        Verdict::Pending {} => attestation.subject.terms.audit_window.into(),
        Verdict::GenuineSoFar { until } => until.time().saturating_sub(now),
        verdict => return Err(AuditError::Over { assignment, verdict: verdict.word() }),
    };
    let kept = walk(&attestation.subject).unwrap_or(ASKING);
    let each = u32::try_from(left.saturating_sub(kept) / 2).unwrap_or(u32::MAX);
    if each < MIN_ATTEST_WINDOW {
        return Err(AuditError::NoTime { assignment, left, kept });
    }
    Ok((each.into(), each))
}

/// Seconds of a full walk of demands from the shards' roots to a leaf: each is answered, and has its turn.
fn walk(subject: &Subject) -> Option<u64> {
    let terms = subject.arbitration.as_ref()?;
    Some(MIN_ROUNDS * (2 * u64::from(terms.answer_window) + u64::from(terms.spacing)))
}
