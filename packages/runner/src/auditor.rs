//! Auditor: runs shards again and compares them with what was attested. Nobody's word is needed: an element has one right
//! value on every device.

mod compare;
mod demand;
mod dispute;
mod walk;

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use cosmwasm_std::Addr;
use tequio_attestation::Wanted;
use tequio_backend::Backend;
use tequio_client::{
    Chain, Escrow, Verifier,
    data::{Store, index, receive},
};
use tequio_protocol::{
    AssignmentId, AttestationId, DemandId,
    escrow::AssignmentResponse,
    verifier::{AttestationResponse, ExecuteMsg, Verdict},
};
use tokio::task::spawn_blocking;

pub use compare::{Difference, compare};
pub use demand::Demands;
pub use dispute::{Dispute, NoAudit};
pub use walk::{Step, Walk, WalkError};

use crate::jobs::{Jobs, Prepared};

/// Most bytes of an answer that a provider serves: more than any transaction has room for.
const MOST_ANSWER: u64 = 16 << 20;

/// How providers are reached off chain: in this process, or through whatever serves them.
#[allow(async_fn_in_trait)]
pub trait Providers {
    /// Where an assignment's outputs were delivered, if its provider says so.
    async fn delivery(&self, assignment: AssignmentId) -> Option<String>;

    /// Where the provider of an assignment put the answer to what `asker` wants of it; an error if it does not serve.
    async fn serve(&self, asker: &Addr, assignment: AssignmentId, wanted: Wanted) -> Result<String>;
}

/// What running a shard again has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// It was run as its program says.
    Same,
    /// It was not: the attestation is refuted.
    Refuted,
    /// Its provider does not serve what is needed: it is demanded on chain, and this demand is not met yet.
    Waits(DemandId),
    /// The same, but nothing can be demanded now: the draws are not all open, or no arbiter was named.
    Unserved,
    /// It was not, but there is another final answer already.
    Over,
}

/// A shard's outputs in graph order.
pub type Outputs = Vec<Vec<u8>>;

/// Outputs were not delivered: demanded by this, unless nothing can be demanded now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing(pub Option<DemandId>);

/// An auditor at work. It keeps nothing that the chain does not: whoever begins anew goes on where another stopped.
pub struct Auditor<'a, C> {
    chain: &'a C,
    jobs: Jobs<'a, C>,
    demands: Demands<'a, C>,
}

impl<'a, C: Chain> Auditor<'a, C> {
    /// `store` is where it finds jobs' data, deliveries and answers.
    pub fn new(chain: &'a C, store: Store, backend: Arc<dyn Backend>) -> Self {
        Self { chain, jobs: Jobs::new(chain, store, backend), demands: Demands::new(chain) }
    }

