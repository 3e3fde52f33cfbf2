//! A graph and a plan become a manifest.

mod opening;

use std::sync::Arc;

use tequio_attestation::{Descriptor, Header, Interval, Layout, Manifest, Source, TensorId, tensor_tree};

use crate::{
    analysis::{
        cone::{Area, Cone},
        flow, weights,
    },
    graph::{Graph, Tensor, TensorSource},
    limits::{
        MAX_CHAIN, MAX_CHECK_BYTES, MAX_CHECK_KEPT, MAX_CHECK_READS, MAX_LEAVES, MAX_OPENING_BYTES, MAX_READERS,
        MAX_WAYS,
    },
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
}

/// Makes the manifest. Deterministic: the same graph and plan give the same `program_id` everywhere.
///
/// # Errors
/// If the program has no inputs, if the plan doesn't fit the graph, if one check takes too much ([`Refused::Check`]
/// says of what), or if the cost doesn't fit 64 bits.
pub fn compile(graph: &Graph, plan: &Plan) -> Result<Compiled, Refused> {
    graph.postable()?;
    let scheme = Scheme::new(graph, plan)?;
    flow::limited(graph, &scheme.routes)?;
    too_many("leaves in a shard's tensors", leaves(&scheme), MAX_LEAVES)?;
    let cones = cones(&scheme)?;
    let arrivals = flow::largest_arrivals(graph, &scheme.routes);
    let weights = weights::weights(graph, &scheme.slots, &cones, &arrivals)?;
    let cost = weights::total_cost(graph)?;
    let tensors = descriptors(&scheme, &weights::intervals(&weights)?);
    let largest = |of: fn(&Cone) -> u64| cones.iter().map(of).max().unwrap_or(0);
    let mut header = Header {
        tensors: tensors.len() as u32,
        committed: scheme.slots.len() as u32,
        inputs: graph.inputs() as u8,
        outputs: graph.outputs().to_vec(),
        cost,
        delta: weights::delta(cost, &weights)?,
        opening_bytes: 0,
        reads: largest(|cone| cone.reads) as u32,
        depth: largest(|cone| cone.depth as u64) as u8,
        plan: plan.hash(),
    };
    for cone in &cones {
        let bytes = opening::bound(&scheme, cone, &header, &tensors);
        limited(&scheme, cone, "bytes of an opening", bytes, MAX_OPENING_BYTES)?;
        header.opening_bytes = header.opening_bytes.max(bytes as u32);
    }
    let constant = |tensor: &Tensor| tensor.constant().unwrap_or_default().to_vec();
    let constants = graph.tensors().iter().map(constant).collect();
    Ok(Compiled { manifest: Arc::new(Manifest::new(header, tensors, constants)), weights })
}

/// Leaves of all tensors that have any.
fn leaves(scheme: &Scheme<'_>) -> u64 {
    let leaves = |(layout, tensor): (&Option<Layout>, &Tensor)| layout.map_or(0, |layout| layout.leaves(&tensor.ty));
    scheme.layouts.iter().zip(scheme.graph.tensors()).map(|pair| leaves(pair) as u64).sum()
}

/// The cones of the committed tensors, by slot. Each is within limits, and all are together, before the next is looked
/// at.
fn cones(scheme: &Scheme<'_>) -> Result<Vec<Cone>, Refused> {
    let graph = scheme.graph;
    let operands = |id: &TensorId| graph.tensor(*id).node().map_or(0, |node| node.operands.len() as u64);
    let (mut cones, mut readers, mut ways) = (Vec::new(), 0, 0);
    for slot in &scheme.slots {
        let cone = Cone::new(graph, &scheme.committed, slot.id);
        within_limits(scheme, &cone)?;
        let read = cone.areas.keys().filter(|id| scheme.committed[id.0 as usize]).count() as u64;
        readers += cone.computed.iter().map(|id| operands(id) * cone.areas[id].len() as u64).sum::<u64>();
        ways += read * cone.computed.iter().map(operands).sum::<u64>();
        too_many("operands of the ops that checks compute", readers, MAX_READERS)?;
        too_many("ways to the committed tensors that checks read", ways, MAX_WAYS)?;
        cones.push(cone);
    }
    Ok(cones)
}

fn too_many(what: &'static str, found: u64, limit: u64) -> Result<(), Refused> {
    if found > limit { Err(Refused::TooMany { what, found: found as usize, limit: limit as usize }) } else { Ok(()) }
}

fn within_limits(scheme: &Scheme<'_>, cone: &Cone) -> Result<(), Refused> {
    for (what, found, limit) in [
        ("bytes of leaves", opening::payload(scheme, cone), MAX_CHECK_BYTES),
        ("reads", cone.reads, MAX_CHECK_READS),
        ("virtual elements", kept(scheme.graph, cone), MAX_CHECK_KEPT),
        ("virtual tensors in a row", cone.depth as u64, MAX_CHAIN as u64),
    ] {
        limited(scheme, cone, what, found, limit)?;
    }
    Ok(())
}

/// Elements of virtual tensors that a check of the cone's root computes at most.
fn kept(graph: &Graph, cone: &Cone) -> u64 {
    let distinct = |id: &TensorId| {
        let reached = cone.areas[id].iter().map(Area::volume).fold(0, u64::saturating_add);
        reached.min(graph.tensor(*id).ty.shape.elements() as u64)
    };
    cone.computed.iter().filter(|id| **id != cone.root).map(distinct).fold(0, u64::saturating_add)
}

fn limited(scheme: &Scheme<'_>, cone: &Cone, what: &'static str, found: u64, limit: u64) -> Result<(), Refused> {
    let tensor = || scheme.graph.tensor(cone.root).name.clone();
    if found > limit { Err(Refused::Check { tensor: tensor(), what, found, limit }) } else { Ok(()) }
}

/// One for each tensor; the intervals are the committed tensors', by slot.
fn descriptors(scheme: &Scheme<'_>, intervals: &[Interval]) -> Vec<Descriptor> {
    let mut slot = 0;
    let describe = |(id, tensor): (TensorId, &Tensor)| {
        let layout = scheme.layouts[id.0 as usize];
        let source = match (&tensor.source, layout) {
            (TensorSource::Input, Some(layout)) => Source::Input { layout },
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
