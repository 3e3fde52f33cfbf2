//! What happens: post, then rounds of assign · run · attest · beacon · open · settle until every shard is settled.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::{Context, Result};
use cosmwasm_std::Addr;
use futures::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tequio_adversary::{Actor, Role};
use tequio_attestation::Wanted;
use tequio_backend::{Backend, cpu::Cpu};
use tequio_client::{
    Arbiter, Chain, Escrow, Rewards,
    data::{Store, receive},
    flow,
};
use tequio_embedded::LocalBeacon;
use tequio_protocol::{
    AssignmentId, JobId,
    escrow::{AssignmentResponse, Ended, Ending, ExecuteMsg, JobResponse, QuoteResponse},
    verifier::Verdict,
};
use tequio_runner::{
    Providers, Relayer, Watcher,
    provider::Part,
    watcher::{Shards, Watched},
};

use super::{
    offer::Offer,
    script::Script,
    stage::{Stage, operator},
};
use crate::model::Model;

/// A provider of the story.
pub struct Participant<'a, C> {
    pub name: String,
    pub actor: Actor<'a, C>,
    /// Has lost stake and takes no more shards.
    retired: bool,
}

impl<C: Chain> Participant<'_, C> {
    /// Takes what is left of each of the jobs, so many shards at once; only who is honest takes those of the commons.
    async fn assign(&mut self, chain: &C, jobs: &[(JobId, u64)]) -> Result<Vec<AssignmentId>> {
        let mut taken = vec![];
        for (at, &(id, chunk)) in jobs.iter().enumerate() {
            let free = async || anyhow::Ok(Escrow(chain).job(id).await?.free > 0);
            if !free().await? || at > 0 && self.actor.role != Role::Honest {
                continue;
            }
            match self.actor.provider.assign(id, chunk).await {
                Ok(assigned) => taken.push(assigned.assignment),
                // Others were first.
                Err(_) if !free().await? => {}
                Err(error) => return Err(error),
            }
        }
        Ok(taken)
    }
}

/// How one assignment ended.
pub struct EndedAssignment {
    /// Which participant's it was.
    pub participant: usize,
    pub assignment: AssignmentResponse,
    pub ended: Ended,
    /// The verifier's answer, if there was an attestation.
    pub verdict: Option<Verdict>,
    /// The chance that a cheat that was paid was not going to be caught by its draws.
    pub missed: Option<f64>,
    /// What the client's watching came to.
    pub watched: Watched,
}

/// What happens, and everything that the report tells of it.
pub struct Story<'a, C> {
    pub chain: &'a C,
    stage: &'a Stage<'a, C>,
    pub model: &'a Model,
    pub script: &'a Script,
    store: Store,
    pub participants: Vec<Participant<'a, C>>,
    /// The client's job, then the commons job if there is one; how many shards of each a provider takes at once.
    jobs: Vec<(JobId, u64)>,
    /// Of the client's job.
    pub quote: QuoteResponse,
    pub chapters: Vec<EndedAssignment>,
    /// Outputs as delivered, by job and shard.
    pub delivered: BTreeMap<(JobId, u64), Vec<Vec<u8>>>,
    /// Deliveries of settled assignments that are not what was attested.
    pub undelivered: Vec<String>,
    /// The client, as it watches.
    watcher: Watcher<'a, C, Sign<'a>, ChaCha8Rng>,
}

/// Signs rounds of the local beacon.
type Sign<'a> = Box<dyn Fn(u64) -> Vec<u8> + 'a>;

fn sign(beacon: &LocalBeacon) -> Sign<'_> {
    Box::new(|round| beacon.sign(round))
}

/// Waits for all parts, of which so many are played at once.
async fn together<T>(at_once: usize, parts: impl Iterator<Item = impl Future<Output = Result<T>>>) -> Result<Vec<T>> {
    stream::iter(parts).buffered(at_once).try_collect().await
}

/// The story's providers, as the client reaches them.
struct Reached<'s, 'a, C> {
    participants: &'s [Participant<'a, C>],
    /// Whose is what.
    active: &'s BTreeMap<AssignmentId, usize>,
}

impl<'a, C> Reached<'_, 'a, C> {
    fn of(&self, assignment: AssignmentId) -> Option<&Actor<'a, C>> {
        Some(&self.participants.get(*self.active.get(&assignment)?)?.actor)
    }
}

impl<C: Chain> Providers for Reached<'_, '_, C> {
    async fn delivery(&self, assignment: AssignmentId) -> Option<String> {
        self.of(assignment)?.delivery(assignment)
    }

