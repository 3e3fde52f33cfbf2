//! A graph and a plan become a manifest.

mod cones;
mod opening;

use std::sync::Arc;

use tequio_attestation::{Descriptor, Header, Interval, Manifest, Source, TensorId, tensor_tree};

use crate::{
    analysis::{cone::Cone, flow, weights},
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
}

/// Makes the manifest. Deterministic: the same graph and plan give the same `program_id` everywhere.
///
/// # Errors
/// If the program has no inputs, if the plan doesn't fit the graph, if one check takes too much ([`Refused::Check`]
/// says of what) or compiling would ([`Refused::TooMany`]), or if the cost doesn't fit 64 bits.
pub fn compile(graph: &Graph, plan: &Plan) -> Result<Compiled, Refused> {
    graph.postable()?;
    let scheme = Scheme::new(graph, plan)?;
    flow::limited(graph, &scheme.routes)?;
    let cones = cones::cones(&scheme)?;
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
        cones::limited(&scheme, cone, "bytes of an opening", bytes, MAX_OPENING_BYTES)?;
        header.opening_bytes = header.opening_bytes.max(bytes as u32);
    }
    let constant = |tensor: &Tensor| tensor.constant().unwrap_or_default().to_vec();
    let constants = graph.tensors().iter().map(constant).collect();
    Ok(Compiled { manifest: Arc::new(Manifest::new(header, tensors, constants)), weights })
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
