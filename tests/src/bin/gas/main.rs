//! What everything costs on a real chain: every message in a transaction of its own, and a shard as a provider really has it
//! verified, paid and minted, eight assignments at a time. `scripts/gas` starts the chain and runs this.

mod lane;
mod network;
mod report;
mod single;

use std::{collections::BTreeMap, fs, path::PathBuf, sync::Arc};

use anyhow::{Context, Result};
use clap::Parser;
use futures::future::{join, try_join_all};
use tequio_program::{Plan, load};
use tequio_tests::{Model, model};
use tokio::runtime::Builder;

use lane::{Lane, Work};
use network::Net;
use report::Report;

/// Shards of an assignment, for which a shard's cost is told.
pub const SIZES: [u64; 4] = [1, 32, 512, 4_096];
/// Seconds of the audit window of the second half of the lanes: the shortest that demands can be made in.
pub const WINDOW: u32 = 60;

#[derive(Parser)]
#[command(about = "What everything costs on a real chain")]
struct Args {
    /// RPC endpoint of a chain that `scripts/localnet/localnet` started.
    #[arg(long, default_value = "http://127.0.0.1:26657")]
    node: String,
    /// The contracts' Wasm.
    #[arg(long, default_value = "artifacts")]
    artifacts: PathBuf,
    /// The chain's test keys.
    #[arg(long, default_value = "target/localnet/chain/keys")]
    keys: PathBuf,
    /// A TOSA flatbuffer instead of the digits, with the plan that the compiler proposes.
    #[arg(long)]
    program: Option<PathBuf>,
    /// With the plan that commits to the output of every convolution and product.
    #[arg(long, requires = "program")]
    plain: bool,
    #[arg(long, default_value_t = 16)]
    draws: u32,
    /// Only what CI compares: codes are not pinned, and no window is waited for.
    #[arg(long)]
    quick: bool,
    /// Where the figures go, as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let report = Builder::new_current_thread().enable_all().build()?.block_on(run(&args))?;
    println!("{report}");
    if let Some(file) = &args.json {
        fs::write(file, report.json() + "\n").with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}

async fn run(args: &Args) -> Result<Report> {
    let net = Net::begin(args).await?;
    let model = match &args.program {
        None => model::digits(),
        Some(file) => {
            let program = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
            let graph = load(&program)?;
            let plan = if args.plain { Plan::plain(&graph)? } else { Plan::propose(&graph)? };
            Model::new(program, Some(plan))
        }
    };
    let windows: &[u32] = if args.quick { &[0] } else { &[0, WINDOW] };
    let work = |size, window| Work { model: model.clone(), draws: args.draws, size, window, quick: args.quick };
    let works = windows.iter().flat_map(|window| SIZES.map(|size| work(size, *window)));
    let mut lanes = try_join_all(works.map(|work| Lane::begin(&net, work))).await?;
    let mut report = Report::new(&net, &lanes[0].job().await?, args.draws)?;
    let (ran, single) =
        join(turns(&mut lanes, 0, steady(args.quick)), single::run(&net, model.clone(), args.draws)).await;
    ran?;
    report.unpinned(&lanes, single?);
    if !args.quick {
        net.pin().await?;
        let (ran, single) = join(turns(&mut lanes, steady(false), 3), single::run(&net, model, args.draws)).await;
        ran?;
        report.pinned(&lanes, single?);
    }
    Ok(report)
}

/// Turns until what lies between taking and being paid is the same in each.
fn steady(quick: bool) -> u32 {
    if quick { 4 } else { 7 }
}

async fn turns(lanes: &mut [Lane<'_>], from: u32, turns: u32) -> Result<()> {
    try_join_all(lanes.iter_mut().map(|lane| lane.turns(from, turns))).await?;
    Ok(())
}

/// Gas by what it was paid for.
pub type Costs = BTreeMap<String, u64>;

pub type Backend = Arc<dyn tequio_backend::Backend>;
