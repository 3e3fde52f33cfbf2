//! Auditor: runs shards again and compares them with what was attested. Nobody's word is needed: an element has one right
//! value on every device.

mod compare;
mod dispute;
mod refute;

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use cosmwasm_std::Addr;
use tequio_backend::Backend;
use tequio_client::{
    Chain, Escrow,
    data::{Store, index},
};
use tequio_protocol::AssignmentId;
use tokio::task::spawn_blocking;

pub use compare::{Difference, compare};
pub use dispute::{Dispute, DisputeError, Party, dispute};
pub use refute::{RefuteError, refute};

use crate::{
    jobs::{Jobs, Prepared},
    traces,
};

/// An auditor at work.
pub struct Auditor<'a, C> {
    chain: &'a C,
    jobs: Jobs<'a, C>,
}

impl<'a, C: Chain> Auditor<'a, C> {
    /// `store` is where it finds jobs' data and deliveries.
    pub fn new(chain: &'a C, store: Store, backend: Arc<dyn Backend>) -> Self {
        Self { chain, jobs: Jobs::new(chain, store, backend) }
    }

    /// Runs `shards`, numbered as the job has them, of an attested assignment again. `delivery` is where its provider
    /// delivered. Returns those whose root is not the attested one.
    pub async fn audit(
        &mut self,
        assignment: AssignmentId,
        delivery: &str,
        shards: Vec<u64>,
    ) -> Result<Vec<Difference>> {
        let assignment = Escrow(self.chain).assignment(assignment).await?;
        let attestation = Escrow(self.chain).attestation(&assignment).await?;
        let attested = attestation.with_context(|| format!("assignment {} was not attested to", assignment.id))?.root;
        let roots = index(&self.jobs.store, delivery, assignment.count, &attested).await?.shards;
        let Prepared { data, executable } = self.jobs.prepare(assignment.job).await?;
        let mut compared = vec![];
        for shard in shards {
            let root = shard.checked_sub(assignment.first).and_then(|at| roots.get(usize::try_from(at).ok()?));
            ensure!(root.is_some(), "assignment {} has no shard {shard}", assignment.id);
            compared.extend(root.map(|root| (shard, *root)));
        }
        let run = move || {
            let each = compared.into_iter().map(|(shard, root)| compare(&*executable, &data.inputs, shard, root));
            each.filter_map(Result::transpose).collect::<Result<Vec<_>, _>>()
        };
        Ok(spawn_blocking(run).await??)
    }

    /// Runs some shards of an attested assignment again, and refutes it by the first that was not run as its program says,
    /// if its provider serves what it committed to there: `serve` asks for it, and says where it is. By which shard.
    pub async fn watch(
        &mut self,
        sender: &Addr,
        assignment: AssignmentId,
        delivery: &str,
        shards: Vec<u64>,
        serve: impl AsyncFnOnce(u64) -> Result<String>,
    ) -> Result<Option<u64>> {
        let different = self.audit(assignment, delivery, shards).await?;
        let Some(Difference { shard, .. }) = different.into_iter().next() else { return Ok(None) };
        let trace = serve(shard).await?;
        let refuted = self.refute(sender, assignment, delivery, shard, &trace).await?;
        ensure!(refuted, "shard {shard} of assignment {assignment} differs, and what is served of it does not");
        Ok(Some(shard))
    }

    /// Refutes an attested assignment by one of its shards, if that was not run as its program says; `sender` is thanked
    /// for it out of the slash. `trace` is where its provider put what it committed to in that shard. Whether it did.
    pub async fn refute(
        &mut self,
        sender: &Addr,
        assignment: AssignmentId,
        delivery: &str,
        shard: u64,
        trace: &str,
    ) -> Result<bool> {
        let assignment = Escrow(self.chain).assignment(assignment).await?;
        let attestation = Escrow(self.chain).attestation(&assignment).await?;
        let attestation = attestation.with_context(|| format!("assignment {} was not attested to", assignment.id))?;
        let roots = index(&self.jobs.store, delivery, assignment.count, &attestation.root).await?.shards;
        let Prepared { data, executable } = self.jobs.prepare(assignment.job).await?;
        let shown = traces::fetch(&self.jobs.store, trace, data.manifest()).await?;
        let message = spawn_blocking(move || refute(&data, &*executable, &attestation, roots, shard, shown)).await??;
        let Some(message) = message else { return Ok(false) };
        self.chain.execute(sender, message).await?;
        Ok(true)
    }
}
