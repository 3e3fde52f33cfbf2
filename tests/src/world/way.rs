//! The way of a job, one word a step.

use anyhow::Result;
use cosmwasm_std::{Addr, Uint128};
use tequio_attestation::Inputs;
use tequio_backend::ShardResult;
use tequio_client::{
    Call, Executed,
    data::{Delivery, Published, publish},
    deploy::BEACON,
    flow,
};
use tequio_protocol::{
    AssignmentId, JobId, TypedEvent,
    escrow::{self, Assigned, Ended, JobSpec, Kind, MIN_COMMONS_AUDIT, NotYet, QuoteResponse, Refunded, Ruling},
    registry, rewards,
    verifier::{self, Attested, Verdict},
};
use tequio_runner::{
    Relayer,
    provider::{self, Part},
    relayer,
};

use super::{Held, Posted, World, wait};
use crate::{Job, Provider};

impl World {
    /// The client posts a job; if it is a commons job, governance does.
    pub fn post(&mut self, job: Job) -> JobId {
        let poster = if job.kind == Kind::Client { &self.client } else { &self.chain.deployment().governance };
        self.post_as(&poster.clone(), job)
    }

    /// `client` buys and approves the credits that a job takes, with tokens of its own, and posts it.
    pub fn post_as(&mut self, client: &Addr, job: Job) -> JobId {
        let spec = self.offer(&job);
        self.post_spec(client, job, spec)
    }

    /// The client posts a job with something changed in what it says.
    pub fn post_with(&mut self, job: Job, change: impl FnOnce(&mut JobSpec)) -> JobId {
        let (client, mut spec) = (self.client.clone(), self.offer(&job));
        change(&mut spec);
        self.post_spec(&client, job, spec)
    }

    fn post_spec(&mut self, client: &Addr, job: Job, spec: JobSpec) -> JobId {
        let quote = self.quote(&spec);
        self.buy(client, quote.credits);
        let outcome = self.send(client, escrow::ExecuteMsg::Post { spec }, quote.funds.u128());
        let posted: escrow::Posted = only(&outcome);
        self.job = posted.job;
        self.jobs.insert(posted.job, Posted { job, data: None });
        posted.job
    }

    /// The client posts an audit of an assignment.
    pub fn audit(&mut self, audit: flow::Audit) -> Result<JobId> {
        let job = self.jobs[&self.assignment(audit.assignment).job].job.clone();
        let posted = flow::audit(&self.chain, &self.store, &self.client, job.model.manifest(), audit);
        let (_, escrow::Posted { job: id, .. }) = wait(posted)?;
        self.conserves();
        self.job = id;
        self.jobs.insert(id, Posted { job, data: None });
        Ok(id)
    }

    /// Publishes a job's data and says what there is to post.
    pub fn offer(&mut self, job: &Job) -> JobSpec {
        let published = self.publish(job);
        let spec = job.spec(&published, self.now());
        if spec.kind == Kind::Client {
            return JobSpec { audit_window: spec.audit_window.or(self.chain.audit_window()), ..spec };
        }
        // A stranger watches what is nobody's.
        let principal = spec.principal.or_else(|| Some(self.stranger.to_string()));
        JobSpec { principal, audit_window: spec.audit_window.or(Some(MIN_COMMONS_AUDIT)), ..spec }
    }

    /// Publishes a job's data.
    pub fn publish(&self, job: &Job) -> Published {
        let (program, plan) = (job.model.program.clone(), job.model.plan.to_json().into_bytes());
        let inputs = Inputs::new(job.model.manifest(), job.inputs.clone()).expect("a job's inputs");
        let published = wait(publish(&self.store, program, plan, job.model.manifest(), &inputs));
        published.expect("a store that takes data")
    }

    pub fn quote(&self, spec: &JobSpec) -> QuoteResponse {
        self.ask(escrow::QueryMsg::Quote { spec: spec.clone() })
    }

    /// Burns `credits` tokens for credits that escrow may reserve.
    pub fn buy(&mut self, client: &Addr, credits: Uint128) {
        if let Some(Call { message, .. }) = flow::purchase(self.chain.deployment(), credits).expect("a hook is JSON") {
            self.send(client, message, 0);
        }
    }

