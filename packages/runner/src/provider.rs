//! Provider: takes shards, runs them, and shows what was drawn. One stage a file: run · attest · open.

mod afford;
mod attest;
mod open;
mod reveal;
mod run;
mod turn;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use anyhow::{Context, Result, ensure};
use cosmwasm_std::Addr;
use tequio_attestation::Wanted;
use tequio_backend::Backend;
use tequio_client::{
    Arbiter, Chain, Escrow, Verifier,
    data::{Delivery, Store, outputs},
};
use tequio_protocol::{
    AssignmentId, AttestationId, DemandId, JobId,
    arbiter::{self, DemandResponse, Revealed},
    escrow::{Assigned, AssignmentResponse, ExecuteMsg, JobResponse, State},
    verifier::{self, AttestationResponse, Attested, Verdict},
};
use tokio::{sync::mpsc, task::spawn_blocking};

use crate::jobs::{Jobs, Prepared};

pub use afford::{OutputsTooDear, TooBusy, TooSlow};
pub use attest::attest;
pub use open::{OpenError, Part, open, statement};
pub use reveal::{NotServed, RevealError, reveal, serves_from};
pub use run::{Run, run};
pub use turn::Turn;

/// Most bytes of one draw that a provider sends unless told otherwise: as base64 they fit into a transaction that nodes
/// take by default.
const DRAW_BYTES: u32 = 256 << 10;
/// Results of shards that wait for being delivered.
const WAITING: usize = 4;

/// A draw of the job may be more than the provider would send: it would lapse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a draw of job {job} may take {draw} bytes, more than the {most} that this provider sends")]
pub struct DrawTooBig {
    pub job: JobId,
    pub draw: u32,
    pub most: u32,
}

/// A provider at work.
pub struct Provider<'a, C> {
    chain: &'a C,
    jobs: Jobs<'a, C>,
    /// Holds the stake and the pay.
    pub owner: Addr,
    /// Works.
    pub operator: Addr,
    /// Most bytes of one draw's opening that it would send; it takes no job that may need more.
    pub max_draw_bytes: u32,
    /// MAC equivalents that it computes in a second, if it knows: it takes no more shards than it runs in half the time
    /// that there is to attest, and none of which it could not answer every demand.
    pub speed: Option<u64>,
    /// Assignments that it has not attested to.
    taken: BTreeSet<AssignmentId>,
    held: BTreeMap<AssignmentId, Held>,
}

/// What a provider holds of an assignment that it attested to.
pub struct Held {
    pub assignment: AssignmentResponse,
    pub run: Arc<Run>,
    /// Key of its delivered outputs.
    pub delivered: String,
    pub attestation: AttestationId,
}

impl<'a, C: Chain> Provider<'a, C> {
    /// `store` is where it finds jobs' data and delivers.
    pub fn new(chain: &'a C, store: Store, backend: Arc<dyn Backend>, owner: Addr, operator: Addr) -> Self {
        let (taken, held) = Default::default();
        let jobs = Jobs::new(chain, store, backend);
        Self { chain, jobs, owner, operator, max_draw_bytes: DRAW_BYTES, speed: None, taken, held }
    }

    /// What it holds of an assignment, once it has attested.
    pub fn held(&self, assignment: AssignmentId) -> Option<&Held> {
        self.held.get(&assignment)
    }

    /// The data of a job that it took shards of, and what it runs them with.
    pub fn prepared(&self, job: JobId) -> Option<&Prepared> {
        self.jobs.get(job)
    }

    /// Takes up to `count` shards of a job whose draws it can send, as many as it can run in time, once the job's data is
    /// what the chain says.
    pub async fn assign(&mut self, job: JobId, count: u64) -> Result<Assigned> {
        let message = self.taking(job, count, 1).await?;
        let assigned: Assigned = self.chain.execute(&self.operator, message).await?.one()?;
        self.taken.insert(assigned.assignment);
        Ok(assigned)
    }

    /// The message that takes up to `count` shards of a job, `parts` times, as many as it can run in time, if it can do what
    /// the job may ask of it.
    async fn taking(&mut self, job: JobId, count: u64, parts: u32) -> Result<ExecuteMsg> {
        let posted = Escrow(self.chain).job(job).await?;
        let (draw, most) = (posted.draw_bytes, self.max_draw_bytes);
        ensure!(draw <= most, DrawTooBig { job, draw, most });
        let (mut count, mut parts) = (count, parts);
        if let Some(speed) = self.speed {
            let in_time = afford::in_time(&posted, speed)?;
            parts = parts.min(u32::try_from(in_time).unwrap_or(u32::MAX));
            count = count.min(in_time / u64::from(parts.max(1)));
            afford::answers(&posted, parts, &self.open_jobs().await?, speed)?;
        }
        afford::outputs(&posted, self.jobs.prepare(job).await?.data.manifest())?;
        let (provider, first, at_least, price) = (self.owner.to_string(), None, None, None);
        Ok(ExecuteMsg::Assign { job, provider, count, parts: (parts > 1).then_some(parts), first, at_least, price })
    }

