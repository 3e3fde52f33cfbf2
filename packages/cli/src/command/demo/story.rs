//! What happens: post, then rounds of assign · run · attest · beacon · open · settle until every shard is settled.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::{Context, Result};
use cosmwasm_std::{Addr, Uint128, to_json_binary};
use cw20::Cw20ExecuteMsg;
use indicatif::ProgressBar;
use tequio_client::embedded::{Chain, Setup};
use tequio_protocol::{
    AssignmentId, AttestationId, JobId, escrow,
    escrow::{Assigned, AssignmentResponse, Ended, Ending, JobResponse, JobSpec, Kind, QuoteResponse, Ruling},
    registry, rewards,
    verifier::{self, AttestationResponse, Attested},
};
use tequio_runner::pipeline::{Delivery, Store, Work, attest, claim, fetch, open, publish, receive, run, settle};

use super::{
    cast::{Cast, Role},
    provider::{Held, Provider, cheat},
};
use crate::{
    model::{Inputs, Model},
    output::Output,
};

/// What the user decides.
pub struct Terms {
    pub cast: Cast,
    pub draws: u32,
    pub price: u128,
    pub seed: u64,
}

/// Everything the report tells of.
pub struct Story {
    pub chain: Chain,
    pub model: Model,
    pub providers: Vec<Provider>,
    /// The client's job and the commons job.
    pub jobs: [JobId; 2],
    pub quote: QuoteResponse,
    pub chapters: Vec<Chapter>,
    /// Outputs as delivered, by job and shard.
    pub delivered: BTreeMap<(JobId, u64), Vec<Vec<u8>>>,
    /// Deliveries of settled assignments that are not what was attested.
    pub undelivered: Vec<String>,
    pub draws: u32,
}

/// How one assignment ended.
pub struct Chapter {
    pub provider: usize,
    pub assignment: AssignmentResponse,
    pub ended: Ended,
    /// The verifier's answer, if there was an attestation.
    pub verdict: Option<verifier::Verdict>,
    /// For a cheat that opened: the chance that it was not going to be caught.
    pub missed: Option<f64>,
}

/// Genesis money of every actor, in the smallest unit.
const FUNDS: u128 = 1_000_000_000_000_000_000;
/// Genesis tokens of the client, in the smallest unit.
const TOKENS: u128 = 1_000_000_000_000;
/// Shards of the commons job.
const COMMONS_SHARDS: u64 = 8;
/// Shards of it that a provider takes at once.
const COMMONS_CHUNK: u64 = 2;
/// Most bytes of one opening's message.
const PART_BYTES: u32 = 128 << 10;
/// Most shards of one assignment.
const MAX_CHUNK: u64 = 512;

pub fn play(model: Model, inputs: Inputs, terms: &Terms, output: &Output) -> Result<Story> {
    let mut stage = Stage::set(model, &inputs, terms)?;
    let bar = output.progress(stage.total(), "shards settled")?;
    while stage.round(&bar)? {}
    stage.close(&bar)?;
    bar.finish_and_clear();
    Ok(stage.story())
}

struct Stage {
    chain: Chain,
    store: Store,
    model: Model,
    works: BTreeMap<JobId, Arc<Work>>,
    providers: Vec<Provider>,
    jobs: [JobId; 2],
    quote: QuoteResponse,
    client: Addr,
    relayer: Addr,
    chunk: u64,
    part: u32,
    draws: u32,
    /// Assignments that have not ended.
    active: BTreeMap<AssignmentId, Active>,
    chapters: Vec<Chapter>,
    delivered: BTreeMap<(JobId, u64), Vec<Vec<u8>>>,
    undelivered: Vec<String>,
}

struct Active {
    provider: usize,
    assignment: AssignmentResponse,
    held: Option<Held>,
    attestation: Option<AttestationId>,
}

