//! Dispute: an audit job runs shards again that somebody attested to. Where the two differ, one element shows who is wrong.

use std::sync::Arc;

use anyhow::{Context, Result};
use cosmwasm_std::Addr;
use tequio_attestation::ShardTrace;
use tequio_client::{
    Chain, Escrow, Verifier,
    data::{Store, index},
    flow,
};
use tequio_protocol::{
    AssignmentId, AttestationId, Digest,
    escrow::AssignmentResponse,
    verifier::{AttestationResponse, ExecuteMsg},
};
use tokio::task::spawn_blocking;

use super::refute::{Side, first_difference};
use crate::{
    data::{JobData, fetch},
    traces,
};

/// An attested assignment, and where its provider delivered.
#[derive(Clone, Copy, Debug)]
pub struct Party<'a> {
    pub assignment: AssignmentId,
    pub delivery: &'a str,
}

/// A shard of which two providers attested to different roots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// Of the job that is audited.
    pub shard: u64,
    /// The assignments whose attestations are false there, one or both.
    pub wrong: Vec<AssignmentId>,
}

/// Why two assignments cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DisputeError {
    #[error("assignment {0} was not attested to")]
    Unattested(AssignmentId),
    #[error("the job of assignment {audit} audits other shards than those drawn of assignment {audited}")]
    NoAudit { audited: AssignmentId, audit: AssignmentId },
}

/// Compares an assignment of an audit job with the assignment that is audited, and refutes whoever is wrong, as `sender`,
/// unless another final answer is there. Runs no shard: `serve` asks the provider of an assignment for what it committed to
/// in a shard of its job, and says where it is.
///
/// Up to the first element that differs both agree, so that what follows there follows for both: nobody has to be believed.
/// After an error, as when somebody else was quicker, it can be called again.
pub async fn dispute<C: Chain>(
    chain: &C,
    store: &Store,
    sender: &Addr,
    [audited, audit]: [Party<'_>; 2],
    serve: impl AsyncFn(AssignmentId, u64) -> Result<String>,
) -> Result<Vec<Dispute>> {
    let parties = [known(chain, store, audited).await?, known(chain, store, audit).await?].map(Arc::new);
    let [audited, audit] = &parties;
    let mut disputes = vec![];
    for (own, shard) in (0..).zip(covered(audited, audit)?) {
        // What the audit job has besides is another assignment's.
        if audit.root(own).is_none_or(|root| audited.root(shard) == Some(root)) {
            continue;
        }
        let fetch = async |party: &Known, shard| {
            let key = serve(party.assignment.id, shard).await?;
            anyhow::Ok(traces::fetch(store, &key, party.data.manifest()).await?)
        };
        let traces = [fetch(audited, shard).await?, fetch(audit, own).await?];
        let (both, mut wrong) = (parties.clone(), vec![]);
        for (party, message) in spawn_blocking(move || decide(&both, [shard, own], traces)).await?? {
            refute(chain, sender, parties[party].attestation.id, message).await?;
            wrong.push(parties[party].assignment.id);
        }
        disputes.push(Dispute { shard, wrong });
    }
    Ok(disputes)
}

/// What anyone can know of a party.
struct Known {
    assignment: AssignmentResponse,
    attestation: AttestationResponse,
    roots: Vec<Digest>,
    data: JobData,
}

impl Known {
    /// The attested root of a shard of its job.
    fn root(&self, shard: u64) -> Option<Digest> {
        let at = shard.checked_sub(self.assignment.first)?;
        self.roots.get(usize::try_from(at).ok()?).copied()
    }

    /// What it shows of a shard of its job.
    fn side(&self, shard: u64, trace: ShardTrace) -> Result<Side<'_>> {
        let side = Side::new(&self.data, &self.attestation, self.roots.clone(), shard, trace);
        side.with_context(|| format!("what the provider of assignment {} shows", self.assignment.id))
    }
}

async fn known<C: Chain>(chain: &C, store: &Store, Party { assignment, delivery }: Party<'_>) -> Result<Known> {
    let assignment = Escrow(chain).assignment(assignment).await?;
    let attestation = Escrow(chain).attestation(&assignment).await?.ok_or(DisputeError::Unattested(assignment.id))?;
    let roots = index(store, delivery, assignment.count, &attestation.root).await?.shards;
    let data = fetch(store, &Escrow(chain).job(assignment.job).await?).await?;
    Ok(Known { assignment, attestation, roots, data })
}

/// The shards that the audit job is about, as the audited job numbers them, in its own order.
fn covered(audited: &Known, audit: &Known) -> Result<Vec<u64>> {
    let shards = flow::shards(&audited.assignment, &audited.attestation, audit.data.inputs.shards())?;
    let same_program = audited.attestation.subject.program_id == audit.attestation.subject.program_id;
    if same_program && audited.data.inputs.chosen(&shards) == audit.data.inputs {
        return Ok(shards);
    }
    Err(DisputeError::NoAudit { audited: audited.assignment.id, audit: audit.assignment.id }.into())
}

/// The messages that refute those who are wrong in the first element that differs, and which of the two each refutes.
fn decide(parties: &[Arc<Known>; 2], shards: [u64; 2], traces: [ShardTrace; 2]) -> Result<Vec<(usize, ExecuteMsg)>> {
    let [audited, audit] = parties;
    let [one, other] = traces;
    let [one, other] = [audited.side(shards[0], one)?, audit.side(shards[1], other)?];
    let difference = first_difference(&audited.data, one.shown(), other.shown());
    let mut wrong = vec![];
    for (party, side) in [one, other].into_iter().enumerate() {
        let Some((tensor, element)) = difference else { break };
        wrong.extend(side.refutation(tensor, element)?.map(|message| (party, message)));
    }
    Ok(wrong)
}

/// Sends a refutation, unless the attestation has its final answer.
async fn refute<C: Chain>(chain: &C, sender: &Addr, attestation: AttestationId, message: ExecuteMsg) -> Result<()> {
    if !Verifier(chain).attestation(attestation).await?.verdict.is_final() {
        chain.execute(sender, message).await?;
    }
    Ok(())
}