    /// The jobs of its assignments that are not over, one for each.
    async fn open_jobs(&self) -> Result<Vec<JobResponse>> {
        let mut jobs = vec![];
        for assignment in self.active().await? {
            jobs.push(Escrow(self.chain).job(assignment.job).await?);
        }
        Ok(jobs)
    }

    /// Its assignments that are not over.
    async fn active(&self) -> Result<Vec<AssignmentResponse>> {
        let (mut active, mut after) = (vec![], None);
        loop {
            let page = Escrow(self.chain).active(&self.owner, Some(&self.operator), after).await?;
            active.extend(page.assignments);
            match page.next {
                None => return Ok(active),
                next => after = next,
            }
        }
    }

    /// Assignments that it took and has not attested to.
    pub fn taken(&self) -> impl Iterator<Item = AssignmentId> {
        self.taken.iter().copied()
    }

    /// Runs everything it took that has not ended, delivers the outputs and attests.
    pub async fn attest_all(&mut self) -> Result<()> {
        for id in self.taken.clone() {
            if let Some(assignment) = self.still_taken(id).await? {
                self.attest_to(assignment).await?;
            }
        }
        Ok(())
    }

    /// Adds what the chain says that it took and it doesn't know of: the answer may have been lost.
    async fn find_taken(&mut self) -> Result<()> {
        let active = self.active().await?;
        let unknown = active.iter().map(|assignment| assignment.id).filter(|id| !self.held.contains_key(id));
        self.taken.extend(unknown);
        Ok(())
    }

    /// What it attested to an assignment, if that is what `run` came to.
    async fn standing(&self, assignment: &AssignmentResponse, run: &Run) -> Result<Option<AttestationId>> {
        let standing = Escrow(self.chain).attestation(assignment).await?;
        Ok(standing.filter(|standing| standing.root == run.root()).map(|standing| standing.id))
    }

    /// An assignment that it took; one that has ended is forgotten.
    async fn still_taken(&mut self, id: AssignmentId) -> Result<Option<AssignmentResponse>> {
        let assignment = Escrow(self.chain).assignment(id).await?;
        let active = assignment.state == State::Active;
        if !active {
            self.taken.remove(&id);
        }
        Ok(active.then_some(assignment))
    }

    /// Runs an assignment, delivers its outputs and attests to it.
    pub async fn attest(&mut self, assignment: AssignmentId) -> Result<AttestationId> {
        let assignment = Escrow(self.chain).assignment(assignment).await?;
        self.attest_to(assignment).await
    }

    async fn attest_to(&mut self, assignment: AssignmentResponse) -> Result<AttestationId> {
        let (run, delivered) = self.run(&assignment).await?;
        let attested = self.chain.execute(&self.operator, attest(&run, &assignment)).await;
        let attestation = match attested.and_then(|executed| executed.one::<Attested>()) {
            Ok(attested) => attested.attestation,
            Err(error) => self.standing(&assignment, &run).await?.ok_or(error)?,
        };
        self.taken.remove(&assignment.id);
        self.held.insert(assignment.id, Held { assignment, run: Arc::new(run), delivered, attestation });
        Ok(attestation)
    }

    /// Opens everything that is drawn and has no verdict, a part in each message.
    pub async fn open_all(&self, part: Part) -> Result<()> {
        for (assignment, held) in &self.held {
            let attestation = Verifier(self.chain).attestation(held.attestation).await?;
            let drawn = attestation.round.is_some_and(|round| round.seed.is_some());
            if drawn && attestation.verdict == (Verdict::Pending {}) {
                self.open(*assignment, part).await?;
            }
        }
        Ok(())
    }

    /// Puts the answer to what `asker` wants of an assignment that it attested to into the store, running the shard once
    /// more. Where. Before the audit window is nearly over it serves nobody but the principal: who is to run shards again
    /// shall not copy.
    pub async fn serve(&self, asker: &Addr, assignment: AssignmentId, wanted: Wanted) -> Result<String> {
        let held = self.attested(assignment)?;
        let attestation = Verifier(self.chain).attestation(held.attestation).await?;
        let now = self.chain.block().await?.time;
        let from = serves_from(&attestation, asker);
        ensure!(from.is_some_and(|from| from <= now), NotServed { asker: asker.clone(), assignment, from });
        let answer = self.answer(held, attestation, wanted, 0).await?;
        Ok(self.jobs.store.put(answer).await?)
    }