impl Stage {
    /// Deploys, posts both jobs, registers everybody.
    fn set(model: Model, inputs: &Inputs, terms: &Terms) -> Result<Self> {
        let names: Vec<String> = names(&terms.cast);
        let mut setup = Setup { beacon_seed: format!("tequio demo {}", terms.seed).into_bytes(), ..Setup::default() };
        setup = setup.fund("client", FUNDS).genesis_tokens("client", TOKENS);
        for name in &names {
            setup = setup.fund(name, FUNDS);
        }
        let mut chain = Chain::new(&setup)?;
        let (client, relayer, store) = (chain.actor("client"), chain.actor("relayer"), Store::memory());
        let (plan, program) = (model.plan.to_json().into_bytes(), model.program.clone());
        let mut post = |inputs: &[Vec<u8>], kind, price| -> Result<_> {
            let published = publish(&store, program.clone(), plan.clone(), model.manifest(), inputs)?;
            let spec = JobSpec {
                header: model.manifest().header.encode().into(),
                descriptors: model.manifest().tree.root(),
                inputs: published.inputs,
                shards: published.shards,
                price: Uint128::new(price),
                draws: terms.draws,
                kind,
                attest_window: 3_600,
                audit_window: None,
                end: chain.now() + 30 * 86_400,
                min_providers: 1,
                data: published.data,
            };
            let sender = if kind == Kind::Client { client.clone() } else { chain.governance.clone() };
            self::post(&mut chain, &sender, spec)
        };
        let (quote, job) = post(inputs.whole.buffers(), Kind::Client, terms.price)?;
        let shards = inputs.whole.shards();
        let few = shards.min(COMMONS_SHARDS) as usize;
        let some = |bytes: &Vec<u8>| bytes[..bytes.len() / shards as usize * few].to_vec();
        let some: Vec<_> = inputs.whole.buffers().iter().map(some).collect();
        let (commons_quote, commons) = post(&some, Kind::Commons, 0)?;
        let jobs = [job, commons];
        let mut works = BTreeMap::new();
        for job in jobs {
            works.insert(job, Arc::new(fetch(&store, &chain.query(escrow::QueryMsg::Job { job })?)?));
        }
        let chunk = shards.div_ceil(2 * names.len() as u64).clamp(1, MAX_CHUNK);
        let client_lien = quote.lien.checked_mul(Uint128::from(chunk))?;
        let commons_lien = commons_quote.lien.checked_mul(Uint128::from(COMMONS_CHUNK))?;
        let stake = client_lien.checked_add(commons_lien)?.checked_mul(Uint128::new(2))?;
        let honest = model.prepare()?;
        let mut providers = vec![];
        for (role, name) in terms.cast.0.iter().zip(names) {
            let (owner, operator) = register(&mut chain, &name, stake)?;
            let cheat = cheat(*role, &honest, &works[&job])?;
            let executable = cheat.clone().map_or_else(|| honest.clone(), |cheat| cheat as Arc<_>);
            providers.push(Provider { name, role: *role, owner, operator, executable, cheat, retired: false });
        }
        let part = (PART_BYTES / model.manifest().header.opening_bytes.max(1)).max(1);
        let (active, chapters, delivered, undelivered) = Default::default();
        let draws = terms.draws;
        Ok(Self {
            chain,
            store,
            model,
            works,
            providers,
            jobs,
            quote,
            client,
            relayer,
            chunk,
            part,
            draws,
            active,
            chapters,
            delivered,
            undelivered,
        })
    }

    fn job(&self, job: JobId) -> Result<JobResponse> {
        self.chain.query(escrow::QueryMsg::Job { job })
    }

    fn total(&self) -> u64 {
        self.jobs.iter().filter_map(|job| self.job(*job).ok()).map(|job| job.shards).sum()
    }

    /// One round; false once nobody has anything to do.
    fn round(&mut self, bar: &ProgressBar) -> Result<bool> {
        bar.set_message("assign");
        self.assign()?;
        if self.active.is_empty() {
            return Ok(false);
        }
        bar.set_message("run, attest");
        self.attest()?;
        self.copy()?;
        bar.set_message("beacon");
        self.chain.draw(&self.relayer)?;
        bar.set_message("open");
        self.open()?;
        bar.set_message("settle");
        while !self.active.is_empty() {
            self.settle(bar)?;
        }
        Ok(true)
    }

    /// Everybody with free stake takes what is left, in turn.
    fn assign(&mut self) -> Result<()> {
        for at in 0..self.providers.len() {
            for job in self.jobs {
                let commons = job == self.jobs[1];
                let provider = &self.providers[at];
                if provider.retired || commons && provider.role != Role::Honest || self.job(job)?.free == 0 {
                    continue;
                }
                let count = if commons { COMMONS_CHUNK } else { self.chunk };
                let outcome = self.chain.execute(&provider.operator, escrow::ExecuteMsg::Assign { job, count }, 0)?;
                for assigned in outcome.all::<Assigned>() {
                    let assignment = assigned.assignment;
                    let assignment = self.chain.query(escrow::QueryMsg::Assignment { assignment })?;
                    let active = Active { provider: at, assignment, held: None, attestation: None };
                    self.active.insert(assigned.assignment, active);
                }
            }
        }
        Ok(())
    }

