//! A provider says what it has to say of all its assignments at once, and what is refused holds up nothing else.

use std::{cell::Cell, sync::Arc};

use anyhow::{Result, anyhow};
use cosmwasm_std::{Addr, Event};
use serde::de::DeserializeOwned;
use tequio_attestation::Inputs;
use tequio_backend::cpu::Cpu;
use tequio_client::{
    Block, Call, Chain, Deployment, Escrow, Executed, Query, Rewards, data::Store, data::publish, flow,
};
use tequio_embedded::{Embedded, Setup};
use tequio_program::{compile, load};
use tequio_protocol::{
    AssignmentId, JobId,
    escrow::{self, Ending, JobSpec},
    registry::Metadata,
    rewards,
    verifier::ExecuteMsg,
};
use tequio_runner::{
    Provider, Relayer,
    provider::{DrawTooBig, Part, TooBusy},
};

const SHARDS: u64 = 12;

/// A chain whose next answers to what is sent are lost.
struct Silent<'a> {
    chain: &'a Embedded,
    lost: Cell<u32>,
}

impl Chain for Silent<'_> {
    fn deployment(&self) -> &Deployment {
        self.chain.deployment()
    }

    async fn query<T: DeserializeOwned>(&self, query: impl Into<Query>) -> Result<T> {
        self.chain.query(query).await
    }

    async fn broadcast(&self, sender: &Addr, calls: Vec<Call>) -> Result<Executed> {
        let executed = self.chain.broadcast(sender, calls).await?;
        match self.lost.get().checked_sub(1) {
            None => Ok(executed),
            Some(left) => {
                self.lost.set(left);
                Err(anyhow!("no answer"))
            }
        }
    }

    fn leaves_open(&self, error: &anyhow::Error) -> bool {
        error.to_string() == "no answer"
    }

    async fn block(&self) -> Result<Block> {
        self.chain.block().await
    }

    async fn wait(&self, until: u64) -> Result<Block> {
        self.chain.wait(until).await
    }

    async fn events(&self, from: u64) -> Result<(Vec<(u64, Event)>, u64)> {
        self.chain.events(from).await
    }
}

struct Scene {
    chain: Embedded,
    store: Store,
    alice: Addr,
    job: JobId,
}

impl Scene {
    /// A job without an audit window, or with this one, and a provider that works with the key that holds its stake.
    async fn new(audit_window: u32) -> Self {
        let rich = 1 << 80;
        let setup = Setup::default().fund("client", rich).fund("alice", rich).genesis_tokens("client", rich);
        let chain = Embedded::new(&setup).unwrap();
        let (store, alice) = (Store::memory(), chain.actor("alice"));
        let digits = tequio_models::digits();
        let manifest = compile(&load(digits.program).unwrap(), &digits.plan).unwrap().manifest;
        let bytes = manifest.inputs()[0].ty.bytes() * SHARDS as usize;
        let inputs = Inputs::new(&manifest, vec![digits.inputs[..bytes].to_vec()]).unwrap();
        let plan = digits.plan.to_json().into_bytes();
        let spec = publish(&store, digits.program.to_vec(), plan, &manifest, &inputs).await.unwrap().spec(&manifest);
        let (price, end) = (1_000u128.into(), chain.now() + 86_400);
        let spec = JobSpec { price, draws: 16, end, audit_window: Some(audit_window), ..spec };
        let (_, posted) = flow::post(&chain, &chain.actor("client"), spec).await.unwrap();
        let stake = (1u128 << 70).into();
        flow::register(&chain, &alice, &[], Metadata::default(), stake, stake).await.unwrap();
        Self { chain, store, alice, job: posted.job }
    }

    fn provider(&self) -> Provider<'_, Embedded> {
        self.provider_on(&self.chain)
    }

    fn provider_on<'a, C: Chain>(&self, chain: &'a C) -> Provider<'a, C> {
        let backend = Arc::new(Cpu::default());
        Provider::new(chain, self.store.clone(), backend, self.alice.clone(), self.alice.clone())
    }

    fn sign(&self) -> impl Fn(u64) -> Vec<u8> + '_ {
        |round| self.chain.beacon().sign(round)
    }

    /// Somebody's message comes, and time passes until the rounds of what was attested are due.
    fn later(&self) {
        self.chain.advance(15);
        self.chain.send(&self.chain.actor("bob"), ExecuteMsg::Tick {}, 0).unwrap();
        self.chain.advance(40);
    }

    fn messages(&self, name: &str) -> u64 {
        let traffic = self.chain.traffic();
        traffic.iter().filter(|(sent, _)| sent.message == name).map(|(_, count)| count.messages).sum()
    }
}