    /// Reveals everything that is demanded of what it attested to, always what is due first of all of it. Returns how many
    /// demands it met. One that fails holds up no other; the first such error comes last.
    pub async fn reveal_all(&self) -> Result<usize> {
        let (mut met, mut failed, mut passed) = (0, None, BTreeSet::new());
        while let Some((held, attestation, demand)) = self.first_due(&passed).await? {
            let id = demand.id;
            match self.reveal(held, attestation, demand).await {
                Ok(all) => met += usize::from(all),
                // Somebody else relayed it.
                Err(_) if Arbiter(self.chain).demand(id).await?.state != arbiter::State::Open => {}
                Err(error) => {
                    passed.insert(id);
                    failed = failed.or(Some(error));
                }
            }
        }
        failed.map_or(Ok(met), Err)
    }

    /// Of all that is demanded, what is due first, but for what was passed over.
    async fn first_due(
        &self,
        passed: &BTreeSet<DemandId>,
    ) -> Result<Option<(&Held, AttestationResponse, DemandResponse)>> {
        let mut first: Option<(&Held, AttestationResponse, DemandResponse)> = None;
        for held in self.held.values() {
            let due = Arbiter(self.chain).due(held.attestation).await?;
            let Some(demand) = due.into_iter().find(|demand| !passed.contains(&demand.id)) else { continue };
            let attestation = Verifier(self.chain).attestation(held.attestation).await?;
            let earlier = first.as_ref().is_none_or(|(_, _, other)| demand.due.time() < other.due.time());
            if earlier && matches!(attestation.verdict, Verdict::GenuineSoFar { .. }) {
                first = Some((held, attestation, demand));
            }
        }
        Ok(first)
    }

    /// Reveals what was demanded, of outputs the next part. Whether that was all of it.
    async fn reveal(&self, held: &Held, attestation: AttestationResponse, demand: DemandResponse) -> Result<bool> {
        let DemandResponse { id, wanted, revealed, .. } = demand;
        let answer = self.answer(held, attestation, wanted, revealed.u64()).await?.into();
        let sent = self.chain.execute(&self.operator, arbiter::ExecuteMsg::Reveal { demand: id, answer }).await?;
        let Revealed { parts, all, .. } = sent.one()?;
        Ok(parts == all)
    }

    /// The answer to what is wanted, of outputs from part `from` on.
    async fn answer(
        &self,
        held: &Held,
        attestation: AttestationResponse,
        wanted: Wanted,
        from: u64,
    ) -> Result<Vec<u8>> {
        let job = held.assignment.job;
        let prepared = self.jobs.get(job).with_context(|| format!("job {job} was not prepared"))?;
        let (Prepared { data, executable }, run) = (prepared.clone(), held.run.clone());
        let bytes = Part::default().bytes;
        let answer = move || reveal(&data, &*executable, &run, &attestation, wanted, from, bytes);
        Ok(spawn_blocking(answer).await??)
    }

    fn attested(&self, assignment: AssignmentId) -> Result<&Held> {
        self.held.get(&assignment).with_context(|| format!("assignment {assignment} was not attested to"))
    }

    /// Opens all draws of an assignment that it attested to, a part in each message, until there is a verdict.
    pub async fn open(&self, assignment: AssignmentId, part: Part) -> Result<()> {
        let held = self.attested(assignment)?;
        let attestation = Verifier(self.chain).attestation(held.attestation).await?;
        let id = attestation.id;
        for message in self.openings(held, attestation, part).await? {
            self.chain.execute(&self.operator, message).await?;
            if Verifier(self.chain).attestation(id).await?.verdict != (Verdict::Pending {}) {
                break;
            }
        }
        Ok(())
    }

    /// The messages that open all draws that are not opened yet, a part in each.
    async fn openings(
        &self,
        held: &Held,
        attestation: AttestationResponse,
        part: Part,
    ) -> Result<Vec<verifier::ExecuteMsg>> {
        let job = held.assignment.job;
        let prepared = self.jobs.get(job).with_context(|| format!("job {job} was not prepared"))?;
        let (Prepared { data, executable }, run) = (prepared.clone(), held.run.clone());
        Ok(spawn_blocking(move || open(&data, &*executable, &run, &attestation, part)).await??)
    }

    /// Runs an assignment on the backend's threads and delivers each shard as it comes.
    async fn run(&mut self, assignment: &AssignmentResponse) -> Result<(Run, String)> {
        let Prepared { data, executable } = self.jobs.prepare(assignment.job).await?;
        let (sender, mut results) = mpsc::channel(WAITING);
        let taken = assignment.clone();
        let running =
            spawn_blocking(move || run(&data, &*executable, &taken, |shard| anyhow::Ok(sender.blocking_send(shard)?)));
        let mut delivery = Delivery::new(&self.jobs.store);
        while let Some(shard) = results.recv().await {
            delivery.add(shard.root, &shard.roots, &shard.outputs).await?;
        }
        let (run, delivered) = (running.await??, delivery.finish().await?);
        // Whoever knows the attested root finds what was delivered.
        self.jobs.store.point(&outputs(&run.root()), &delivered).await?;
        Ok((run, delivered))
    }
}
