//! `tequio demo`: the whole way of a job, honest and dishonest providers, on a chain inside this process or on a real one.

mod cast;
mod digits;
mod embedded;
mod offer;
mod plot;
mod report;
mod script;
mod sent;
mod stage;
mod story;
mod wired;

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Args as ClapArgs;
use tequio_program::Origin;

use super::chain::artifacts;
use crate::{
    model::Program,
    network::{OnNetwork, Signed, block_on},
    output::Output,
};
use cast::Cast;
use plot::Plot;
use script::Script;

#[derive(ClapArgs)]
#[command(mut_arg("network", |network| network.requires("from")), mut_arg("node", |node| node.requires("from")))]
#[command(mut_arg("deployment", |deployment| deployment.hide(true).value_parser(no_deployment)))]
pub struct Args {
    /// Name of a key that deploys contracts on a real network and pays everybody there, instead of the chain inside this
    /// process. What is left of it in the end is lost.
    #[arg(long)]
    from: Option<String>,
    #[command(flatten)]
    on: OnNetwork,
    #[command(flatten)]
    wasm: artifacts::From,
    /// A TOSA flatbuffer instead of the digit classifier that comes with this binary.
    #[arg(long, requires = "inputs")]
    program: Option<PathBuf>,
    /// Its plan; by default the file beside it that ends in `.plan.json`, else one that the compiler proposes.
    #[arg(long, requires = "program")]
    plan: Option<PathBuf>,
    /// Its inputs: a `.npy` file, or `name=file` for each of several; the leading axis is any number of items.
    #[arg(long, num_args = 1.., requires = "program")]
    inputs: Vec<String>,
    /// Who takes part: honest, lazy, replay, copier, vanish, saboteur, guesser, hoarder, mute, forger.
    #[arg(long, default_value = "honest=4,lazy=1,replay=1,copier=1,vanish=1,saboteur=1,hoarder=1")]
    providers: Cast,
    /// Draws of each attestation.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=512))]
    draws: u32,
    /// Shards of each assignment that the client runs again.
    #[arg(long, default_value_t = 1)]
    watch: u64,
    /// Payment for one shard, in the chain's smallest unit.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000_000))]
    price: u64,
    /// Decides the beacon's key, and so every draw.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn no_deployment(_: &str) -> Result<PathBuf, String> {
    Err("the demo deploys contracts of its own".into())
}

pub fn run(args: Args, output: &Output) -> Result<()> {
    let (model, inputs, labels) = match &args.program {
        None => digits::load()?,
        Some(program) => {
            let model = Program::read(program)?.postable()?.planned(args.plan.as_deref())?;
            let inputs = model.read_inputs(&args.inputs)?;
            // A plan of one's own stands; a proposed one gets the rates of the job itself.
            let model = if model.origin == Origin::Given { model } else { model.measured(&inputs)? };
            (model, inputs, None)
        }
    };
    let script = Script {
        cast: args.providers,
        draws: args.draws,
        price: args.price.into(),
        seed: args.seed,
        watch: args.watch,
    };
    let plot = Plot { model, inputs, labels, script };
    let report = match args.from {
        None => block_on(embedded::play(&plot, output))?,
        Some(from) => block_on(wired::play(&plot, &Signed::new(from, args.on), &args.wasm, output))?,
    };
    output.print(&report)?;
    ensure!(report.broken.is_empty(), "broken promises: {}", report.broken.join("; "));
    Ok(())
}
