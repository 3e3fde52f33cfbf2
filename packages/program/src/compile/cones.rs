//! What checks touch, one by one and together no more than the limits say.

use std::sync::Arc;

use tequio_attestation::{Layout, TensorId};

use super::opening;
use crate::{
    analysis::cone::Cone,
    graph::Tensor,
    limits::{MAX_CHAIN, MAX_CHECK_BYTES, MAX_CHECK_KEPT, MAX_CHECK_READS, MAX_LEAVES, MAX_READERS, MAX_WAYS},
    refused::Refused,
    scheme::Scheme,
};

/// The cones of the committed tensors, by slot. Each is within limits, and all are together, before the next is looked
/// at.
pub fn cones(scheme: &Scheme<'_>) -> Result<Vec<Arc<Cone>>, Refused> {
    too_many("leaves in a shard's tensors", leaves(scheme), MAX_LEAVES)?;
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
        cones.push(Arc::new(cone));
    }
    Ok(cones)
}

/// Leaves of all tensors that have any.
fn leaves(scheme: &Scheme<'_>) -> u64 {
    let leaves = |(layout, tensor): (&Option<Layout>, &Tensor)| layout.map_or(0, |layout| layout.leaves(&tensor.ty));
    scheme.layouts.iter().zip(scheme.graph.tensors()).map(|pair| leaves(pair) as u64).sum()
}

fn too_many(what: &'static str, found: u64, limit: u64) -> Result<(), Refused> {
    if found > limit { Err(Refused::TooMany { what, found: found as usize, limit: limit as usize }) } else { Ok(()) }
}

fn within_limits(scheme: &Scheme<'_>, cone: &Cone) -> Result<(), Refused> {
    for (what, found, limit) in [
        ("bytes of leaves", opening::payload(scheme, cone), MAX_CHECK_BYTES),
        ("reads", cone.reads, MAX_CHECK_READS),
        ("virtual elements", cone.kept(scheme.graph), MAX_CHECK_KEPT),
        ("virtual tensors in a row", cone.depth as u64, MAX_CHAIN as u64),
    ] {
        limited(scheme, cone, what, found, limit)?;
    }
    Ok(())
}

/// Refuses more of something than a check of the cone's root may take.
pub fn limited(scheme: &Scheme<'_>, cone: &Cone, what: &'static str, found: u64, limit: u64) -> Result<(), Refused> {
    let tensor = || scheme.graph.tensor(cone.root).name.clone();
    if found > limit { Err(Refused::Check { tensor: tensor(), what, found, limit }) } else { Ok(()) }
}
