//! `tequio job`: a client's jobs, from posting to the outputs. What is posted and delivered is public.

mod fetch;
mod list;
mod money;
mod post;
mod show;
mod watch;

use std::{env, time::Duration};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use cosmwasm_std::Addr;
use tequio_attestation::Wanted;
use tequio_client::{
    Chain, Escrow,
    data::{Store, outputs},
};
use tequio_embedded::{LocalBeacon, Setup};
use tequio_protocol::{AssignmentId, JobId, escrow::AssignmentResponse, verifier};
use tequio_rpc::Rpc;
use tequio_runner::Providers;

use crate::{failure::Usage, network::block_on, output::Output};

#[derive(Subcommand)]
pub enum Command {
    /// Puts a program and inputs into a store, and a job over them on the chain. Both are public, and so are the outputs.
    Post(Box<post::Args>),
    /// Jobs, the newest first.
    List(list::Args),
    /// A job and what became of its shards.
    Show(show::Args),
    /// Runs a few shards of every assignment again, refutes what is wrong, and demands what is not shown.
    Watch(watch::Args),
    /// Fetches the outputs, each checked against what was attested.
    Fetch(fetch::Args),
    /// Raises the price of shards that nobody has taken.
    TopUp(money::TopUp),
    /// Takes back the payment of shards that nobody has taken.
    Refund(money::Refund),
    /// Withdraws what the chain owes.
    Withdraw(money::Withdraw),
}

pub fn run(command: Command, output: &Output) -> Result<()> {
    match command {
        Command::Post(args) => output.print(&block_on(post::run(*args))?),
        Command::List(args) => output.print(&block_on(list::run(args))?),
        Command::Show(args) => show::run(args, output),
        Command::Watch(args) => output.print(&block_on(watch::run(args))?),
        Command::Fetch(args) => output.print(&block_on(fetch::run(args))?),
        Command::TopUp(args) => output.print(&block_on(money::top_up(args))?),
        Command::Refund(args) => output.print(&block_on(money::refund(args))?),
        Command::Withdraw(args) => output.print(&block_on(money::withdraw(args))?),
    }
}

/// Where data is.
#[derive(Args, Clone, Debug)]
pub struct At {
    /// The store that client and providers share: a folder, file:///…, http(s)://… or s3://bucket/…; `TEQUIO_STORE` if not
    /// given. What S3 takes is in the environment, as AWS names it (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL`, …).
    #[arg(long)]
    store: Option<String>,
}

impl At {
    pub fn open(&self) -> Result<Store> {
        let address = self.store.clone().or_else(|| env::var("TEQUIO_STORE").ok()).ok_or_else(|| {
            Usage::new("no store is given", "give one after --store, or in TEQUIO_STORE: a folder, or s3://bucket/…")
        })?;
        let named = env::vars().filter(|(name, _)| name.starts_with("AWS_"));
        Ok(Store::open(&address, named.map(|(name, value)| (name.to_lowercase(), value)))?)
    }
}

/// Providers as a client reaches them through the store: their deliveries are there, anything else is demanded on the chain.
pub struct InStore<'a> {
    pub chain: &'a Rpc,
    pub store: Store,
}

impl Providers for InStore<'_> {
    async fn delivery(&self, assignment: AssignmentId) -> Option<String> {
        let assignment = Escrow(self.chain).assignment(assignment).await.ok()?;
        let attestation = Escrow(self.chain).attestation(&assignment).await.ok()??;
        self.store.pointed(&outputs(&attestation.root)).await.ok()
    }

    async fn serve(&self, _: &Addr, assignment: AssignmentId, _: Wanted) -> Result<String> {
        anyhow::bail!("the provider of assignment {assignment} is not reached off the chain")
    }
}

/// Signs rounds of the beacon of local chains, whose secret everybody knows; of another beacon it has none.
pub async fn signer<C: Chain>(chain: &C) -> Result<impl Fn(u64) -> Vec<u8>> {
    let setup = Setup::default();
    let local = LocalBeacon::new(&setup.beacon_seed, setup.genesis, setup.beacon_period);
    let (start_after, limit) = (None, Some(1));
    let known: Vec<verifier::BeaconResponse> = chain.query(verifier::QueryMsg::Beacons { start_after, limit }).await?;
    let is_local = known.first().is_some_and(|first| first.beacon == *local.public());
    Ok(move |round| if is_local { local.sign(round) } else { vec![] })
}

/// Every assignment of a job, by id.
pub async fn assignments<C: Chain>(chain: &C, job: JobId) -> Result<Vec<AssignmentResponse>> {
    let mut all: Vec<AssignmentResponse> = vec![];
    loop {
        let page = Escrow(chain).assignments(job, all.last().map(|assignment| assignment.id)).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

/// A job's number.
pub fn job(text: &str) -> Result<JobId, String> {
    text.parse().map(JobId).map_err(|_| format!("{text:?} is not the number of a job"))
}

/// A time, as in `90s`, `15m`, `12h`, `7d`.
pub fn seconds(text: &str) -> Result<u64, String> {
    let wrong = || format!("{text:?} is no time: take a number and s, m, h or d, as in 12h");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let each = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let count: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    count.checked_mul(each).ok_or_else(wrong)
}

/// Waits a little before looking again.
pub async fn pause() {
    tokio::time::sleep(Duration::from_secs(2)).await;
}

/// The number of the first shard of nothing: what an empty range is called.
pub fn range(first: u64, count: u64) -> String {
    match count {
        1 => first.to_string(),
        _ => format!("{first}–{}", (first + count).saturating_sub(1)),
    }
}

/// Fails where a job's data can't be had.
pub fn missing<T>(found: Result<T>, job: JobId) -> Result<T> {
    found.with_context(|| format!("the data of job {job} is not in this store"))
}