    /// Everybody but copiers and the vanished runs, delivers and attests.
    fn attest(&mut self) -> Result<()> {
        for active in self.active.values_mut() {
            let provider = &self.providers[active.provider];
            if matches!(provider.role, Role::Copier | Role::Vanish) {
                continue;
            }
            let mut delivery = Delivery::new(&self.store);
            let work = &self.works[&active.assignment.job];
            let run = run(work, &*provider.executable, &active.assignment, |shard| anyhow::Ok(delivery.add(shard)?))?;
            let delivered = delivery.finish()?;
            let outcome = self.chain.execute(&provider.operator, attest(&run, &active.assignment), 0)?;
            active.attestation = outcome.all::<Attested>().first().map(|attested| attested.attestation);
            active.held = Some(Held { run, delivered });
        }
        Ok(())
    }

    /// Copiers attest to the root of the first attestation they see.
    fn copy(&mut self) -> Result<()> {
        let seen = self.active.values().find_map(|active| active.held.as_ref()).map(|held| held.run.root());
        let Some(root) = seen else { return Ok(()) };
        for active in self.active.values_mut() {
            let provider = &self.providers[active.provider];
            if provider.role == Role::Copier {
                let subject = active.assignment.subject.clone();
                let message = verifier::ExecuteMsg::Attest { subject, root };
                let outcome = self.chain.execute(&provider.operator, message, 0)?;
                active.attestation = outcome.all::<Attested>().first().map(|attested| attested.attestation);
            }
        }
        Ok(())
    }

    /// Everybody who ran something opens what was drawn; cheats do so as well as they can.
    fn open(&mut self) -> Result<()> {
        for active in self.active.values() {
            let (Some(held), Some(attestation)) = (&active.held, active.attestation) else { continue };
            let provider = &self.providers[active.provider];
            let attestation = self.chain.attestation(attestation)?;
            let work = &self.works[&active.assignment.job];
            for message in open(work, &*provider.executable, &held.run, &attestation, self.part)? {
                self.chain.execute(&provider.operator, message, 0)?;
                if self.chain.attestation(attestation.id)?.verdict != (verifier::Verdict::Pending {}) {
                    break;
                }
            }
        }
        Ok(())
    }

    /// A relayer ends what can be ended, or lets time pass until something can.
    fn settle(&mut self, bar: &ProgressBar) -> Result<()> {
        let mut next = u64::MAX;
        for id in self.active.keys().copied().collect::<Vec<_>>() {
            let active = &self.active[&id];
            let attestation = active.attestation.map(|id| self.chain.attestation(id)).transpose()?;
            let case = active.assignment.case(&self.job(active.assignment.job)?, attestation.as_ref());
            let ruling = case.ruling(self.chain.now());
            if let Some(message) = settle(id, ruling) {
                let outcome = self.chain.execute(&self.relayer, message, 0)?;
                let ended = outcome.all::<Ended>().into_iter().next().context("an ending without its event")?;
                self.end(id, ended, attestation)?;
            } else if let Ruling::Wait(reason) = ruling {
                next = next.min(reason.until().unwrap_or(next));
            }
        }
        let settled = self.jobs.iter().filter_map(|job| self.job(*job).ok()).map(|job| job.settled).sum();
        bar.set_position(settled);
        if !self.active.is_empty() && next != u64::MAX {
            self.chain.advance_to(next);
        }
        Ok(())
    }

    fn end(&mut self, id: AssignmentId, ended: Ended, attestation: Option<AttestationResponse>) -> Result<()> {
        let Some(active) = self.active.remove(&id) else { return Ok(()) };
        let provider = &mut self.providers[active.provider];
        provider.retired |= !ended.slashed.is_zero();
        let (first, count) = (active.assignment.first, active.assignment.count);
        let opened = active.attestation.is_some() && provider.role != Role::Copier;
        let cheat = provider.cheat.as_ref().filter(|_| opened);
        let missed = cheat.map(|cheat| (1.0 - cheat.caught_by_one_draw(first..first + count)).powi(self.draws as i32));
        if let (Ending::Settled, Some(held), Some(attestation)) = (ended.ending, &active.held, &attestation) {
            let mut shards = (first..).map(|shard| (active.assignment.job, shard));
            let take = |outputs| {
                self.delivered.extend(shards.next().map(|shard| (shard, outputs)));
            };
            let (key, manifest) = (&held.delivered, self.model.manifest());
            if let Err(error) = receive(&self.store, key, manifest, count, &attestation.root, take) {
                self.undelivered.push(format!("assignment {id}: {error}"));
            }
        }
        let (provider, assignment) = (active.provider, active.assignment);
        let verdict = attestation.map(|attestation| attestation.verdict);
        self.chapters.push(Chapter { provider, assignment, ended, verdict, missed });
        Ok(())
    }

