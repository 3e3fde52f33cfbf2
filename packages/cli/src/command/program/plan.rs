//! `tequio program plan`.

use std::{fmt, path::PathBuf};

use anyhow::Result;
use serde::Serialize;
use tequio_program::plan_path;

use crate::{file, model::Program};

#[derive(clap::Args)]
pub struct Args {
    program: PathBuf,
    /// Inputs on which the rates are measured, as for `run`; the defaults if there are none.
    #[arg(long, num_args = 1..)]
    inputs: Vec<String>,
    /// Inputs that have one value for all shards of a job, by name.
    #[arg(long, num_args = 1..)]
    job: Vec<String>,
    /// Where it goes; beside the program, ending in `.plan.json`, if not given.
    #[arg(long)]
    output: Option<PathBuf>,
}

/// Where the plan went. The file says the rest; so there is no text.
#[derive(Serialize)]
pub struct Written {
    plan: PathBuf,
}

impl fmt::Display for Written {
    fn fmt(&self, _: &mut fmt::Formatter) -> fmt::Result {
        Ok(())
    }
}

pub fn run(args: Args) -> Result<Written> {
    let Args { program, inputs, job, output } = args;
    let mut model = Program::read(&program)?.proposed(&job)?;
    if !inputs.is_empty() {
        let inputs = model.read_first(&inputs)?;
        model = model.measured(&inputs)?;
    }
    let path = output.unwrap_or_else(|| plan_path(&program));
    file::write(&path, (model.plan.to_json() + "\n").as_bytes())?;
    Ok(Written { plan: path })
}
