//! `tequio program`: a program on its own, without a chain.

mod check;
mod show;

use std::{fs, path::PathBuf};

use anyhow::{Context, Result, ensure};
use clap::{Args, Subcommand};
use tequio_runner::Engine;

use crate::{model::Model, npy};

#[derive(Subcommand)]
pub enum Command {
    /// What is committed, what one draw proves and costs, and what lien that takes.
    Show {
        #[command(flatten)]
        program: Program,
        /// As JSON, every tensor included.
        #[arg(long)]
        json: bool,
    },
    /// Runs the program on this machine.
    Run {
        #[command(flatten)]
        program: Program,
        /// A `.npy` file, or `name=file` for each of several inputs; the leading axis is any number of items.
        #[arg(long, required = true, num_args = 1..)]
        inputs: Vec<String>,
        /// Where the outputs go, in graph order.
        #[arg(long, required = true, num_args = 1..)]
        outputs: Vec<PathBuf>,
    },
    /// Attests to a run, draws, opens and checks, as provider and contract would, with random seeds.
    Check {
        #[command(flatten)]
        program: Program,
        /// As for `run`; random elements if there are none.
        #[arg(long, num_args = 1..)]
        inputs: Vec<String>,
        /// How many attestations.
        #[arg(long, default_value_t = 20)]
        rounds: u32,
        /// Draws of each.
        #[arg(long, default_value_t = 32)]
        draws: u32,
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Writes the plan that the compiler proposes: what is committed, in which leaves, by which routes and rates.
    Plan {
        program: PathBuf,
        /// Inputs on which the rates are measured, as for `run`; the defaults if there are none.
        #[arg(long, num_args = 1..)]
        inputs: Vec<String>,
        /// Where it goes; beside the program, ending in `.plan.json`, if not given.
        #[arg(long)]
        output: Option<PathBuf>,
    },
}

#[derive(Args)]
pub struct Program {
    /// A TOSA flatbuffer.
    program: PathBuf,
    /// Its plan; by default the file beside it that ends in `.plan.json`, else one that the compiler proposes.
    #[arg(long)]
    plan: Option<PathBuf>,
}

impl Program {
    fn read(&self) -> Result<Model> {
        Model::read(&self.program, self.plan.as_deref())
    }
}

pub fn run(command: Command) -> Result<()> {
    match command {
        Command::Show { program, json } => show::show(&program.read()?, json),
        Command::Run { program, inputs, outputs } => execute(&program.read()?, &inputs, &outputs),
        Command::Check { program, inputs, rounds, draws, seed } => {
            let model = program.read()?;
            check::check(&model, &inputs, check::Rounds { rounds, draws, seed })
        }
        Command::Plan { program, inputs, output } => {
            let mut model = Model::new(fs::read(&program).with_context(|| program.display().to_string())?, None)?;
            if !inputs.is_empty() {
                let inputs = model.read_inputs(&inputs)?;
                model = model.measured(&inputs)?;
            }
            let path = output.unwrap_or_else(|| program.with_extension("plan.json"));
            fs::write(&path, model.plan.to_json() + "\n").with_context(|| path.display().to_string())
        }
    }
}

fn execute(model: &Model, inputs: &[String], outputs: &[PathBuf]) -> Result<()> {
    let header = &model.manifest().header;
    let names = &model.compiled.output_names;
    ensure!(outputs.len() == names.len(), "the program has {} outputs: {}", names.len(), names.join(", "));
    let inputs = model.read_inputs(inputs)?;
    let engine = Engine::new(model.manifest())?;
    let shards: Vec<_> = (0..inputs.shards).map(|shard| inputs.shard(shard)).collect();
    let results = engine.run_many(&shards, false)?;
    for (output, (id, path)) in header.outputs.iter().zip(outputs).enumerate() {
        let ty = model.manifest().descriptor(*id).ty;
        let bytes: Vec<u8> = results.iter().flat_map(|result| result.outputs[output].iter().copied()).collect();
        let batch = ty.shape.dims().first().copied().unwrap_or(1) as u64;
        // Padding is cut off where the leading axis is the batch; any other is kept whole.
        let items = if batch == model.batch() { inputs.items } else { results.len() as u64 * batch };
        let kept = bytes.len() / (results.len() * batch as usize) * items as usize;
        npy::write(path, &ty, items, &bytes[..kept])?;
    }
    Ok(())
}