    /// A provider takes up to `count` shards of the last job.
    pub fn assign(&mut self, provider: &Provider, count: u64) -> AssignmentId {
        self.assign_of(self.job, provider, count)
    }

    /// A provider takes up to `count` shards of a job.
    pub fn assign_of(&mut self, job: JobId, provider: &Provider, count: u64) -> AssignmentId {
        let outcome = self.send(&provider.operator, provider.taking(job, count), 0);
        let Assigned { assignment, .. } = only(&outcome);
        self.taken.insert(assignment, provider.clone());
        assignment
    }

    /// The owner key of a provider lets `added` work for it, and `removed` no longer.
    pub fn rotate(&mut self, provider: &Provider, added: &[&Addr], removed: &[&Addr]) {
        let [add, remove] = [added, removed].map(|keys| keys.iter().map(|key| key.to_string()).collect());
        self.send(&provider.owner, registry::ExecuteMsg::Update { add, remove, metadata: None }, 0);
    }

    /// A provider gives an assignment back, with the fee for it.
    pub fn give_back(&mut self, assignment: AssignmentId) -> Ended {
        let (operator, fee) = (self.taken[&assignment].operator.clone(), self.give_back_fee(assignment));
        only(&self.send(&operator, escrow::ExecuteMsg::GiveBack { assignment }, fee))
    }

    /// A provider runs everything it took and has not attested to, delivers the outputs and attests.
    pub fn attest(&mut self, provider: &Provider) {
        for assignment in self.active(provider) {
            if !self.held.contains_key(&assignment) {
                self.attest_to(provider, assignment);
            }
        }
    }

    /// A provider runs one assignment, delivers its outputs and attests.
    pub fn attest_to(&mut self, provider: &Provider, assignment: AssignmentId) {
        let held = self.run(provider, assignment);
        let message = provider::attest(&held.run, &self.assignment(assignment));
        let Attested { attestation, .. } = only(&self.send(&provider.operator, message, 0));
        self.held.insert(assignment, Held { attestation, ..held });
    }

    /// A provider runs an assignment and delivers its outputs; nothing is attested yet.
    pub fn run(&mut self, provider: &Provider, assignment: AssignmentId) -> Held {
        let taken = self.assignment(assignment);
        let data = self.data(taken.job);
        let executable = provider.executable(&self.model(taken.job));
        let mut delivery = Delivery::new(&self.store);
        let deliver = |shard: ShardResult| anyhow::Ok(wait(delivery.add(shard.root, &shard.roots, &shard.outputs))?);
        let run = provider::run(&data, &*executable, &taken, deliver).expect("the program's inputs");
        let delivered = wait(delivery.finish()).expect("a store that takes data");
        Held { data, run, executable, attestation: [0; 32].into(), delivered }
    }

    /// Blocks pass and a relayer posts rounds until every attestation is drawn.
    pub fn beacon(&mut self) {
        let sign = |round| self.chain.beacon().sign(round);
        let mut relayer = Relayer::new(&self.chain, self.stranger.clone(), sign);
        wait(relayer.draw()).expect("a relayer who knows the beacon");
        self.conserves();
    }

    /// A stranger posts a round.
    pub fn post_round(&mut self, round: u64) -> Executed {
        let signature = self.chain.beacon().sign(round).into();
        let message = verifier::ExecuteMsg::Beacon { beacon: BEACON, round, signature };
        self.send(&self.stranger.clone(), message, 0)
    }

    /// A provider opens everything it attested to, as well as it can.
    pub fn open(&mut self, provider: &Provider) {
        self.open_by(&provider.operator, provider, u32::MAX);
    }

    /// `sender` relays the openings of a provider, `part` draws in each message, until a verdict is there.
    pub fn open_by(&mut self, sender: &Addr, provider: &Provider, part: u32) {
        for assignment in self.active(provider) {
            for message in self.openings(assignment, part) {
                if self.verdict(assignment) == (Verdict::Pending {}) {
                    self.send(sender, message, 0);
                }
            }
        }
    }

    /// The messages that open what is still to be opened of an assignment's attestation, so many draws in each; none
    /// without one.
    pub fn openings(&self, assignment: AssignmentId, draws: u32) -> Vec<verifier::ExecuteMsg> {
        self.parts(assignment, Part { draws, bytes: usize::MAX })
    }

