//! `tequio program run`: outputs as `.npy` files.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};
use serde::Serialize;
use tequio_backend::{Backend, Flow, cpu::Cpu};
use tequio_program::unplanned;
use tequio_tensor::Type;

use crate::{
    failure::Usage,
    model::{Files, Labeller, Labels, Program, Scales, batch, scales_path},
    npy,
};

#[derive(clap::Args)]
pub struct Args {
    /// A TOSA flatbuffer.
    program: PathBuf,
    /// A `.npy` file, or `name=file` for each of several inputs. The axis that all inputs begin with is any number of
    /// items; where they begin with none or several, the program runs once. Floats become the elements nearest to them, if
    /// the program was imported.
    #[arg(long, num_args = 1..)]
    inputs: Vec<String>,
    /// Where the outputs go, in graph order.
    #[arg(long, required_unless_present = "labels", num_args = 1..)]
    outputs: Vec<PathBuf>,
    /// Writes float32: what the elements of an imported program stand for.
    #[arg(long, requires = "outputs")]
    floats: bool,
    /// Tells the label with the highest score of each item, of a program that was imported with labels.
    #[arg(long)]
    labels: bool,
}

/// Most bytes of inputs that are read at once, unless one shard has more.
const HELD: usize = 64 << 20;

/// Where the outputs went, and what they name. Of the files there is no text: they say the rest.
#[derive(Serialize)]
pub struct Ran {
    outputs: Vec<File>,
    #[serde(skip_serializing_if = "Labels::is_empty")]
    labels: Labels,
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
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.labels.fmt(f)
    }
}

pub fn run(args: Args) -> Result<Ran> {
    let Args { program, inputs, outputs, floats, labels } = args;
    let Program { graph, scales, .. } = Program::read(&program)?;
    let names = graph.output_names();
    if !outputs.is_empty() {
        distinct(&names, &outputs)?;
    }
    let manifest = unplanned(&graph);
    let types: Vec<Type> = manifest.outputs().iter().map(|output| output.ty).collect();
    let known = || known(&program, scales.as_ref());
    let forms = Scales::forms(if floats { Some(known()?) } else { scales.as_ref() }, &types, floats)?;
    let labeller = if labels { Some(Labeller::new(known()?, &types)?) } else { None };
    let mut inputs = Files::open(&graph, &manifest, scales.as_ref(), &inputs)?;
    let batch = batch(&graph, None);
    let (mut writers, mut files, mut labels) = (vec![], vec![], Labels::default());
    for (((ty, form), path), name) in types.iter().zip(forms).zip(&outputs).zip(names) {
        let shape = shape(ty, &inputs, batch);
        writers.push(npy::Writer::new(path, form, &shape)?);
        files.push(File { name: name.to_owned(), file: path.clone(), shape, dtype: form.numpy_type() });
    }
    let bytes = manifest.inputs().iter().map(|input| input.ty.bytes()).sum::<usize>();
    let (at_once, executable) = ((HELD / bytes.max(1)).max(1) as u64, Cpu::default().prepare(manifest.clone())?);
    while inputs.left() > 0 {
        let shards = inputs.next(at_once)?;
        let mut written = Ok(());
        executable.run(&shards, 0..shards.shards(), &mut |_, outputs| {
            written = writers.iter_mut().zip(&outputs).try_for_each(|(file, bytes)| file.write(bytes));
            if let Some(labeller) = &labeller {
                let first = labels.0.len() as u64;
                labels.0.extend(labeller.read(&outputs, first));
            }
            if written.is_ok() { Flow::Continue(()) } else { Flow::Break(()) }
        })?;
        written?;
    }
    writers.into_iter().try_for_each(npy::Writer::finish)?;
    // What filled up the last shard is no item.
    if labeller.is_some_and(|labeller| batch == Some(labeller.items())) {
        labels.0.truncate(usize::try_from(inputs.items)?);
    }
    Ok(Ran { outputs: files, labels })
}

/// The scales, which --floats and --labels need.
fn known<'a>(program: &Path, scales: Option<&'a Scales>) -> Result<&'a Scales> {
    let what = || format!("no {} says what the outputs stand for", scales_path(program).display());
    Ok(scales.ok_or_else(|| Usage::new(what(), "`tequio program import` writes it for a .tflite"))?)
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