    /// Runs `shards`, numbered as the job has them, of an attested assignment again. `delivery` is where its provider
    /// delivered. Returns those whose root is not the attested one.
    pub async fn audit(
        &mut self,
        assignment: AssignmentId,
        delivery: &str,
        shards: Vec<u64>,
    ) -> Result<Vec<Difference>> {
        let Attested { assignment, attestation } = self.attested(assignment).await?;
        let roots = index(&self.jobs.store, delivery, assignment.count, &attestation.root).await?.shards;
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

    /// Runs a shard of an attested assignment again, and refutes the attestation if that was not run as its program says.
    /// What it needs for that of its provider's trace it asks for off chain, and demands it if it is not served; `sender`
    /// pays the bonds, and is thanked out of the slash.
    pub async fn watch(
        &mut self,
        sender: &Addr,
        assignment: AssignmentId,
        shard: u64,
        providers: &impl Providers,
    ) -> Result<Found> {
        // The roots of a delivery say at once that nothing is wrong.
        if let Some(delivery) = providers.delivery(assignment).await
            && let Ok(different) = self.audit(assignment, &delivery, vec![shard]).await
            && different.is_empty()
        {
            return Ok(Found::Same);
        }
        let Attested { assignment, attestation } = self.attested(assignment).await?;
        let Prepared { data, executable } = self.jobs.prepare(assignment.job).await?;
        let mut answers = self.demands.answers(attestation.id).await?;
        let (of, compiled) = (attestation.clone(), data.clone());
        let walk = spawn_blocking(move || Walk::new(compiled, &*executable, &of, shard)).await??;
        loop {
            let wanted = match walk.step(&answers)? {
                Step::Same => return Ok(Found::Same),
                Step::Refute(message) => return self.refute(sender, attestation.id, message).await,
                Step::Ask(wanted) => wanted,
            };
            if let Some(answer) = self.served(sender, &assignment, &attestation, wanted, providers).await {
                answers.insert(wanted, answer);
                continue;
            }
            let demanded = self.demands.demand(sender, attestation.id, wanted, data.manifest()).await?;
            return Ok(demanded.map_or(Found::Unserved, Found::Waits));
        }
    }

    /// The outputs of an attested assignment, as they were delivered or revealed, checked against the attested root. What was
    /// not delivered is demanded, if `sender` is its principal.
    pub async fn receive(
        &mut self,
        sender: &Addr,
        assignment: AssignmentId,
        providers: &impl Providers,
    ) -> Result<Result<Vec<Outputs>, Missing>> {
        let Attested { assignment, attestation } = self.attested(assignment).await?;
        let Prepared { data, .. } = self.jobs.prepare(assignment.job).await?;
        if let Some(delivery) = providers.delivery(assignment.id).await {
            let (mut outputs, (count, root)) = (vec![], (assignment.count, &attestation.root));
            let sink = |shard| outputs.push(shard);
            if receive(&self.jobs.store, &delivery, data.manifest(), count, root, sink).await.is_ok() {
                return Ok(Ok(outputs));
            }
        }
        if let Some(outputs) = self.demands.outputs(&attestation, data.manifest()).await? {
            return Ok(Ok(outputs));
        }
        let principal = attestation.subject.arbitration.as_ref().map(|arbitration| arbitration.principal.as_str());
        if principal != Some(sender.as_str()) {
            return Ok(Err(Missing(None)));
        }
        let wanted = demand::all_outputs(&attestation);
        Ok(Err(Missing(self.demands.demand(sender, attestation.id, wanted, data.manifest()).await?)))
    }

    /// What a provider serves, if it does and it is what was attested.
    async fn served(
        &self,
        sender: &Addr,
        assignment: &AssignmentResponse,
        attestation: &AttestationResponse,
        wanted: Wanted,
        providers: &impl Providers,
    ) -> Option<Vec<u8>> {
        let key = providers.serve(sender, assignment.id, wanted).await.ok()?;
        let answer = self.jobs.store.get(&key, MOST_ANSWER).await.ok()?;
        demand::is_answer(attestation, &wanted, &answer).then_some(answer)
    }

    async fn attested(&self, assignment: AssignmentId) -> Result<Attested> {
        let assignment = Escrow(self.chain).assignment(assignment).await?;
        let attestation = Escrow(self.chain).attestation(&assignment).await?;
        let attestation = attestation.with_context(|| format!("assignment {} was not attested to", assignment.id))?;
        Ok(Attested { assignment, attestation })
    }

    /// Sends a refutation, unless a final answer is there or comes before it.
    async fn refute(&self, sender: &Addr, attestation: AttestationId, message: ExecuteMsg) -> Result<Found> {
        if let Some(found) = over(&Verifier(self.chain).attestation(attestation).await?.verdict) {
            return Ok(found);
        }
        match self.chain.execute(sender, message).await {
            Ok(_) => Ok(Found::Refuted),
            // Somebody else was quicker.
            Err(refused) => over(&Verifier(self.chain).attestation(attestation).await?.verdict).ok_or(refused),
        }
    }
}

/// What a final answer leaves to find.
fn over(verdict: &Verdict) -> Option<Found> {
    match verdict {
        Verdict::Refuted { .. } => Some(Found::Refuted),
        verdict if verdict.is_final() => Some(Found::Over),
        _ => None,
    }
}

/// An assignment, and the attestation for it.
struct Attested {
    assignment: AssignmentResponse,
    attestation: AttestationResponse,
}