    /// The same, a part in each.
    pub fn parts(&self, assignment: AssignmentId, part: Part) -> Vec<verifier::ExecuteMsg> {
        let Some(held) = self.held.get(&assignment) else { return vec![] };
        let attestation = self.attestation(assignment);
        if attestation.verdict != (Verdict::Pending {}) {
            return vec![];
        }
        provider::open(&held.data, &*held.executable, &held.run, &attestation, part).expect("everything to open it")
    }

    /// A stranger has every assignment settled that the verifier found genuine, once it was audited, or false.
    pub fn settle(&mut self) -> Vec<Ended> {
        self.end(|ruling| matches!(ruling, Ruling::Settle(_) | Ruling::Wait(NotYet::Audit { .. })))
    }

    /// Time passes, and a stranger expires whatever is not there in time.
    pub fn expire(&mut self) -> Vec<Ended> {
        self.end(|ruling| !matches!(ruling, Ruling::Settle(_) | Ruling::Wait(NotYet::Audit { .. })))
    }

    /// Ends those active assignments whose ruling is `wanted`, waiting for it as long as it takes.
    fn end(&mut self, wanted: impl Fn(Ruling) -> bool) -> Vec<Ended> {
        let stranger = self.stranger.clone();
        let mut ended = vec![];
        for id in self.taken.keys().copied().collect::<Vec<_>>() {
            loop {
                let ruling = self.ruling(id);
                if !wanted(ruling) {
                    break;
                }
                match (ruling, relayer::end(id, ruling)) {
                    (_, Some(message)) => ended.push(only(&self.send(&stranger, message, 0))),
                    (Ruling::Wait(NotYet::Pending { deadline: None }), _) => match self.attestation(id).round {
                        None => {
                            self.chain.advance(0);
                            self.send(&stranger, verifier::ExecuteMsg::Tick {}, 0);
                        }
                        Some(round) => {
                            self.chain.advance_past(round.limit);
                        }
                    },
                    (Ruling::Wait(reason), _) => self.chain.advance_past(reason.until().expect("a deadline")),
                    _ => break,
                }
            }
        }
        ended
    }

    /// The client takes free shards of the last job back: `shards` of them, or all.
    pub fn refund(&mut self, shards: Option<u64>) -> Refunded {
        let (client, job) = (self.job(self.job).client, self.job);
        only(&self.send(&Addr::unchecked(client), escrow::ExecuteMsg::Refund { job, shards }, 0))
    }

    /// A provider mints what it earned. Returns how much that was.
    pub fn claim(&mut self, provider: &Provider) -> u128 {
        self.mint(&provider.owner)
    }

    /// Somebody mints what it earned.
    pub fn mint(&mut self, owner: &Addr) -> u128 {
        only::<rewards::Claimed>(&self.send(owner, rewards::ExecuteMsg::Claim { provider: None }, 0)).amount.u128()
    }

    /// Somebody takes its money out of escrow. Returns how much that was.
    pub fn withdraw(&mut self, address: &Addr) -> u128 {
        let outcome = self.send(address, escrow::ExecuteMsg::Withdraw {}, 0);
        only::<escrow::Withdrawn>(&outcome).amount.u128()
    }

    /// The whole way of what a provider took: attest · beacon · open · settle.
    pub fn complete(&mut self, provider: &Provider) -> Vec<Ended> {
        self.attest(provider);
        self.beacon();
        self.open(provider);
        self.settle()
    }

    /// Assignments that a provider took and that have not ended.
    pub fn active(&self, provider: &Provider) -> Vec<AssignmentId> {
        let mine = |(id, taken): (&AssignmentId, &Provider)| (taken.owner == provider.owner).then_some(*id);
        let mine: Vec<_> = self.taken.iter().filter_map(mine).collect();
        mine.into_iter().filter(|id| self.state_of(*id) == escrow::State::Active).collect()
    }
}

/// The one event of a kind.
pub(super) fn only<T: TypedEvent + std::fmt::Debug>(outcome: &Executed) -> T {
    let mut all = outcome.all::<T>();
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}