    async fn serve(&self, asker: &Addr, assignment: AssignmentId, wanted: Wanted) -> Result<String> {
        let actor = self.of(assignment).context("nobody has taken it")?;
        actor.serve(asker, assignment, wanted).await
    }
}

impl<'a, C: Chain> Story<'a, C> {
    /// Posts the jobs and registers everybody.
    pub async fn begin(stage: &'a Stage<'a, C>, model: &'a Model, offer: Offer, script: &'a Script) -> Result<Self> {
        let Offer { store, jobs: offered, stake } = offer;
        let (chain, quote) = (stage.chain, offered[0].quote.clone());
        let mut jobs = vec![];
        for offered in offered {
            let (_, posted) = flow::post(chain, &offered.poster, offered.spec).await?;
            jobs.push((posted.job, offered.chunk));
        }
        let backend: Arc<dyn Backend> = Arc::new(Cpu::default());
        let mut participants = vec![];
        for (role, name) in script.cast.0.iter().zip(script.cast.names()) {
            let keys = [stage.actor(&name)?, stage.actor(&operator(&name))?];
            let actor = Actor::new(chain, &store, &backend, *role, keys);
            participants.push(Participant { name, actor, retired: false });
        }
        let registered = participants.iter().map(|participant| participant.actor.register(&participant.name, stake));
        together(stage.pace.at_once, registered).await?;
        let (chapters, delivered, undelivered) = Default::default();
        let relayer = Relayer::new(chain, stage.actor("client")?, sign(stage.beacon));
        let (shards, dice) = (Shards::Exactly(script.watch), ChaCha8Rng::seed_from_u64(script.seed));
        let watcher = Watcher::new(chain, store.clone(), backend, relayer, shards, dice);
        Ok(Self {
            chain,
            stage,
            model,
            script,
            store,
            participants,
            jobs,
            quote,
            chapters,
            delivered,
            undelivered,
            watcher,
        })
    }

    /// The client's job.
    pub fn job(&self) -> JobId {
        self.jobs[0].0
    }

    /// All jobs as they stand, the client's first.
    pub async fn all_jobs(&self) -> Result<Vec<JobResponse>> {
        let mut jobs = vec![];
        for (job, _) in &self.jobs {
            jobs.push(Escrow(self.chain).job(*job).await?);
        }
        Ok(jobs)
    }

    /// Plays round after round until nobody takes anything, then has everybody paid.
    pub async fn play(&mut self, bar: &ProgressBar) -> Result<()> {
        let Stage { chain, beacon, pace, .. } = *self.stage;
        let mut relayer = Relayer::new(chain, self.stage.actor("relayer")?, sign(beacon));
        loop {
            bar.set_message("assign");
            let active = self.assign().await?;
            if active.is_empty() {
                break;
            }
            bar.set_message("run, attest");
            // Copiers once there is something to copy.
            for copiers in [false, true] {
                let now = |participant: &&mut Participant<C>| (participant.actor.role == Role::Copier) == copiers;
                let attest = self.participants.iter_mut().filter(now).map(|participant| participant.actor.attest());
                together(pace.at_once, attest).await?;
            }
            bar.set_message("beacon");
            relayer.draw().await?;
            bar.set_message("open");
            let providers = self.participants.iter().map(|participant| &participant.actor.provider);
            together(pace.at_once, providers.map(|provider| provider.open_all(Part::default()))).await?;
            bar.set_message("watch");
            self.watch(&active).await?;
            bar.set_message("settle");
            let assignments = active.keys().copied().collect();
            relayer.end_all(assignments, async |ended| self.end(active[&ended.assignment], ended, bar).await).await?;
        }
        bar.set_message("burn, claim, withdraw");
        relayer.burn().await?;
        self.close().await
    }

