//! A graph and a plan become a manifest.

pub(crate) mod cones;
mod opening;

use std::sync::Arc;

use tequio_attestation::{Descriptor, Header, Interval, Manifest, Scope, Source, TensorId, tensor_tree};

use crate::{
    analysis::{case::Case, cone::Cone, flow, weighing::Weighing, weights, work::Work},
    graph::{Graph, Tensor, TensorSource},
    limits::MAX_OPENING_BYTES,
    plan::Plan,
    refused::Refused,
    scheme::Scheme,
};

/// A compiled program.
#[derive(Clone, Debug)]
pub struct Compiled {
    pub manifest: Arc<Manifest>,
    /// Every committed tensor's weight, by slot, in MAC equivalents.
    pub weights: Vec<u128>,
    /// What computing every tensor costs, by id, in MAC equivalents per shard: its op's part of the header's cost.
    pub costs: Vec<u64>,
}

/// Makes the manifest. Deterministic: the same graph and plan give the same `program_id` everywhere.
///
/// # Errors
/// If the program has no inputs, if the plan doesn't fit the graph, if one check takes too much ([`Refused::Check`]
/// says of what) or compiling would ([`Refused::TooMany`]), or if the cost doesn't fit 64 bits.
pub fn compile(graph: &Graph, plan: &Plan) -> Result<Compiled, Refused> {
    graph.postable()?;
    flow::limited(graph)?;
    let scheme = Scheme::new(graph, plan)?;
    let slots: Vec<_> = scheme.slots.iter().map(|slot| (slot.id, slot.s)).collect();
    let weighing = Weighing::new(graph, cones::cones(&scheme)?, &scheme.committed, &scheme.job, &slots);
    let cones = &weighing.cones;
    let weights = weighing.weights(&scheme.cases)?;
    let cost = weighing.work.total()?;
    let tensors = descriptors(&scheme, &weights::intervals(&weights)?);
    let largest = |of: fn(&Cone) -> u64| cones.iter().map(|cone| of(cone)).max().unwrap_or(0);
    let mut header = Header {
        tensors: tensors.len() as u32,
        committed: scheme.slots.len() as u32,
        inputs: graph.inputs() as u8,
        job: plan.job.len() as u8,
        outputs: graph.outputs().to_vec(),
        cost,
        delta: weights::delta(cost, &weights)?,
        gamma: gamma(graph, &weighing.work, &scheme.cases, plan.gamma, cost),
        opening_bytes: 0,
        reads: largest(|cone| cone.reads) as u32,
        depth: largest(|cone| cone.depth as u64) as u8,
        plan: plan.hash(),
    };
    for cone in cones {
        let bytes = opening::bound(&scheme, cone, &header, &tensors);
        cones::limited(&scheme, cone, "bytes of an opening", bytes, MAX_OPENING_BYTES)?;
        header.opening_bytes = header.opening_bytes.max(bytes as u32);
    }
    let constant = |tensor: &Tensor| tensor.constant().unwrap_or_default().to_vec();
    let constants = graph.tensors().iter().map(constant).collect();
    Ok(Compiled { manifest: Arc::new(Manifest::new(header, tensors, constants)), weights, costs: weighing.work.cost })
}

/// γ·2³², rounded up: what was measured, and the largest share of work that a scenario has no routes for.
fn gamma(graph: &Graph, work: &Work, cases: &[Case], measured: u32, cost: u64) -> u32 {
    let lost = cases.iter().map(|case| case.lost(graph, work)).max().unwrap_or(0);
    let share = ((lost as u128) << 32).div_ceil(cost.max(1).into());
    u32::try_from(share + ((measured as u128) << 16)).unwrap_or(u32::MAX)
}

/// One for each tensor; the intervals are the committed tensors', by slot.
fn descriptors(scheme: &Scheme<'_>, intervals: &[Interval]) -> Vec<Descriptor> {
    let mut slot = 0;
    let describe = |(id, tensor): (TensorId, &Tensor)| {
        let layout = scheme.layouts[id.0 as usize];
        let source = match (&tensor.source, layout) {
            (TensorSource::Input, Some(layout)) => {
                let scope = if scheme.job[id.0 as usize] { Scope::Job } else { Scope::Shard };
                Source::Input { layout, scope }
            }
            (TensorSource::Constant(bytes), Some(layout)) => {
                Source::Constant { layout, root: tensor_tree(&tensor.ty, layout, bytes).root() }
            }
            (TensorSource::Op(node), Some(layout)) => {
                slot += 1;
                let (node, interval) = (node.clone(), intervals[slot - 1]);
                Source::Committed { node, layout, slot: slot as u32 - 1, interval }
            }
            (TensorSource::Op(node), None) => Source::Virtual { node: node.clone() },
            // The plan was laid over the graph: each input and constant has its layout.
            (_, None) => unreachable!("input or constant without layout"),
        };
        Descriptor { ty: tensor.ty, source }
    };
    scheme.graph.iter().map(describe).collect()
}
