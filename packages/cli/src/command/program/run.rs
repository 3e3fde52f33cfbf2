//! `tequio program run`: outputs as `.npy` files.

use std::{fmt, path::PathBuf};

use anyhow::{Result, bail};
use serde::Serialize;
use tequio_backend::{Backend, Flow, cpu::Cpu};
use tequio_program::unplanned;
use tequio_tensor::Type;

use crate::{
    failure::Usage,
    model::{Files, Program, batch},
    npy,
};

#[derive(clap::Args)]
pub struct Args {
    /// A TOSA flatbuffer.
    program: PathBuf,
    /// A `.npy` file, or `name=file` for each of several inputs. The axis that all inputs begin with is any number of
    /// items; where they begin with none or several, the program runs once.
    #[arg(long, num_args = 1..)]
    inputs: Vec<String>,
    /// Where the outputs go, in graph order.
    #[arg(long, required = true, num_args = 1..)]
    outputs: Vec<PathBuf>,
}

/// Most bytes of inputs that are read at once, unless one shard has more.
const HELD: usize = 64 << 20;

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
    let graph = Program::read(&program)?.graph;
    let names = graph.output_names();
    distinct(&names, &outputs)?;
    let manifest = unplanned(&graph);
    let mut inputs = Files::open(&graph, &manifest, &inputs)?;
    let batch = batch(&graph, None);
    let (mut writers, mut files) = (vec![], vec![]);
    for ((output, path), name) in manifest.outputs().iter().zip(&outputs).zip(names) {
        let (dtype, shape) = (output.ty.dtype, shape(&output.ty, &inputs, batch));
        writers.push(npy::Writer::new(path, dtype, &shape)?);
        files.push(File { name: name.to_owned(), file: path.clone(), shape, dtype: npy::numpy_type(dtype) });
    }
    let bytes = manifest.inputs().iter().map(|input| input.ty.bytes()).sum::<usize>();
    let (at_once, executable) = ((HELD / bytes.max(1)).max(1) as u64, Cpu::default().prepare(manifest.clone())?);
    while inputs.left() > 0 {
        let shards = inputs.next(at_once)?;
        let mut written = Ok(());
        executable.run(&shards, 0..shards.shards(), &mut |_, outputs| {
            written = writers.iter_mut().zip(&outputs).try_for_each(|(file, bytes)| file.write(bytes));
            if written.is_ok() { Flow::Continue(()) } else { Flow::Break(()) }
        })?;
        written?;
    }
    writers.into_iter().try_for_each(npy::Writer::finish)?;
    Ok(Ran { outputs: files })
}

/// One file for each output, each another.
fn distinct(names: &[&str], outputs: &[PathBuf]) -> Result<()> {
    let usage = |what: String| Usage::new(what, "name a file for each after --outputs");
    if outputs.len() != names.len() {
        bail!(usage(format!("the program has {} outputs: {}", names.len(), names.join(", "))));
    }
    match (1..outputs.len()).find(|&at| outputs[..at].contains(&outputs[at])) {
        Some(twice) => bail!(usage(format!("{} is named for two outputs", outputs[twice].display()))),
        None => Ok(()),
    }
}

/// The shape of an output of all shards. Padding is cut off where it begins with the batch; an axis that isn't the
/// batch is kept whole, and an output without axes gets one if there are several shards.
fn shape(ty: &Type, inputs: &Files, batch: Option<u64>) -> Vec<u64> {
    let mut dims: Vec<u64> = ty.shape.dims().iter().map(|&dim| dim.into()).collect();
    let shards = inputs.left();
    match dims.first_mut() {
        Some(leading) if batch == Some(*leading) => *leading = inputs.items,
        Some(leading) => *leading = leading.saturating_mul(shards),
        None if shards > 1 => dims.push(shards),
        None => {}
    }
    dims
}
