//! One test, one way of computing it.

use std::{fs, path::Path, sync::Arc};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use tequio_adversary::element::{computed, decode, encode};
use tequio_attestation::{
    Digest, Evidence, Inputs, Manifest, Outcome, Source, Statement, Subject, TensorId, Terms, check, drawn_traces,
    input_root, open, tree::Tree,
};
use tequio_backend::{Backend, Flow, Outputs, cpu::Cpu};
use tequio_program::{Graph, Plan, compile, load, unplanned};

use crate::npy;

/// Draws that the checker's way opens and checks.
const DRAWS: u32 = 32;

/// What `desc.json` says, as far as it is needed.
#[derive(Deserialize)]
pub struct Test {
    tosa_file: String,
    ifm_name: Vec<String>,
    ifm_file: Vec<String>,
    ofm_name: Vec<String>,
    ofm_file: Vec<String>,
    pub expected_failure: bool,
    pub test_details: Details,
}

#[derive(Deserialize)]
pub struct Details {
    pub operator: String,
}

/// What computes.
#[derive(Clone, Copy)]
pub enum Way {
    /// Element by element, by the definition.
    Definition,
    /// The CPU backend.
    Cpu,
    /// Committed, attested to, drawn, opened, and checked as the contract does; the outputs are those committed to.
    Checker,
}

impl Way {
    pub const ALL: [Self; 3] = [Self::Definition, Self::Cpu, Self::Checker];
}

/// What came of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// Every bit is the reference model's.
    Same,
    /// Not taken, and why.
    Refused(String),
    /// There is nothing to draw from: the reason.
    None(String),
    /// Taken, and what is wrong.
    Wrong(String),
}

/// Tries a test.
pub fn judge(folder: &Path, test: &Test, way: Way) -> Found {
    let taken = match take(folder, test, way) {
        Ok(taken) => taken,
        Err(refused) => return Found::Refused(format!("{refused:#}")),
    };
    let Some(taken) = taken else { return Found::None("a job has inputs, and this program has none".into()) };
    if test.expected_failure {
        return Found::Wrong("taken, and TOSA forbids it".into());
    }
    match compare(folder, test, way, &taken) {
        Ok(()) => Found::Same,
        Err(wrong) => Found::Wrong(format!("{wrong:#}")),
    }
}

/// A program that is ready.
struct Taken {
    graph: Graph,
    manifest: Arc<Manifest>,
}

/// Does all that may refuse a program; `None` if there can be no job of it.
fn take(folder: &Path, test: &Test, way: Way) -> Result<Option<Taken>> {
    let bytes = fs::read(folder.join(&test.tosa_file))?;
    let graph = load(&bytes)?;
    let manifest = match way {
        Way::Definition | Way::Cpu => unplanned(&graph),
        Way::Checker if graph.inputs() == 0 => return Ok(None),
        Way::Checker => compile(&graph, &Plan::propose(&graph)?)?.manifest,
    };
    Cpu::default().prepare(manifest.clone())?;
    Ok(Some(Taken { graph, manifest }))
}

fn compare(folder: &Path, test: &Test, way: Way, Taken { graph, manifest }: &Taken) -> Result<()> {
    let inputs = inputs(folder, test, graph, manifest)?;
    let outputs = match way {
        Way::Definition => defined(manifest, &inputs),
        Way::Cpu => run(manifest, &inputs)?,
        Way::Checker => attested(manifest, &inputs)?,
    };
    let outputs = manifest.outputs().into_iter().zip(outputs).map(|(output, bytes)| decode(&bytes, output.ty.dtype));
    let outputs: Vec<Vec<i64>> = outputs.collect();
    ensure!(outputs.len() == test.ofm_file.len(), "{} outputs, not {}", outputs.len(), test.ofm_file.len());
    for (name, file) in test.ofm_name.iter().zip(&test.ofm_file) {
        let at = graph.output_names().iter().position(|known| known == name).context("an output of another name")?;
        let expected = npy::read(&folder.join(file))?;
        ensure!(outputs[at].len() == expected.len(), "{} elements, not {}", outputs[at].len(), expected.len());
        if let Some(at) = outputs[at].iter().zip(&expected).position(|(found, expected)| found != expected) {
            bail!("{name} differs first at {at}");
        }
    }
    Ok(())
}

/// One shard.
fn inputs(folder: &Path, test: &Test, graph: &Graph, manifest: &Manifest) -> Result<Inputs> {
    if graph.inputs() == 0 {
        return Ok(Inputs::none(1));
    }
    let names = graph.input_names();
    let mut buffers = vec![vec![]; names.len()];
    for (name, file) in test.ifm_name.iter().zip(&test.ifm_file) {
        let at = names.iter().position(|known| known == name).context("an input of another name")?;
        let dtype = manifest.inputs()[at].ty.dtype;
        buffers[at] = encode(&npy::read(&folder.join(file))?, dtype);
    }
    Ok(Inputs::new(manifest, buffers)?)
}

fn defined(manifest: &Manifest, inputs: &Inputs) -> Outputs {
    let mut shard = inputs.shard(0).into_iter();
    let mut tensors: Vec<Vec<i64>> = vec![];
    for (id, tensor) in manifest.tensors.iter().enumerate() {
        let values = match &tensor.source {
            Source::Input { .. } => decode(shard.next().unwrap_or_default(), tensor.ty.dtype),
            Source::Constant { .. } => decode(&manifest.constants[id], tensor.ty.dtype),
            Source::Committed { .. } | Source::Virtual { .. } => {
                computed(manifest, TensorId(id as u32), |operand| &tensors[operand.0 as usize])
            }
        };
        tensors.push(values);
    }
    let write = |output: &TensorId| encode(&tensors[output.0 as usize], manifest.descriptor(*output).ty.dtype);
    manifest.header.outputs.iter().map(write).collect()
}

fn run(manifest: &Arc<Manifest>, inputs: &Inputs) -> Result<Outputs> {
    let mut outputs = vec![];
    Cpu::default().prepare(manifest.clone())?.run(inputs, 0..1, &mut |_, of| {
        outputs = of;
        Flow::Continue(())
    })?;
    Ok(outputs)
}

fn attested(manifest: &Arc<Manifest>, inputs: &Inputs) -> Result<Outputs> {
    let executable = Cpu::default().prepare(manifest.clone())?;
    let mut result = None;
    executable.commit(inputs, 0..1, &mut |_, of| {
        result = Some(of);
        Flow::Continue(())
    })?;
    let result = result.context("nothing was run")?;
    let (tree, input_tree) = (Tree::new(vec![result.root]), inputs.tree(manifest));
    let subject = Subject {
        program_id: manifest.program_id(),
        input_root: input_root(1, &inputs.root(manifest, &input_tree)),
        first_shard: 0,
        count: 1,
        draws: DRAWS,
        context: Digest::default(),
        terms: Terms::default(),
        arbitration: None,
    };
    let statement = Statement { subject, root: tree.root(), seed: Digest([7; 32]) };
    let traces = drawn_traces(&statement, 0..DRAWS, |shard| executable.trace(inputs, shard))?;
    let evidence = Evidence { manifest, inputs, input_tree: &input_tree, tree: &tree, traces };
    let opening = open(&statement, &evidence, 0..DRAWS)?;
    match check(&statement, 0, &opening)? {
        Outcome::Agreed { .. } => Ok(result.outputs),
        Outcome::Disagreed(mismatch) => bail!("found false: {mismatch:?}"),
    }
}
