//! What happens: post, then rounds of assign · run · attest · beacon · open · settle until every shard is settled.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Result;
use cosmwasm_std::{Addr, Uint128};
use indicatif::ProgressBar;
use tequio_adversary::{Actor, Role};
use tequio_backend::{Backend, cpu::Cpu};
use tequio_client::{
    Chain, Escrow, Rewards,
    data::{Store, publish, receive},
    flow,
};
use tequio_embedded::{Embedded, Setup};
use tequio_protocol::{
    AssignmentId, JobId,
    escrow::{AssignmentResponse, Ended, Ending, ExecuteMsg, JobResponse, JobSpec, Kind, QuoteResponse, Ruling},
    verifier::Verdict,
};
use tequio_runner::Relayer;

use super::cast::Cast;
use crate::{
    model::{Inputs, Model},
    output::Output,
};

/// What the user decides.
pub struct Script {
    pub cast: Cast,
    pub draws: u32,
    pub price: u128,
    pub seed: u64,
}

/// A provider of the story.
pub struct Player<'a> {
    pub name: String,
    pub actor: Actor<'a, Embedded>,
    /// Has lost stake and takes no more shards.
    retired: bool,
}

/// How one assignment ended.
pub struct Chapter {
    /// Which player's it was.
    pub player: usize,
    pub assignment: AssignmentResponse,
    pub ended: Ended,
    /// The verifier's answer, if there was an attestation.
    pub verdict: Option<Verdict>,
    /// The chance that a cheat that was paid was not going to be caught.
    pub missed: Option<f64>,
}

/// What happens, and everything that the report tells of it.
pub struct Story<'a> {
    pub chain: &'a Embedded,
    pub model: &'a Model,
    pub script: &'a Script,
    store: Store,
    client: Addr,
    relayer: Addr,
    pub players: Vec<Player<'a>>,
    /// The client's job and the commons job.
    pub jobs: [JobId; 2],
    pub quote: QuoteResponse,
    /// Assignments that have not ended, and whose they are.
    active: BTreeMap<AssignmentId, usize>,
    pub chapters: Vec<Chapter>,
    /// Outputs as delivered, by job and shard.
    pub delivered: BTreeMap<(JobId, u64), Vec<Vec<u8>>>,
    /// Deliveries of settled assignments that are not what was attested.
    pub undelivered: Vec<String>,
}

/// Genesis money of every actor, and genesis tokens of the client, in the smallest unit.
const FUNDS: u128 = 1_000_000_000_000_000_000;
const TOKENS: u128 = 1_000_000_000_000;
/// Shards of the commons job, and how many of them a provider takes at once.
const COMMONS_SHARDS: u64 = 8;
const COMMONS_CHUNK: u64 = 2;
/// Most bytes of one opening's message.
const PART_BYTES: u32 = 128 << 10;
/// Most shards of one assignment.
const MAX_CHUNK: u64 = 512;

/// A chain on which everybody in the script has money.
pub fn chain(script: &Script) -> Result<Embedded> {
    let beacon_seed = format!("tequio demo {}", script.seed).into_bytes();
    let setup = Setup { beacon_seed, ..Setup::default() }.fund("client", FUNDS).genesis_tokens("client", TOKENS);
    Embedded::new(&script.cast.names().iter().fold(setup, |setup, name| setup.fund(name, FUNDS)))
}

impl<'a> Story<'a> {
    /// Plays the whole of it.
    pub async fn play(
        chain: &'a Embedded,
        model: &'a Model,
        inputs: &Inputs,
        script: &'a Script,
        output: &Output,
    ) -> Result<Self> {
        let mut story = Self::begin(chain, model, inputs, script).await?;
        let mut relayer = Relayer::new(chain, story.relayer.clone(), |round| chain.beacon().sign(round));
        let total = story.all_jobs().await?.iter().map(|job| job.shards).sum();
        let bar = output.progress(total, "shards settled")?;
        loop {
            bar.set_message("assign");
            story.assign().await?;
            if story.active.is_empty() {
                break;
            }
            bar.set_message("run, attest");
            story.attest().await?;
            bar.set_message("beacon");
            relayer.draw().await?;
            bar.set_message("open");
            story.open().await?;
            bar.set_message("settle");
            while !story.active.is_empty() {
                story.settle(&relayer, &bar).await?;
            }
        }
        bar.set_message("claim, withdraw");
        story.close().await?;
        bar.finish_and_clear();
        Ok(story)
    }