    /// Everybody with free stake takes what is left, in turn. Whose is what?
    async fn assign(&mut self) -> Result<BTreeMap<AssignmentId, usize>> {
        let (chain, jobs) = (self.chain, &self.jobs);
        let takes = async |at: usize, participant: &mut Participant<'a, C>| {
            let taken = participant.assign(chain, jobs).await?;
            anyhow::Ok(taken.into_iter().map(|assignment| (assignment, at)).collect::<Vec<_>>())
        };
        let able = self.participants.iter_mut().enumerate().filter(|(_, participant)| !participant.retired);
        let taken = together(self.stage.pace.at_once, able.map(|(at, participant)| takes(at, participant))).await?;
        Ok(taken.into_iter().flatten().collect())
    }

    /// The client runs a few shards of every assignment of its job again, refutes what it finds wrong, and demands what is
    /// not served; whoever answers demands does so, until nothing is left to wait for.
    async fn watch(&mut self, active: &BTreeMap<AssignmentId, usize>) -> Result<()> {
        let mut left = vec![];
        for &id in active.keys() {
            if Escrow(self.chain).assignment(id).await?.job == self.job() {
                left.push(id);
            }
        }
        while !left.is_empty() {
            let reached = Reached { participants: &self.participants, active };
            let mut waits = vec![];
            for id in left {
                if self.watcher.look(id, &reached).await? {
                    waits.push(id);
                }
            }
            left = waits;
            let reveal = self.participants.iter().map(|participant| participant.actor.reveal());
            let met: usize = together(self.stage.pace.at_once, reveal).await?.into_iter().sum();
            if met == 0 && !left.is_empty() {
                self.chain.wait(self.first_due(&left).await?).await?;
            }
        }
        Ok(())
    }

    /// After this time something that is demanded is withheld.
    async fn first_due(&self, assignments: &[AssignmentId]) -> Result<u64> {
        let mut first = None;
        for id in assignments {
            let assignment = Escrow(self.chain).assignment(*id).await?;
            let Some(attestation) = Escrow(self.chain).attestation(&assignment).await? else { continue };
            let due = Arbiter(self.chain).due(attestation.id).await?.first().map(|demand| demand.due.time() + 1);
            first = first.into_iter().chain(due).min();
        }
        Ok(first.unwrap_or(0))
    }

    /// An assignment ended: the client fetches what it paid for.
    async fn end(&mut self, participant: usize, ended: Ended, bar: &ProgressBar) -> Result<()> {
        let assignment = Escrow(self.chain).assignment(ended.assignment).await?;
        let attestation = Escrow(self.chain).attestation(&assignment).await?;
        let of_client = assignment.job == self.job();
        let Participant { actor, retired, .. } = &mut self.participants[participant];
        *retired |= !ended.slashed.is_zero();
        let paid = ended.ending == Ending::Settled;
        let cheated = paid && actor.role.is_wrong();
        let missed = if cheated { actor.missed(assignment.id, self.script.draws)? } else { None };
        let mut watched = self.watcher.watched.remove(&assignment.id).unwrap_or_default();
        let mut shards = (assignment.first..).map(|shard| (assignment.job, shard));
        let take = |outputs| self.delivered.extend(shards.next().map(|shard| (shard, outputs)));
        match (watched.outputs.take(), actor.provider.held(assignment.id), &attestation) {
            _ if !paid => {}
            (Some(outputs), ..) => outputs.into_iter().for_each(take),
            (None, Some(held), Some(attestation)) if !of_client => {
                let (key, root, count) = (&held.delivered, &attestation.root, assignment.count);
                if let Err(error) = receive(&self.store, key, self.model.manifest(), count, root, take).await {
                    self.undelivered.push(format!("assignment {}: {error}", assignment.id));
                }
            }
            _ => self.undelivered.push(format!("assignment {}: the client does not have its outputs", assignment.id)),
        }
        bar.set_position(self.all_jobs().await?.iter().map(|job| job.settled).sum());
        let verdict = attestation.map(|attestation| attestation.verdict);
        self.chapters.push(EndedAssignment { participant, assignment, ended, verdict, missed, watched });
        Ok(())
    }

    /// What is left goes back to the clients; everybody claims and withdraws.
    async fn close(&self) -> Result<()> {
        let left: Vec<JobResponse> = self.all_jobs().await?.into_iter().filter(|job| job.free > 0).collect();
        if let Some(end) = left.iter().map(|job| job.end).max().filter(|_| self.stage.pace.to_the_end) {
            self.chain.wait(end + 1).await?;
        }
        for job in left {
            let client = Addr::unchecked(job.client);
            self.chain.execute(&client, ExecuteMsg::Refund { job: job.id, shards: None }).await?;
        }
        if self.stage.pace.commons {
            // What the commons earns is minted once its epoch is over.
            let epoch = Rewards(self.chain).config().await?.schedule.epoch;
            self.chain.wait(self.chain.block().await?.time + epoch).await?;
        }
        let [client, relayer] = [self.stage.actor("client")?, self.stage.actor("relayer")?];
        // Operators have what answering demands earned.
        let keys = self.participants.iter().map(|participant| &participant.actor.provider);
        let keys = keys.flat_map(|provider| [&provider.owner, &provider.operator]).chain([&client, &relayer]);
        together(self.stage.pace.at_once, keys.map(|address| flow::collect(self.chain, address))).await?;
        Ok(())
    }
}
