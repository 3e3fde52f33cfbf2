//! `tequio program import`: a quantised `.tflite` becomes a program, and a file that says what its elements stand for.

mod convert;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use tequio_program::{Graph, Tensor, load};
use tequio_tensor::Type;
use tequio_tflite::{self as tflite, Refused, schema::TensorType, set_batch};

use super::show::Shown;
use crate::{
    failure::Usage,
    file,
    model::{Port, Program, Scales, classes},
    scale::Scale,
};

#[derive(clap::Args)]
pub struct Args {
    /// A `.tflite` whose inputs, outputs and all between them are integers.
    model: PathBuf,
    /// Items of a shard; needed where the model takes any number of them.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    batch: Option<u32>,
    /// Where the program goes; by default beside the model. What its elements stand for goes beside it, in a file that ends
    /// in `.scales.json`.
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Names of the classes, a line for each; by default those that the model carries.
    #[arg(long)]
    labels: Option<PathBuf>,
}

pub fn run(args: Args) -> Result<Shown> {
    let program = import(args)?;
    Ok(Shown::new(Program::read(&program)?.planned(None)?))
}

/// Writes the program and its scales, and gives the program's path.
fn import(args: Args) -> Result<PathBuf> {
    let Args { model, batch, output, labels } = args;
    let cannot = || format!("{} cannot be imported", model.display());
    let read = |path: &Path| file::read(path, tflite::MAX_FILE as u64);
    let mut bytes = read(&model)?;
    set_batch(&mut bytes, batch).map_err(|refused| match refused {
        Refused::NoBatch { .. } => Usage::new(refused.to_string(), "say how many with --batch").into(),
        refused => anyhow::Error::from(refused).context(cannot()),
    })?;
    let named = labels.as_deref().map(read).transpose()?;
    let lists = match &named {
        Some(list) => vec![tflite::names(str::from_utf8(list).context("the labels are not UTF-8")?)],
        None => tflite::labels(&bytes),
    };
    let program = convert::convert(&bytes).with_context(cannot)?;
    let graph = load(&program).with_context(cannot)?;
    let (inputs, mut outputs) = ports(&bytes, &graph).with_context(cannot)?;
    let labelled = label(&mut outputs, &graph, &lists);
    if let Some(path) = labels.filter(|_| !labelled) {
        let outputs: Vec<_> = outputs.iter().map(|output| format!("{} {}", output.name, output.ty)).collect();
        bail!(
            "{} has {} labels, and no output as many classes: {}",
            path.display(),
            lists[0].len(),
            outputs.join(", ")
        );
    }
    let output = output.unwrap_or_else(|| model.with_extension("tosa"));
    file::write(&output, &program)?;
    Scales::new(&program, inputs, outputs).keep(&output)?;
    Ok(output)
}

/// Inputs and outputs, which are the model's with the program's names.
fn ports(file: &[u8], graph: &Graph) -> Result<(Vec<Port>, Vec<Port>)> {
    let model = tflite::Model::read(file)?;
    let inputs: Vec<&Tensor> = graph.tensors()[..graph.inputs()].iter().collect();
    let outputs: Vec<&Tensor> = graph.outputs().iter().map(|id| graph.tensor(*id)).collect();
    Ok((side("inputs", model.inputs()?, &inputs)?, side("outputs", model.outputs()?, &outputs)?))
}

fn side(side: &str, ports: Vec<tflite::Port>, tensors: &[&Tensor]) -> Result<Vec<Port>> {
    ensure!(ports.len() == tensors.len(), "the model has {} {side}, its program {}", ports.len(), tensors.len());
    ports.into_iter().zip(tensors).map(|(port, tensor)| port_of(port, tensor)).collect()
}

fn port_of(port: tflite::Port, tensor: &Tensor) -> Result<Port> {
    let Type { dtype, shape } = tensor.ty;
    let fits = |(said, is): (&i32, &u32)| *said == -1 || i64::from(*said) == i64::from(*is);
    let is_same = port.shape.len() == shape.dims().len() && port.shape.iter().zip(shape.dims()).all(fits);
    ensure!(is_same, "the model has `{}` as {:?}, its program as {}", port.name, port.shape, tensor.ty);
    let unsigned = [TensorType::UINT8, TensorType::UINT16].contains(&port.ty);
    let scale = port.scale.map(|tflite::Scale { scale, zero_point }| Scale { scale, zero_point, unsigned });
    if let Some(scale) = scale {
        ensure!(scale.fits(dtype), "the model has `{}` in {:?}, its program in {dtype}", port.name, port.ty);
    }
    Ok(Port { name: tensor.name.clone(), called: port.name, ty: tensor.ty.to_string(), scale, labels: vec![] })
}

/// Gives the outputs that have as many classes as a list has names its names; whether any has.
fn label(outputs: &mut [Port], graph: &Graph, lists: &[Vec<String>]) -> bool {
    let mut labelled = false;
    for (output, id) in outputs.iter_mut().zip(graph.outputs()) {
        let classes = classes(&graph.tensor(*id).ty);
        if let Some(list) = lists.iter().find(|list| list.len() == classes) {
            output.labels.clone_from(list);
            labelled = true;
        }
    }
    labelled
}
