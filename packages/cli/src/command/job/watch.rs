//! `tequio job watch`.

use std::{collections::BTreeMap, fmt, sync::Arc};

use anyhow::{Result, bail};
use rand::{SeedableRng, rngs::StdRng};
use serde::Serialize;
use tequio_backend::cpu::Cpu;
use tequio_client::{Chain, Escrow};
use tequio_embedded::Setup;
use tequio_protocol::{AssignmentId, DemandId, JobId, verifier};
use tequio_runner::{Relayer, Watcher, watcher::Shards};

use super::{
    assignments::{assignments, pause},
    store::{At, InStore},
    words::{job, range},
};
use crate::{network::Signed, output::table};

#[derive(clap::Args)]
pub struct Args {
    #[arg(value_parser = job)]
    job: JobId,
    /// Shards of each assignment that are run again; one of a hundred, at least one, if not given.
    #[arg(long)]
    shards: Option<u64>,
    /// Looks once instead of until every shard is settled or refunded.
    #[arg(long)]
    once: bool,
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    signed: Signed,
}

/// What watching came to.
#[derive(Serialize)]
#[serde(transparent)]
pub struct Watched(Vec<One>);

#[derive(Serialize)]
struct One {
    assignment: AssignmentId,
    first: u64,
    count: u64,
    /// Shards that were run again and are as they should be.
    same: u64,
    refuted: bool,
    demands: Vec<DemandId>,
    /// Whether the outputs are there, delivered or revealed.
    outputs: bool,
}

pub async fn run(args: Args) -> Result<Watched> {
    let (chain, client) = args.signed.chain().await?;
    let providers = InStore { chain: &chain, store: args.at.open()? };
    let shards = args.shards.map_or(Shards::OneInAHundred, Shards::Exactly);
    let relayer = Relayer::new(&chain, client, signer(&chain).await?);
    let backend = Arc::new(Cpu::default());
    let dice = StdRng::from_os_rng();
    let mut watcher = Watcher::new(&chain, providers.store.clone(), backend, relayer, shards, dice);
    let mut seen: BTreeMap<AssignmentId, (u64, u64)> = BTreeMap::new();
    loop {
        let now = Escrow(&chain).job(args.job).await?;
        let mut failed = None;
        for taken in assignments(&chain, args.job).await? {
            match watcher.look(taken.id, &providers).await {
                Ok(_) => _ = seen.insert(taken.id, (taken.first, taken.count)),
                Err(error) => failed = failed.or(Some(error.context(format!("assignment {}", taken.id)))),
            }
        }
        let over = now.settled + now.refunded == now.shards;
        match failed {
            Some(error) if args.once || over => bail!(error),
            Some(error) => tracing::warn!("{error:#}"),
            None if args.once || over => break,
            None => {}
        }
        pause().await;
    }
    let found = watcher.watched.iter().filter_map(|(assignment, watched)| {
        let &(first, count) = seen.get(assignment)?;
        Some(One {
            assignment: *assignment,
            first,
            count,
            same: watched.same(),
            refuted: watched.refuted(),
            demands: watched.demands.clone(),
            outputs: watched.outputs.is_some(),
        })
    });
    Ok(Watched(found.collect()))
}

/// Signs rounds of the beacon of local chains, whose secret everybody knows; of another beacon it has none.
async fn signer<C: Chain>(chain: &C) -> Result<impl Fn(u64) -> Vec<u8>> {
    let local = Setup::default().beacon();
    let (start_after, limit) = (None, Some(1));
    let known: Vec<verifier::BeaconResponse> = chain.query(verifier::QueryMsg::Beacons { start_after, limit }).await?;
    let is_local = known.first().is_some_and(|first| first.beacon == *local.public());
    Ok(move |round| if is_local { local.sign(round) } else { vec![] })
}

impl fmt::Display for Watched {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut table = table(["assignment", "shards", "run again, same", "refuted", "demands", "outputs"], &[0, 2]);
        for One { assignment, first, count, same, refuted, demands, outputs } in &self.0 {
            let refuted = if *refuted { "refuted" } else { "" };
            let outputs = if *outputs { "there" } else { "missing" };
            table.add_row([
                assignment.to_string(),
                range(*first, *count),
                same.to_string(),
                refuted.into(),
                demands.len().to_string(),
                outputs.into(),
            ]);
        }
        write!(f, "{table}")
    }
}
