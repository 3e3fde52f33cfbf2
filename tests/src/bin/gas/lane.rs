//! One provider that works without a pause: every turn it takes eight assignments, and has those of earlier turns paid.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use cosmwasm_std::{Addr, Uint128};
use tequio_attestation::Inputs;
use tequio_backend::cpu::Cpu;
use tequio_client::{Chain, Escrow, Verifier, data::publish, flow};
use tequio_protocol::{
    AssignmentId, JobId,
    escrow::{Ending, JobResponse, JobSpec, NotYet, Ruling},
    registry::Metadata,
};
use tequio_rpc::Rpc;
use tequio_runner::Provider;
use tequio_tests::Model;

use crate::{Backend, network::Net};

/// Assignments that are taken at once.
pub const TOGETHER: u64 = 8;
const STAKE: u128 = 15_000_000_000;

pub struct Work {
    pub model: Arc<Model>,
    pub draws: u32,
    /// Shards of an assignment.
    pub size: u64,
    /// Seconds of the audit window.
    pub window: u32,
    pub quick: bool,
}

pub struct Lane<'a> {
    net: &'a Net,
    pub work: Work,
    job: JobId,
    provider: Provider<'a, Rpc>,
    /// The first assignment of the last turn.
    taken: Option<AssignmentId>,
    /// Of the last turn.
    pub last: Cost,
}

/// What a turn cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    pub gas: u64,
    pub bytes: u64,
    pub shards: u64,
    pub transactions: u64,
}

impl<'a> Lane<'a> {
    pub async fn begin(net: &'a Net, work: Work) -> Result<Self> {
        let turns = if work.quick { 6 } else { 11 };
        let shards = turns * TOGETHER * work.size;
        let client = net.account();
        let job = post(net, &client, &work.model, work.draws, shards, Some(work.window)).await?;
        let provider = provider(net, net.account(), "lane").await?;
        Ok(Self { net, work, job, provider, taken: None, last: Cost::default() })
    }

    pub async fn job(&self) -> Result<JobResponse> {
        Escrow(&self.net.chain).job(self.job).await
    }

    /// Takes turns, the first of which is the turn number `from`.
    pub async fn turns(&mut self, from: u32, turns: u32) -> Result<()> {
        for turn in from..from + turns {
            let before = self.net.sent().len();
            let next = [(self.job, self.work.size, TOGETHER as u32)];
            let said = self.provider.turn(|round| self.net.sign(round), &next).await?;
            let taken = said.assigned.len() as u64;
            ensure!(taken == TOGETHER, "took {taken} assignments");
            let attested = self.provider.attest_turn().await? as u64;
            ensure!(attested == TOGETHER, "attested to {attested} assignments");
            ensure!(said.ended.iter().all(|ended| ended.ending == Ending::Settled), "not all was paid");
            let mut cost = Cost { shards: said.ended.iter().map(|ended| ended.shards).sum(), ..Cost::default() };
            for sent in self.net.sent()[before..].iter().filter(|sent| sent.sender == self.provider.operator) {
                cost.gas += sent.gas_used;
                cost.bytes += sent.bytes as u64;
                cost.transactions += 1;
            }
            self.last = cost;
            eprintln!("{} × {} shards, window {}, turn {turn}: {cost:?}", TOGETHER, self.work.size, self.work.window);
            let before = self.taken.replace(said.assigned[0].assignment);
            self.until_drawn(before).await?;
            self.until_audited().await?;
        }
        Ok(())
    }

    /// Waits until what the turn before took can be opened: this turn's attestations told the clock.
    async fn until_drawn(&self, assignment: Option<AssignmentId>) -> Result<()> {
        for _ in 0..3 {
            self.net.chain.connection.next_block().await?;
        }
        let Some(held) = assignment.and_then(|id| self.provider.held(id)) else { return Ok(()) };
        loop {
            let drawn = Verifier(&self.net.chain).attestation(held.attestation).await?.round;
            let now = self.net.chain.block().await?.time;
            if drawn.is_some_and(|drawn| drawn.due <= now) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// Waits until whatever was opened can be settled: each turn settles as much as it takes.
    async fn until_audited(&self) -> Result<()> {
        let escrow = Escrow(&self.net.chain);
        for assignment in escrow.active(&self.provider.owner, None, None).await?.assignments {
            while let Ruling::Wait(NotYet::Audit { .. }) = escrow.ruling(assignment.id).await? {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        Ok(())
    }
}

/// Posts a job of so many shards.
pub async fn post(
    net: &Net,
    client: &Addr,
    model: &Model,
    draws: u32,
    shards: u64,
    audit_window: Option<u32>,
) -> Result<JobId> {
    let shard = model.noise(64);
    let times = usize::try_from(shards.div_ceil(64))?;
    let bytes = model.input_bytes();
    let buffers = shard.iter().zip(&bytes).map(|(shard, bytes)| {
        let mut all = shard.repeat(times);
        all.truncate(bytes * shards as usize);
        all
    });
    let inputs = Inputs::new(model.manifest(), buffers.collect())?;
    let (program, plan) = (model.program.clone(), model.plan.to_json().into_bytes());
    let spec = publish(&net.store, program, plan, model.manifest(), &inputs).await?.spec(model.manifest());
    let (price, end) = (Uint128::new(1_000), net.chain.block().await?.time + 30 * 86_400);
    let (_, posted) = flow::post(&net.chain, client, JobSpec { price, draws, end, audit_window, ..spec }).await?;
    Ok(posted.job)
}

/// Somebody who works with the key that holds the stake.
pub async fn provider<'a>(net: &'a Net, address: Addr, name: &str) -> Result<Provider<'a, Rpc>> {
    let metadata = Metadata { moniker: name.into(), ..Default::default() };
    let stake = STAKE.into();
    flow::register(&net.chain, &address, &[], metadata, stake, stake).await.context("cannot register")?;
    let backend: Backend = Arc::new(Cpu::default());
    Ok(Provider::new(&net.chain, net.store.clone(), backend, address.clone(), address))
}