    /// Posts both jobs and registers everybody.
    async fn begin(chain: &'a Embedded, model: &'a Model, inputs: &Inputs, script: &'a Script) -> Result<Self> {
        let (store, client) = (Store::memory(), chain.actor("client"));
        let governance = &chain.deployment().governance;
        let all = &inputs.whole;
        let few = all.first(all.shards().min(COMMONS_SHARDS));
        let (quote, job) = post(chain, &store, model, script, &client, (all, Kind::Client, script.price)).await?;
        let commons = (&few, Kind::Commons, 0);
        let (commons_quote, commons) = post(chain, &store, model, script, governance, commons).await?;

        let names = script.cast.names();
        let chunk = chunk(all.shards(), names.len());
        let liens = [(quote.lien, chunk), (commons_quote.lien, COMMONS_CHUNK)];
        let stake = liens.iter().map(|(lien, shards)| lien * Uint128::from(*shards)).sum::<Uint128>() * Uint128::new(2);
        let backend: Arc<dyn Backend> = Arc::new(Cpu::default());
        let mut players = vec![];
        for (role, name) in script.cast.0.iter().zip(names) {
            let keys = [chain.actor(&name), chain.actor(&format!("{name}-operator"))];
            let actor = Actor::new(chain, &store, &backend, *role, keys);
            actor.register(&name, stake).await?;
            players.push(Player { name, actor, retired: false });
        }
        let (relayer, jobs) = (chain.actor("relayer"), [job, commons]);
        let (active, chapters, delivered, undelivered) = Default::default();
        Ok(Self {
            chain,
            model,
            script,
            store,
            client,
            relayer,
            players,
            jobs,
            quote,
            active,
            chapters,
            delivered,
            undelivered,
        })
    }

    /// Both jobs as they stand.
    pub async fn all_jobs(&self) -> Result<[JobResponse; 2]> {
        let [client, commons] = self.jobs;
        Ok([Escrow(self.chain).job(client).await?, Escrow(self.chain).job(commons).await?])
    }

    /// Everybody with free stake takes what is left, in turn.
    async fn assign(&mut self) -> Result<()> {
        for (at, player) in self.players.iter_mut().enumerate().filter(|(_, player)| !player.retired) {
            for (id, commons) in self.jobs.into_iter().zip([false, true]) {
                let job = Escrow(self.chain).job(id).await?;
                if job.free == 0 || commons && player.actor.role != Role::Honest {
                    continue;
                }
                let count = if commons { COMMONS_CHUNK } else { chunk(job.shards, self.script.cast.0.len()) };
                let assigned = player.actor.provider.assign(id, count).await?;
                self.active.insert(assigned.assignment, at);
            }
        }
        Ok(())
    }

    /// Everybody attests; copiers once there is something to copy.
    async fn attest(&mut self) -> Result<()> {
        for copiers in [false, true] {
            for (id, at) in &self.active {
                let actor = &mut self.players[*at].actor;
                if (actor.role == Role::Copier) == copiers {
                    actor.attest(*id).await?;
                }
            }
        }
        Ok(())
    }

    async fn open(&self) -> Result<()> {
        let part = (PART_BYTES / self.model.manifest().header.opening_bytes.max(1)).max(1);
        for (id, at) in &self.active {
            self.players[*at].actor.open(*id, part).await?;
        }
        Ok(())
    }