    /// What is left goes back to the clients; everybody claims and withdraws.
    fn close(&mut self, bar: &ProgressBar) -> Result<()> {
        bar.set_message("claim, withdraw");
        let end =
            self.jobs.iter().filter_map(|job| self.job(*job).ok()).filter(|job| job.free > 0).map(|job| job.end).max();
        if let Some(end) = end {
            self.chain.advance_to(end + 1);
        }
        for job in self.jobs {
            if self.job(job)?.free > 0 {
                self.chain.execute(&self.relayer, escrow::ExecuteMsg::Refund { job, shards: None }, 0)?;
            }
        }
        let terms: rewards::ConfigResponse = self.chain.query(rewards::QueryMsg::Config {})?;
        self.chain.advance(terms.schedule.epoch);
        let owners = self.providers.iter().map(|provider| provider.owner.clone());
        for owner in owners.chain([self.client.clone(), self.relayer.clone()]).collect::<Vec<_>>() {
            let address = owner.to_string();
            let claimable = self.chain.query(rewards::QueryMsg::Claimable { provider: address.clone() })?;
            if let Some(message) = claim(&claimable) {
                self.chain.execute(&owner, message, 0)?;
            }
            let owed: Uint128 = self.chain.query(escrow::QueryMsg::Balance { address: address.clone() })?;
            if !owed.is_zero() {
                self.chain.execute(&owner, escrow::ExecuteMsg::Withdraw {}, 0)?;
            }
            let owed: Uint128 = self.chain.query(registry::QueryMsg::Balance { address })?;
            if !owed.is_zero() {
                self.chain.execute(&owner, registry::ExecuteMsg::Withdraw {}, 0)?;
            }
        }
        Ok(())
    }

    fn story(self) -> Story {
        let Self { chain, model, providers, jobs, quote, chapters, delivered, undelivered, draws, .. } = self;
        Story { chain, model, providers, jobs, quote, chapters, delivered, undelivered, draws }
    }
}

/// `honest-1`, `honest-2`, `lazy-1` …
fn names(cast: &Cast) -> Vec<String> {
    let mut counts = BTreeMap::new();
    let name = |role: &Role| {
        let count = counts.entry(role.to_string()).or_insert(0);
        *count += 1;
        format!("{role}-{count}")
    };
    cast.0.iter().map(name).collect()
}

/// Buys and approves the credits, and posts.
fn post(chain: &mut Chain, sender: &Addr, spec: JobSpec) -> Result<(QuoteResponse, JobId)> {
    let quote: QuoteResponse = chain.query(escrow::QueryMsg::Quote { spec: spec.clone() })?;
    if !quote.credits.is_zero() {
        let (contract, msg) =
            (chain.contracts.rewards.to_string(), to_json_binary(&rewards::Hook::Buy { client: None })?);
        chain.execute(sender, Cw20ExecuteMsg::Send { contract, amount: quote.credits, msg }, 0)?;
        let source = chain.contracts.escrow.to_string();
        chain.execute(sender, rewards::ExecuteMsg::Approve { source, amount: quote.credits }, 0)?;
    }
    let outcome = chain.execute(sender, escrow::ExecuteMsg::Post { spec }, quote.funds.u128())?;
    let posted = outcome.all::<escrow::Posted>().into_iter().next().context("a post without its event")?;
    Ok((quote, posted.job))
}

/// Registers a provider with its stake, all of which escrow may put under lien.
fn register(chain: &mut Chain, name: &str, stake: Uint128) -> Result<(Addr, Addr)> {
    let (owner, operator) = (chain.actor(name), chain.actor(&format!("{name}-operator")));
    let metadata = registry::Metadata { moniker: name.into(), ..Default::default() };
    let register = registry::ExecuteMsg::Register { operator: operator.to_string(), metadata };
    chain.execute(&owner, register, stake.u128())?;
    let holder = chain.contracts.escrow.to_string();
    chain.execute(&owner, registry::ExecuteMsg::Cap { holder, amount: stake }, 0)?;
    Ok((owner, operator))
}
