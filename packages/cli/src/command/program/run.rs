//! `tequio program run`: outputs as `.npy` files.

use std::{fmt, path::PathBuf};

use anyhow::{Result, bail};
use serde::Serialize;
use tequio_backend::Flow;

use super::Program;
use crate::{failure::Usage, npy};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    program: Program,
    /// A `.npy` file, or `name=file` for each of several inputs; the leading axis is any number of items.
    #[arg(long, required = true, num_args = 1..)]
    inputs: Vec<String>,
    /// Where the outputs go, in graph order.
    #[arg(long, required = true, num_args = 1..)]
    outputs: Vec<PathBuf>,
}

/// Where the outputs went. The files say the rest; so there is no text.
#[derive(Serialize)]
pub struct Ran {
    outputs: Vec<File>,
}

#[derive(Serialize)]
struct File {
    name: String,
    file: PathBuf,
    shape: Vec<u64>,
    /// Of its elements, as numpy has it.
    dtype: &'static str,
}

impl fmt::Display for Ran {
    fn fmt(&self, _: &mut fmt::Formatter) -> fmt::Result {
        Ok(())
    }
}

pub fn run(args: Args) -> Result<Ran> {
    let Args { program, inputs, outputs } = args;
    let model = program.read()?;
    let names = model.graph.output_names();
    if outputs.len() != names.len() {
        let what = format!("the program has {} outputs: {}", names.len(), names.join(", "));
        bail!(Usage::new(what, "name a file for each after --outputs"));
    }
    let inputs = model.read_inputs(&inputs)?;
    let shards = inputs.whole.shards();
    let (mut writers, mut files) = (vec![], vec![]);
    for ((output, path), name) in model.manifest().outputs().iter().zip(&outputs).zip(names) {
        let ty = output.ty;
        let batch = ty.shape.dims().first().copied().unwrap_or(1) as u64;
        // Padding is cut off where the leading axis is the batch; any other is kept whole.
        let items = if batch == model.batch() { inputs.items } else { shards * batch };
        let (writer, shape) = npy::Writer::new(path, &ty, items)?;
        writers.push(writer);
        files.push(File { name: name.to_owned(), file: path.clone(), shape, dtype: npy::numpy_type(ty.dtype) });
    }
    let mut written = Ok(());
    model.prepare()?.run(&inputs.whole, 0..shards, &mut |_, outputs| {
        written = writers.iter_mut().zip(&outputs).try_for_each(|(file, bytes)| file.write(bytes));
        if written.is_ok() { Flow::Continue(()) } else { Flow::Break(()) }
    })?;
    written?;
    writers.into_iter().try_for_each(npy::Writer::finish)?;
    Ok(Ran { outputs: files })
}