    /// A relayer ends what can be ended, or lets time pass until something can.
    async fn settle<S: Fn(u64) -> Vec<u8>>(
        &mut self,
        relayer: &Relayer<'a, Embedded, S>,
        bar: &ProgressBar,
    ) -> Result<()> {
        let mut next = vec![];
        for (id, at) in self.active.clone() {
            match relayer.end(id).await? {
                Ok(ended) => self.end(id, at, ended).await?,
                Err(Ruling::Wait(reason)) => next.extend(reason.until()),
                Err(_) => {}
            }
        }
        bar.set_position(self.all_jobs().await?.iter().map(|job| job.settled).sum());
        if !self.active.is_empty() {
            self.chain.wait(next.into_iter().min().unwrap_or(0)).await?;
        }
        Ok(())
    }

    async fn end(&mut self, id: AssignmentId, at: usize, ended: Ended) -> Result<()> {
        self.active.remove(&id);
        let assignment = Escrow(self.chain).assignment(id).await?;
        let attestation = Escrow(self.chain).attestation(&assignment).await?;
        let player = &mut self.players[at];
        player.retired |= !ended.slashed.is_zero();
        let paid = ended.ending == Ending::Settled;
        let cheated = paid && player.actor.role != Role::Honest;
        let missed = if cheated { player.actor.missed(id, self.script.draws)? } else { None };
        if let (true, Some(held), Some(attestation)) = (paid, player.actor.provider.held(id), &attestation) {
            let mut shards = (assignment.first..).map(|shard| (assignment.job, shard));
            let take = |outputs| self.delivered.extend(shards.next().map(|shard| (shard, outputs)));
            let (key, root, count) = (&held.delivered, &attestation.root, assignment.count);
            if let Err(error) = receive(&self.store, key, self.model.manifest(), count, root, take).await {
                self.undelivered.push(format!("assignment {id}: {error}"));
            }
        }
        let verdict = attestation.map(|attestation| attestation.verdict);
        self.chapters.push(Chapter { player: at, assignment, ended, verdict, missed });
        Ok(())
    }

    /// What is left goes back to the clients; everybody claims and withdraws.
    async fn close(&mut self) -> Result<()> {
        let left: Vec<JobResponse> = self.all_jobs().await?.into_iter().filter(|job| job.free > 0).collect();
        if let Some(end) = left.iter().map(|job| job.end).max() {
            self.chain.wait(end + 1).await?;
        }
        for job in left {
            self.chain.execute(&self.relayer, ExecuteMsg::Refund { job: job.id, shards: None }).await?;
        }
        let epoch = Rewards(self.chain).config().await?.schedule.epoch;
        self.chain.wait(self.chain.block().await?.time + epoch).await?;
        let owners = self.players.iter().map(|player| &player.actor.provider.owner);
        for address in owners.chain([&self.client, &self.relayer]) {
            flow::collect(self.chain, address).await?;
        }
        Ok(())
    }
}

/// Shards that each of `providers` takes at once.
fn chunk(shards: u64, providers: usize) -> u64 {
    shards.div_ceil(2 * providers as u64).clamp(1, MAX_CHUNK)
}

/// Publishes a job's data and posts it.
async fn post(
    chain: &Embedded,
    store: &Store,
    model: &Model,
    script: &Script,
    client: &Addr,
    (inputs, kind, price): (&tequio_attestation::Inputs, Kind, u128),
) -> Result<(QuoteResponse, JobId)> {
    let (program, plan, manifest) = (model.program.clone(), model.plan.to_json().into_bytes(), model.manifest());
    let published = publish(store, program, plan, manifest, inputs).await?;
    let spec = JobSpec {
        header: manifest.header.encode().into(),
        descriptors: manifest.tree.root(),
        inputs: published.inputs,
        shards: published.shards,
        price: Uint128::new(price),
        draws: script.draws,
        kind,
        attest_window: 3_600,
        audit_window: None,
        end: chain.block().await?.time + 30 * 86_400,
        min_providers: 1,
        data: published.data,
    };
    let (quote, posted) = flow::post(chain, client, spec).await?;
    Ok((quote, posted.job))
}
