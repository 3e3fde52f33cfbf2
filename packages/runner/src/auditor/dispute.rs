//! Dispute: an audit job runs shards again that somebody attested to. Where the two differ, one element shows who is wrong.

use anyhow::Result;
use cosmwasm_std::Addr;
use tequio_client::{Chain, data::index, flow};
use tequio_protocol::{AssignmentId, Digest};

use super::{Attested, Auditor, Found, Providers};
use crate::jobs::Prepared;

/// A shard of which two providers attested to different roots, or of which one does not say what it attested to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// Of the job that is audited.
    pub shard: u64,
    /// What running it again has shown of the one who is audited, and of the one who audits.
    pub found: [Found; 2],
}

/// Two assignments that cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the job of assignment {audit} audits other shards than those drawn of assignment {audited}")]
pub struct NoAudit {
    pub audited: AssignmentId,
    pub audit: AssignmentId,
}

impl<C: Chain> Auditor<'_, C> {
    /// Compares an assignment of an audit job with the assignment that it audits, and refutes whoever is wrong, one or both.
    /// Only shards in which they differ are run again: whoever is right can do that, and the client.
    pub async fn dispute(
        &mut self,
        sender: &Addr,
        audited: AssignmentId,
        audit: AssignmentId,
        providers: &impl Providers,
    ) -> Result<Vec<Dispute>> {
        let covered = self.covered(audited, audit).await?;
        let mut roots = vec![];
        for assignment in [audited, audit] {
            roots.push(self.roots(assignment, providers).await?);
        }
        let mut disputes = vec![];
        for (own, shard) in covered {
            let [one, other] = [(0, shard), (1, own)].map(|(party, shard): (usize, u64)| {
                let (first, roots) = &roots[party];
                shard.checked_sub(*first).and_then(|at| roots.get(usize::try_from(at).ok()?))
            });
            if one.is_some() && one == other {
                continue;
            }
            let mut found = [Found::Same; 2];
            for (found, (assignment, shard)) in found.iter_mut().zip([(audited, shard), (audit, own)]) {
                *found = self.watch(sender, assignment, shard, providers).await?;
            }
            disputes.push(Dispute { shard, found });
        }
        Ok(disputes)
    }

    /// The shards of an assignment of an audit job, each with the one of the audited job that it is.
    async fn covered(&mut self, audited: AssignmentId, audit: AssignmentId) -> Result<Vec<(u64, u64)>> {
        let (one, other) = (self.attested(audited).await?, self.attested(audit).await?);
        let Prepared { data, .. } = self.jobs.prepare(one.assignment.job).await?;
        let Prepared { data: chosen, .. } = self.jobs.prepare(other.assignment.job).await?;
        let shards = flow::shards(&one.assignment, &one.attestation, chosen.inputs.shards())?;
        let same_program = one.attestation.subject.program_id == other.attestation.subject.program_id;
        if !same_program || data.inputs.chosen(&shards) != chosen.inputs {
            return Err(NoAudit { audited, audit }.into());
        }
        let (first, end) = (other.assignment.first, other.assignment.first + other.assignment.count);
        // What the audit job has besides is another assignment's.
        Ok((0..).zip(shards).filter(|(own, _)| (first..end).contains(own)).collect())
    }

    /// The first shard of an assignment and the roots of all, as far as its provider delivered them.
    async fn roots(&self, assignment: AssignmentId, providers: &impl Providers) -> Result<(u64, Vec<Digest>)> {
        let Attested { assignment, attestation } = self.attested(assignment).await?;
        let Some(delivery) = providers.delivery(assignment.id).await else { return Ok((assignment.first, vec![])) };
        let delivered = index(&self.jobs.store, &delivery, assignment.count, &attestation.root).await;
        Ok((assignment.first, delivered.map(|delivered| delivered.shards).unwrap_or_default()))
    }
}