#[tokio::test]
async fn what_was_taken_is_paid_two_turns_later() {
    let scene = Scene::new(0).await;
    let mut provider = scene.provider();
    let taken = provider.turn(scene.sign(), &[(scene.job, 4, 3)]).await.unwrap();
    assert_eq!((taken.assigned.len(), taken.ended.len()), (3, 0));
    assert_eq!(provider.attest_turn().await.unwrap(), 3);
    assert_eq!(provider.attest_turn().await.unwrap(), 0);
    let early = provider.turn(scene.sign(), &[]).await.unwrap();
    assert_eq!((early.assigned.len(), early.ended.len()), (0, 0));

    scene.later();
    let before = scene.chain.coins(&scene.alice).unwrap();
    let (sign, signed) = (scene.sign(), Cell::new(0));
    let counted = |round| {
        signed.set(signed.get() + 1);
        sign(round)
    };
    let paid = provider.turn(counted, &[]).await.unwrap();
    assert_eq!(signed.get(), 1, "a round is signed once, however many wait for it");
    assert!(paid.ended.iter().all(|ended| ended.ending == Ending::Settled));
    assert_eq!(paid.ended.iter().map(|ended| ended.shards).sum::<u64>(), SHARDS);
    assert_eq!((scene.chain.coins(&scene.alice).unwrap() - before).u128(), u128::from(SHARDS) * 1_000);
    assert!(Rewards(&scene.chain).claimable(&scene.alice).await.unwrap().earned.is_zero());
    // One round, one list of what is settled.
    assert_eq!(["beacon", "open", "settle", "claim", "withdraw"].map(|name| scene.messages(name)), [1, 3, 1, 1, 1]);
    assert!(provider.held(taken.assigned[0].assignment).is_none(), "what is over is forgotten");
}

/// Whichever answer is lost, nothing is taken or said twice, and everything is paid.
#[tokio::test]
async fn what_was_accepted_without_an_answer_is_not_sent_again() {
    let scene = Scene::new(0).await;
    let chain = Silent { chain: &scene.chain, lost: Cell::new(1) };
    let mut provider = scene.provider_on(&chain);
    let next = [(scene.job, 4, 2), (scene.job, 4, 1)];
    let lost = provider.turn(scene.sign(), &next).await.unwrap_err();
    assert_eq!(lost.to_string(), "no answer");
    assert_eq!(scene.messages("assign"), 2);

    chain.lost.set(1);
    assert_eq!(provider.attest_turn().await.unwrap_err().to_string(), "no answer");
    assert_eq!((scene.messages("attest"), provider.taken().count()), (3, 0));

    // Who starts anew finds what it attested to.
    let mut provider = scene.provider_on(&chain);
    assert_eq!(provider.attest_turn().await.unwrap(), 0);
    assert_eq!(scene.messages("attest"), 3);

    scene.later();
    chain.lost.set(1);
    let before = scene.chain.coins(&scene.alice).unwrap();
    assert_eq!(provider.turn(scene.sign(), &[]).await.unwrap_err().to_string(), "no answer");
    assert_eq!((scene.chain.coins(&scene.alice).unwrap() - before).u128(), u128::from(SHARDS) * 1_000);
    assert!(provider.turn(scene.sign(), &[]).await.unwrap().ended.is_empty());
    assert_eq!(["beacon", "open", "settle", "claim", "withdraw"].map(|name| scene.messages(name)), [1, 3, 1, 1, 1]);
}

#[tokio::test]
async fn with_an_audit_window_it_is_settled_with_a_later_turn() {
    let scene = Scene::new(600).await;
    let mut provider = scene.provider();
    provider.turn(scene.sign(), &[(scene.job, 6, 2)]).await.unwrap();
    provider.attest_turn().await.unwrap();
    scene.later();
    assert_eq!(provider.turn(scene.sign(), &[]).await.unwrap().ended.len(), 0);
    assert_eq!(provider.turn(scene.sign(), &[]).await.unwrap().ended.len(), 0);
    scene.chain.advance(100 * 600);
    assert_eq!(provider.turn(scene.sign(), &[]).await.unwrap().ended.len(), 2);
    assert_eq!(scene.messages("open"), 2);
}

#[tokio::test]
async fn what_is_refused_holds_up_nothing_else() {
    let scene = Scene::new(0).await;
    let mut provider = scene.provider();
    provider.turn(scene.sign(), &[(scene.job, 4, 2)]).await.unwrap();
    provider.attest_turn().await.unwrap();
    scene.later();
    // More shards than are left, in three messages: the last of them finds none.
    let refused =
        provider.turn(scene.sign(), &[(scene.job, 2, 1), (scene.job, 2, 1), (scene.job, 2, 1)]).await.unwrap_err();
    let why = refused.root_cause().to_string();
    assert!(why.contains("has 12 shards"), "{why}");
    let job = Escrow(&scene.chain).job(scene.job).await.unwrap();
    assert_eq!((job.settled, job.active, job.free), (8, 4, 0));
    assert_eq!(provider.attest_turn().await.unwrap(), 2);
}

