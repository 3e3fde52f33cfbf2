//! What happens: post, then rounds of assign · run · attest · beacon · open · settle until every shard is settled.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Result;
use cosmwasm_std::{Addr, Uint128};
use indicatif::ProgressBar;
use rand::{SeedableRng, seq::index::sample};
use rand_chacha::ChaCha8Rng;
use tequio_adversary::{Actor, Role};
use tequio_attestation::Inputs;
use tequio_backend::{Backend, cpu::Cpu};
use tequio_client::{
    Chain, Escrow, Rewards,
    data::{Store, publish, receive},
    flow,
};
use tequio_embedded::{Embedded, Setup};
use tequio_protocol::{
    AssignmentId, JobId,
    escrow::{
        AssignmentResponse, Ended, Ending, ExecuteMsg, JobResponse, JobSpec, Kind, MIN_COMMONS_AUDIT, QuoteResponse,
    },
    verifier::Verdict,
};
use tequio_runner::{Auditor, Relayer, provider::Part};

use super::cast::Cast;
use crate::model::Model;

/// What the user decides.
pub struct Script {
    pub cast: Cast,
    pub draws: u32,
    pub price: u128,
    pub seed: u64,
    /// Shards of each assignment that the client runs again.
    pub watch: u64,
}

/// A provider of the story.
pub struct Participant<'a> {
    pub name: String,
    pub actor: Actor<'a, Embedded>,
    /// Has lost stake and takes no more shards.
    retired: bool,
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
    /// Shards of it that the client ran again.
    pub watched: Vec<u64>,
}

/// What happens, and everything that the report tells of it.
pub struct Story<'a> {
    pub chain: &'a Embedded,
    pub model: &'a Model,
    pub script: &'a Script,
    store: Store,
    pub participants: Vec<Participant<'a>>,
    /// The client's job and the commons job.
    pub jobs: [JobId; 2],
    /// Of the client's job.
    pub quote: QuoteResponse,
    pub chapters: Vec<EndedAssignment>,
    /// Outputs as delivered, by job and shard.
    pub delivered: BTreeMap<(JobId, u64), Vec<Vec<u8>>>,
    /// Deliveries of settled assignments that are not what was attested.
    pub undelivered: Vec<String>,
    /// The client, as it watches.
    auditor: Auditor<'a, Embedded>,
    /// Which shards it runs again is not for providers to know.
    dice: ChaCha8Rng,
    /// Shards that it ran again.
    watched: BTreeMap<AssignmentId, Vec<u64>>,
}

/// Genesis money of every actor, and genesis tokens of the client, in the smallest unit.
const FUNDS: u128 = 1_000_000_000_000_000_000;
const TOKENS: u128 = 1_000_000_000_000;
/// Shards of the commons job, and how many of them a provider takes at once.
const COMMONS_SHARDS: u64 = 8;
const COMMONS_CHUNK: u64 = 2;
/// Most shards of one assignment.
const MAX_CHUNK: u64 = 512;
/// Seconds from posting to a job's end.
const DURATION: u64 = 30 * 86_400;

/// A chain on which everybody in the script has money.
pub fn chain(script: &Script) -> Result<Embedded> {
    let beacon_seed = format!("tequio demo {}", script.seed).into_bytes();
    let setup = Setup { beacon_seed, ..Setup::default() }.fund("client", FUNDS).genesis_tokens("client", TOKENS);
    Embedded::new(&script.cast.names().iter().fold(setup, |setup, name| setup.fund(name, FUNDS)))
}

impl<'a> Story<'a> {
    /// Posts both jobs and registers everybody.
    pub async fn begin(chain: &'a Embedded, model: &'a Model, inputs: &Inputs, script: &'a Script) -> Result<Self> {
        let store = Store::memory();
        let post = async |client: &Addr, inputs: &Inputs, kind, price, watch: Option<(Addr, u32)>| {
            let (program, plan) = (model.program.clone(), model.plan.to_json().into_bytes());
            let spec = publish(&store, program, plan, model.manifest(), inputs).await?.spec(model.manifest());
            let (price, end) = (Uint128::new(price), chain.now() + DURATION);
            let (principal, audit_window) = watch.map(|(address, window)| (address.into_string(), window)).unzip();
            let spec = JobSpec { price, draws: script.draws, kind, end, principal, audit_window, ..spec };
            flow::post(chain, client, spec).await
        };
        let few = inputs.first(COMMONS_SHARDS);
        let (quote, job) = post(&chain.actor("client"), inputs, Kind::Client, script.price, None).await?;
        let (governance, watch) = (&chain.deployment().governance, (chain.actor("principal"), MIN_COMMONS_AUDIT));
        let (commons_quote, commons) = post(governance, &few, Kind::Commons, 0, Some(watch)).await?;

        let names = script.cast.names();
        let liens = [(quote.lien, chunk(inputs.shards(), names.len())), (commons_quote.lien, COMMONS_CHUNK)];
        let stake = liens.map(|(lien, shards)| lien * Uint128::from(2 * shards)).iter().sum();
        let backend: Arc<dyn Backend> = Arc::new(Cpu::default());
        let mut participants = vec![];
        for (role, name) in script.cast.0.iter().zip(names) {
            let keys = [chain.actor(&name), chain.actor(&format!("{name}-operator"))];
            let actor = Actor::new(chain, &store, &backend, *role, keys);
            actor.register(&name, stake).await?;
            participants.push(Participant { name, actor, retired: false });
        }
        let (jobs, (chapters, delivered, undelivered)) = ([job.job, commons.job], Default::default());
        let auditor = Auditor::new(chain, store.clone(), backend);
        let (dice, watched) = (ChaCha8Rng::seed_from_u64(script.seed), BTreeMap::new());
        Ok(Self {
            chain,
            model,
            script,
            store,
            participants,
            jobs,
            quote,
            chapters,
            delivered,
            undelivered,
            auditor,
            dice,
            watched,
        })
    }

