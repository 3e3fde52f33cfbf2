//! What `tequio program show` tells of a program.

use serde::Serialize;
use tequio_attestation::{Layout, Source, TensorId};

use crate::{compile::Compiled, graph::Graph, plan::Plan};

/// A program in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Hexadecimal.
    pub program_id: String,
    /// MAC equivalents per shard.
    pub cost: u64,
    /// Bytes committed to per shard.
    pub committed_bytes: u64,
    /// δ·2³².
    pub delta: u32,
    /// γ·2³²: the share of the work that is not priced.
    pub gamma: u32,
    /// Most bytes that one draw adds to an opening.
    pub opening_bytes: u32,
    /// Most elements read by one check.
    pub reads: u32,
    /// Longest chain of virtual tensors.
    pub depth: u8,
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
    /// Every tensor, by id.
    pub tensors: Vec<Row>,
}

/// One tensor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    pub id: u32,
    pub name: String,
    /// TOSA's name of its op in lower case, `input` or `constant`.
    pub op: String,
    /// As in `4x25x5x64xint8`.
    pub ty: String,
    /// MAC equivalents of its op, per shard.
    pub cost: u64,
    /// Leaf bytes and elements in a row, of a tensor that has a tree.
    pub layout: Option<(u32, u32)>,
    pub committed: Option<Committed>,
}

/// What there is to say of a committed tensor only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Committed {
    /// Per shard.
    pub bytes: u64,
    /// Of 2³² draws.
    pub tickets: u64,
    /// w in MAC equivalents.
    pub weight: u128,
    /// The largest ρ of all scenarios, in 1/65,536.
    pub r: u16,
    /// In 1/65,536.
    pub s: u16,
}

impl Report {
    /// `plan` must be the one that `compiled` was compiled with.
    pub fn new(graph: &Graph, plan: &Plan, compiled: &Compiled) -> Self {
        let header = &compiled.manifest.header;
        let tensors: Vec<Row> = graph.iter().map(|(id, _)| row(graph, plan, compiled, id)).collect();
        let committed = tensors.iter().filter_map(|row| row.committed.as_ref());
        Self {
            program_id: hex::encode(compiled.manifest.program_id()),
            cost: header.cost,
            committed_bytes: committed.map(|committed| committed.bytes).sum(),
            delta: header.delta,
            gamma: header.gamma,
            opening_bytes: header.opening_bytes,
            reads: header.reads,
            depth: header.depth,
            inputs: owned(graph.input_names()),
            outputs: owned(graph.output_names()),
            tensors,
        }
    }
}

fn owned(names: Vec<&str>) -> Vec<String> {
    names.into_iter().map(str::to_owned).collect()
}

fn row(graph: &Graph, plan: &Plan, compiled: &Compiled, id: TensorId) -> Row {
    let tensor = graph.tensor(id);
    let descriptor = compiled.manifest.descriptor(id);
    let op = match (&descriptor.source, tensor.node()) {
        (_, Some(node)) => node.op.name(),
        (Source::Input { .. }, _) => "input",
        _ => "constant",
    };
    let committed = match descriptor.source {
        Source::Committed { slot, interval, .. } => plan.committed.get(slot as usize).map(|commit| Committed {
            bytes: tensor.bytes(),
            tickets: interval.last as u64 - interval.first as u64 + 1,
            weight: compiled.weights[slot as usize],
            r: plan.scenarios.iter().map(|scenario| scenario.rates[slot as usize]).max().unwrap_or(0),
            s: commit.s,
        }),
        _ => None,
    };
    Row {
        id: id.0,
        name: tensor.name.clone(),
        op: op.into(),
        ty: tensor.ty.to_string(),
        cost: compiled.costs[id.0 as usize],
        layout: descriptor.layout().map(|Layout { leaf_log2, row }| (1 << leaf_log2, row)),
        committed,
    }
}