/// A job that it would not take, too.
#[tokio::test]
async fn what_it_cannot_take_holds_up_nothing_else() {
    let scene = Scene::new(0).await;
    let mut provider = scene.provider();
    provider.turn(scene.sign(), &[(scene.job, 4, 2)]).await.unwrap();
    provider.attest_turn().await.unwrap();
    scene.later();
    provider.max_draw_bytes = 1;
    let refused = provider.turn(scene.sign(), &[(scene.job, 4, 1)]).await.unwrap_err();
    assert!(refused.is::<DrawTooBig>(), "{refused}");
    let job = Escrow(&scene.chain).job(scene.job).await.unwrap();
    assert_eq!((job.settled, job.active, job.free), (8, 0, 4));
}

#[tokio::test]
async fn what_somebody_else_ended_is_forgotten() {
    let scene = Scene::new(0).await;
    let (mut provider, bob) = (scene.provider(), scene.chain.actor("bob"));
    provider.turn(scene.sign(), &[(scene.job, 4, 2)]).await.unwrap();
    provider.attest_turn().await.unwrap();
    let late = provider.turn(scene.sign(), &[(scene.job, 4, 1)]).await.unwrap().assigned[0].assignment;
    scene.later();
    // Its openings come from a relayer who was faster, and who settles.
    let mut relayer = Relayer::new(&scene.chain, bob.clone(), |round| scene.chain.beacon().sign(round));
    relayer.draw().await.unwrap();
    provider.open_all(Part::default()).await.unwrap();
    let held: Vec<_> = (1..=2).map(AssignmentId).collect();
    assert!(held.iter().all(|id| provider.held(*id).is_some()));
    let settle = escrow::ExecuteMsg::Settle { assignments: held.clone() };
    scene.chain.execute(&bob, settle).await.unwrap();
    let sent = scene.messages("settle");
    assert!(provider.turn(scene.sign(), &[]).await.unwrap().ended.is_empty());
    assert!(held.iter().all(|id| provider.held(*id).is_none()));
    assert_eq!(scene.messages("settle"), sent, "nothing is settled again");

    // Nor is run what it attests to too late.
    scene.chain.advance(86_400);
    scene.chain.execute(&bob, escrow::ExecuteMsg::Expire { assignments: vec![late] }).await.unwrap();
    assert_eq!(provider.attest_turn().await.unwrap(), 0);
    assert_eq!(provider.taken().count(), 0);
}

/// All that it takes at once has to be run in time, whatever it is cut into.
#[tokio::test]
async fn what_it_takes_several_times_is_no_more_than_it_runs_in_time() {
    let scene = Scene::new(0).await;
    let job = Escrow(&scene.chain).job(scene.job).await.unwrap();
    let mut provider = scene.provider();
    for (in_time, count, parts) in [(7, 2, 3), (2, 1, 2)] {
        provider.speed = Some((in_time * job.cost.u64()).div_ceil(u64::from(job.attest_window / 2)));
        let taken = provider.turn(scene.sign(), &[(scene.job, 4, 3)]).await.unwrap().assigned;
        assert_eq!(taken.iter().map(|taken| taken.count).collect::<Vec<_>>(), vec![count; parts]);
    }
}

/// Demands on every part have to be answered.
#[tokio::test]
async fn what_it_takes_several_times_is_no_more_than_it_can_answer_for() {
    let scene = Scene::new(600).await;
    let job = Escrow(&scene.chain).job(scene.job).await.unwrap();
    let mut provider = scene.provider();
    // Two answers take all of the time between demands of one assignment.
    let spacing = job.arbitration.unwrap().spacing;
    provider.speed = Some(2 * job.cost.u64() / u64::from(spacing) + 1);
    let busy = provider.turn(scene.sign(), &[(scene.job, 1, 2)]).await.unwrap_err();
    assert!(busy.downcast::<TooBusy>().unwrap().percent > 100);
    assert_eq!(provider.turn(scene.sign(), &[(scene.job, 1, 1)]).await.unwrap().assigned.len(), 1);
}

/// Anyone claims for a provider, and posts rounds.
#[tokio::test]
async fn somebody_who_was_faster_costs_it_nothing() {
    let scene = Scene::new(0).await;
    let mut provider = scene.provider();
    provider.turn(scene.sign(), &[(scene.job, 4, 2)]).await.unwrap();
    provider.attest_turn().await.unwrap();
    scene.later();
    let bob = scene.chain.actor("bob");
    let round = scene.chain.beacon().public().round_after(scene.chain.now() - 40 + 30);
    for round in round - 2..round + 2 {
        let (beacon, signature) = (tequio_client::deploy::BEACON, scene.chain.beacon().sign(round).into());
        scene.chain.execute(&bob, ExecuteMsg::Beacon { beacon, round, signature }).await.unwrap();
    }
    let paid = provider.turn(scene.sign(), &[]).await.unwrap();
    assert_eq!(paid.ended.len(), 2);
    let none = rewards::ExecuteMsg::Claim { provider: Some(scene.alice.to_string()) };
    assert!(scene.chain.execute(&bob, none).await.is_err());
}
