//! How many bits choose an element: what steering one takes.

use std::collections::BTreeSet;

use tequio_attestation::{Node, Operand, TensorId};
use tequio_tensor::{Op, Resize, is_dense, is_elementwise, is_heavy};

use super::cone::Cone;
use crate::graph::Graph;

/// Of every tensor, by id: bits that choose one of its elements.
#[derive(Clone, Debug)]
pub(crate) struct Bits(Vec<u32>);

impl Bits {
    pub fn new(graph: &Graph) -> Self {
        let mut bits = Vec::with_capacity(graph.tensors().len());
        for tensor in graph.tensors() {
            let of_type = tensor.ty.dtype.bits();
            bits.push(
                tensor.node().map_or(of_type, |node| chosen(graph, node, &bits).map_or(of_type, |b| b.min(of_type))),
            );
        }
        for tensor in graph.tensors() {
            // An index says no more than which of the rows.
            if let Some(Node { op: Op::Gather | Op::Scatter, operands }) = tensor.node()
                && let Some(Operand::Tensor(id)) = operands.get(1)
            {
                let rows = log2(graph.operand_type(&operands[0]).shape.dim(1).into());
                bits[id.0 as usize] = bits[id.0 as usize].min(rows);
            }
        }
        Self(bits)
    }

    /// Bits of the narrowest tensor of a cone that depends on `from`, the root or a virtual one.
    pub fn narrowest(&self, graph: &Graph, cone: &Cone, from: TensorId) -> u64 {
        let mut reached = BTreeSet::from([from]);
        // Ascending, so that operands come before what reads them.
        for &id in cone.computed.iter().rev() {
            let reads = |operand: &Operand| matches!(operand, Operand::Tensor(read) if reached.contains(read));
            if graph.tensor(id).node().is_some_and(|node| node.operands.iter().any(reads)) {
                reached.insert(id);
            }
        }
        let read = cone.computed.iter().filter(|id| reached.contains(id));
        read.map(|id| self.of(graph, *id)).min().unwrap_or_else(|| self.of(graph, cone.root))
    }

    /// Bits that choose all of a tensor. Where windows overlap, one element may be what settles all that it lies in.
    fn of(&self, graph: &Graph, id: TensorId) -> u64 {
        let tensor = graph.tensor(id);
        let all = tensor.ty.shape.elements() as u64 * self.0[id.0 as usize] as u64;
        // Most windows that an element lies in, along y and x.
        let most = match tensor.node().map(|node| node.op) {
            Some(Op::MaxPool2d(pool) | Op::AvgPool2d(pool)) => {
                [0, 1].map(|side| pool.kernel[side].div_ceil(pool.stride[side]))
            }
            Some(Op::Resize(Resize { bilinear: true, scale, .. })) => scale.map(|[n, d]| (2 * n).div_ceil(d)),
            _ => return all,
        };
        let windows = |side: usize| u64::from(most[side].min(tensor.ty.shape.dim(1 + side)));
        all.div_ceil(windows(0) * windows(1))
    }

    /// Bits that changing all of a tensor's elements, to whatever its type holds, can choose of what reads it.
    pub fn given(&self, graph: &Graph, id: TensorId) -> u64 {
        let tensor = graph.tensor(id);
        let is_index = tensor.node().is_some_and(|node| matches!(node.op, Op::ArgMax { .. }));
        let each = if is_index { self.0[id.0 as usize] } else { tensor.ty.dtype.bits() };
        tensor.ty.shape.elements() as u64 * each as u64
    }
}

/// Bits that choose an element of an op's output, if the op says so: it has no more values than an element it is made
/// from, or than its attributes leave.
fn chosen(graph: &Graph, node: &Node, bits: &[u32]) -> Option<u32> {
    let of = |operand: &Operand| match operand {
        Operand::Tensor(id) if !graph.is_constant(operand) => Some(bits[id.0 as usize]),
        _ => None,
    };
    let open: Vec<u32> = node.operands.iter().filter_map(of).collect();
    match node.op {
        Op::ArgMax { axis } => {
            let of = graph.operand_type(&node.operands[0]).shape.dim(axis as usize);
            Some(log2(of.into()).min(open.first().copied()?))
        }
        Op::Clamp { min, max } => Some(log2(max.abs_diff(min).saturating_add(1)).min(open.first().copied()?)),
        Op::MaxPool2d(_) | Op::ReduceMax { .. } | Op::ReduceMin { .. } | Op::Concat { .. } => {
            open.iter().max().copied()
        }
        Op::Pad { .. } | Op::Reshape | Op::Transpose { .. } | Op::Slice { .. } | Op::Reverse { .. } | Op::Tile => {
            open.first().copied()
        }
        Op::Resize(Resize { bilinear: false, .. }) => open.first().copied(),
        op if is_elementwise(&op) && open.len() == 1 => open.first().copied(),
        _ => None,
    }
}

/// Bits that number so many things, at least one.
fn log2(count: u64) -> u32 {
    count.max(2).next_power_of_two().trailing_zeros()
}

/// Whether each of a tensor's elements is one of its operand's, or made from one and constants.
pub(crate) fn copies(graph: &Graph, id: TensorId) -> bool {
    graph.tensor(id).node().is_some_and(|node| {
        let open = || node.operands.iter().filter(|operand| !graph.is_constant(operand)).count();
        moves(&node.op) || is_elementwise(&node.op) && open() == 1
    })
}

/// Whether an op's every element is one of its operands', or padding, at a place that is known.
pub(crate) fn moves(op: &Op) -> bool {
    use Op::*;
    match op {
        Pad { .. } | Reshape | Transpose { .. } | Slice { .. } | Concat { .. } | Reverse { .. } | Tile => true,
        Resize(resize) => !resize.bilinear,
        _ => false,
    }
}

/// Whether its elements say less than those they are made from: pools, reductions, argmax.
pub(crate) fn narrows(op: &Op) -> bool {
    is_heavy(op) && !is_dense(op)
}