    /// Both jobs as they stand.
    pub async fn all_jobs(&self) -> Result<[JobResponse; 2]> {
        let [client, commons] = self.jobs;
        Ok([Escrow(self.chain).job(client).await?, Escrow(self.chain).job(commons).await?])
    }

    /// Plays round after round until nobody takes anything, then has everybody paid.
    pub async fn play(&mut self, bar: &ProgressBar) -> Result<()> {
        let chain = self.chain;
        let mut relayer = Relayer::new(chain, chain.actor("relayer"), |round| chain.beacon().sign(round));
        loop {
            bar.set_message("assign");
            let active = self.assign().await?;
            if active.is_empty() {
                break;
            }
            bar.set_message("run, attest");
            // Copiers once there is something to copy.
            for copiers in [false, true] {
                let now = |participant: &&mut Participant| (participant.actor.role == Role::Copier) == copiers;
                for participant in self.participants.iter_mut().filter(now) {
                    participant.actor.attest().await?;
                }
            }
            bar.set_message("beacon");
            relayer.draw().await?;
            bar.set_message("open");
            for participant in &self.participants {
                participant.actor.provider.open_all(Part::default()).await?;
            }
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
        let mut active = BTreeMap::new();
        for (at, participant) in
            self.participants.iter_mut().enumerate().filter(|(_, participant)| !participant.retired)
        {
            for (id, commons) in self.jobs.into_iter().zip([false, true]) {
                let job = Escrow(self.chain).job(id).await?;
                if job.free == 0 || commons && participant.actor.role != Role::Honest {
                    continue;
                }
                let count = if commons { COMMONS_CHUNK } else { chunk(job.shards, self.script.cast.0.len()) };
                active.insert(participant.actor.provider.assign(id, count).await?.assignment, at);
            }
        }
        Ok(active)
    }

    /// The client runs a few shards of every assignment of its job again, and refutes what it finds wrong.
    async fn watch(&mut self, active: &BTreeMap<AssignmentId, usize>) -> Result<()> {
        let client = self.chain.actor("client");
        for (&id, &at) in active {
            let provider = &self.participants[at].actor.provider;
            let Some(held) = provider.held(id) else { continue };
            let AssignmentResponse { job, first, count, .. } = held.assignment;
            let verdict = Escrow(self.chain).attestation(&held.assignment).await?.map(|found| found.verdict);
            if job != self.jobs[0] || verdict.is_none_or(|verdict| verdict.is_final()) {
                continue;
            }
            let among = sample(&mut self.dice, count as usize, self.script.watch.min(count) as usize);
            let shards: Vec<u64> = among.iter().map(|shard| first + shard as u64).collect();
            let serve = async |shard| provider.serve(id, shard).await;
            self.auditor.watch(&client, id, &held.delivered, shards.clone(), serve).await?;
            self.watched.insert(id, shards);
        }
        Ok(())
    }

    /// An assignment ended: the client fetches what it paid for.
    async fn end(&mut self, participant: usize, ended: Ended, bar: &ProgressBar) -> Result<()> {
        let Participant { actor, retired, .. } = &mut self.participants[participant];
        let assignment = Escrow(self.chain).assignment(ended.assignment).await?;
        let attestation = Escrow(self.chain).attestation(&assignment).await?;
        *retired |= !ended.slashed.is_zero();
        let paid = ended.ending == Ending::Settled;
        let cheated = paid && actor.role != Role::Honest;
        let missed = if cheated { actor.missed(assignment.id, self.script.draws)? } else { None };
        if let (true, Some(held), Some(attestation)) = (paid, actor.provider.held(assignment.id), &attestation) {
            let mut shards = (assignment.first..).map(|shard| (assignment.job, shard));
            let take = |outputs| self.delivered.extend(shards.next().map(|shard| (shard, outputs)));
            let (key, root, count) = (&held.delivered, &attestation.root, assignment.count);
            if let Err(error) = receive(&self.store, key, self.model.manifest(), count, root, take).await {
                self.undelivered.push(format!("assignment {}: {error}", assignment.id));
            }
        }
        bar.set_position(self.all_jobs().await?.iter().map(|job| job.settled).sum());
        let verdict = attestation.map(|attestation| attestation.verdict);
        let watched = self.watched.remove(&assignment.id).unwrap_or_default();
        self.chapters.push(EndedAssignment { participant, assignment, ended, verdict, missed, watched });
        Ok(())
    }

    /// What is left goes back to the clients; everybody claims and withdraws.
    async fn close(&self) -> Result<()> {
        let [client, relayer] = ["client", "relayer"].map(|name| self.chain.actor(name));
        let left: Vec<JobResponse> = self.all_jobs().await?.into_iter().filter(|job| job.free > 0).collect();
        if let Some(end) = left.iter().map(|job| job.end).max() {
            self.chain.wait(end + 1).await?;
        }
        for job in left {
            self.chain.execute(&relayer, ExecuteMsg::Refund { job: job.id, shards: None }).await?;
        }
        let epoch = Rewards(self.chain).config().await?.schedule.epoch;
        self.chain.wait(self.chain.now() + epoch).await?;
        for address in
            self.participants.iter().map(|participant| &participant.actor.provider.owner).chain([&client, &relayer])
        {
            flow::collect(self.chain, address).await?;
        }
        Ok(())
    }
}

/// Shards that each of `providers` takes at once.
fn chunk(shards: u64, providers: usize) -> u64 {
    shards.div_ceil(2 * providers as u64).clamp(1, MAX_CHUNK)
}
