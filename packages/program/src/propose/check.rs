//! What checking one element takes, as plans are compared by.

use std::{collections::BTreeSet, sync::Arc};

use tequio_attestation::{Node, Operand, TensorId};
use tequio_tensor::{Op, Window2d, is_dense, is_elementwise};

use super::layouts;
use crate::{
    analysis::cone::Cone,
    graph::Graph,
    limits::{MAX_CHAIN, MAX_CHECK_BYTES, MAX_CHECK_KEPT, MAX_CHECK_READS},
    refused::Refused,
};

/// About what a descriptor with its part of the tree takes in an opening, in bytes.
const DESCRIPTOR: u64 = 48;
/// Virtual elements that cost a chain about as much to compute as a byte, and reads of long sums.
const KEPT: u64 = 4;
const READS: u64 = 1024;

/// A committed tensor's cone and what an opening of one of its elements takes.
#[derive(Clone)]
pub struct Check {
    pub cone: Arc<Cone>,
    /// Bytes of leaves, each tensor laid out as is best for this check.
    pub payload: u64,
    /// Virtual elements that it computes.
    kept: u64,
    /// About what one draw costs a chain, in bytes of an opening.
    pub price: u64,
    /// Steps that weighing it takes: tensors computed, and as many for each committed tensor that it reads.
    pub steps: u64,
}

impl Check {
    pub fn new(graph: &Graph, committed: &[bool], root: TensorId) -> Self {
        let cone = Cone::new(graph, committed, root);
        let payload = layouts::least(graph, &cone, |shown| shown.payload);
        let leaves = layouts::least(graph, &cone, |shown| shown.bytes());
        let described = DESCRIPTOR * cone.areas.len() as u64;
        let kept = cone.kept(graph);
        let computed = kept / KEPT + cone.reads / READS;
        let price = leaves.saturating_add(described).saturating_add(computed);
        let read = cone.areas.keys().filter(|id| committed[id.0 as usize]).count() as u64;
        let steps = cone.areas.len() as u64 + cone.computed.len() as u64 * read;
        Self { cone: Arc::new(cone), payload, kept, price, steps }
    }

    /// By how much it exceeds limits, that on its leaves' bytes being `bytes`: relative to the limit, in 1/1024.
    pub fn excess(&self, bytes: u64) -> u64 {
        let over = |(_, found, limit): (_, u64, u64)| (found.saturating_mul(1024) / limit).saturating_sub(1024);
        self.takes(bytes).into_iter().map(over).max().unwrap_or(0)
    }

    /// What is over a limit.
    pub fn refused(&self, graph: &Graph) -> Option<Refused> {
        let (what, found, limit) = self.takes(MAX_CHECK_BYTES).into_iter().find(|(_, found, limit)| found > limit)?;
        Some(Refused::Check { tensor: graph.tensor(self.cone.root).name.clone(), what, found, limit })
    }

    fn takes(&self, bytes: u64) -> [(&'static str, u64, u64); 4] {
        [
            ("bytes of leaves", self.payload, bytes),
            ("reads", self.cone.reads, MAX_CHECK_READS),
            ("virtual elements", self.kept, MAX_CHECK_KEPT),
            ("virtual tensors in a row", self.cone.depth.into(), MAX_CHAIN.into()),
        ]
    }

    /// Whether all elements of the root take about as much to compute, and as many bits as a sum of products has. A dense
    /// op's output may not go through an op that puts cheap elements beside it on its way to the root, as a draw falls on
    /// all alike; nor may the root be what such an output is reduced to, a class or a share, which something cheaper tells
    /// as well.
    pub fn is_even(&self, graph: &Graph) -> bool {
        let dense = |id: &TensorId| graph.tensor(*id).node().is_some_and(|node| is_dense(&node.op));
        if self.cone.computed.iter().any(dense) && !self.is_tail(graph) {
            return false;
        }
        let mut heavy = BTreeSet::new();
        // Ascending, so that operands come before what reads them.
        for &id in self.cone.computed.iter().rev() {
            let Some(node) = graph.tensor(id).node() else { continue };
            let is_above = node.operands.iter().any(|operand| match operand {
                Operand::Tensor(read) => heavy.contains(read),
                Operand::Scalar { .. } => false,
            });
            let mixes = match node.op {
                Op::Concat { .. } | Op::Select | Op::Gather | Op::Scatter => true,
                Op::Pad { .. } => !self.is_margin(graph, id, node),
                _ => false,
            };
            if is_above && mixes {
                return false;
            }
            if is_above || is_dense(&node.op) {
                heavy.insert(id);
            }
        }
        true
    }

    /// Whether the root is made element by element of a dense op's output.
    fn is_tail(&self, graph: &Graph) -> bool {
        let mut at = self.cone.root;
        while let Some(node) = graph.tensor(at).node() {
            if is_dense(&node.op) {
                return true;
            }
            let is_passed = is_elementwise(&node.op) || node.op == Op::Reshape;
            let dense = |operand: &&Operand| matches!(operand, Operand::Tensor(id) if self.cone.computed.contains(id));
            match node.operands.iter().find(dense) {
                Some(Operand::Tensor(next)) if is_passed => at = *next,
                _ => return false,
            }
        }
        false
    }

    /// Whether a pad is the margin of windows each of which reads more than margin.
    fn is_margin(&self, graph: &Graph, pad: TensorId, node: &Node) -> bool {
        let Op::Pad { before, after } = node.op else { return false };
        let is_around = |window: [u32; 2], own: [[u32; 2]; 2]| {
            (0..before.len()).all(|axis| match axis {
                1 | 2 => {
                    let [first, last] = own[axis - 1];
                    before[axis].saturating_add(first).max(after[axis].saturating_add(last)) < window[axis - 1]
                }
                _ => before[axis] == 0 && after[axis] == 0,
            })
        };
        let reads = |id: &&TensorId| {
            let operands = graph.tensor(**id).node().map(|node| &node.operands[..]).unwrap_or_default();
            operands.contains(&Operand::Tensor(pad))
        };
        self.cone.computed.iter().filter(reads).all(|id| {
            let Some(reader) = graph.tensor(*id).node() else { return false };
            let sides = |pad: [u32; 4]| [[pad[0], pad[1]], [pad[2], pad[3]]];
            match reader.op {
                Op::Conv2d(window) | Op::DepthwiseConv2d(window) => {
                    let weights = graph.operand_type(&reader.operands[1]).shape;
                    let axes = if matches!(reader.op, Op::Conv2d(_)) { [1, 2] } else { [0, 1] };
                    is_around(span(&window, axes.map(|axis| weights.dim(axis))), sides(window.pad))
                }
                Op::AvgPool2d(pool) | Op::MaxPool2d(pool) => is_around(pool.kernel, sides(pool.pad)),
                _ => false,
            }
        })
    }
}

/// Positions from a window's first tap to its last.
fn span(window: &Window2d, kernel: [u32; 2]) -> [u32; 2] {
    core::array::from_fn(|side| (kernel[side] - 1).saturating_mul(window.dilation[side]).saturating_add(1))
}
