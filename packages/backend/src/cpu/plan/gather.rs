//! From GATHER and SCATTER to their kernels.

use tequio_attestation::Node;
use tequio_tensor::Op;

use crate::{
    cpu::kernel::gather::{Gather, Scatter},
    graph::Graph,
    liveness::MemoryPlan,
};

/// The kernel, if both operands are tensors.
pub fn gather(graph: &Graph, memory: &MemoryPlan, node: &Node) -> Option<Gather> {
    let (Op::Gather, [values, indices]) = (node.op, &node.operands[..]) else { return None };
    let [ty, index] = [values, indices].map(|operand| graph.operand_type(operand));
    Some(Gather {
        values: memory.operand(graph, values)?,
        indices: memory.operand(graph, indices)?,
        rows: ty.shape.dim(1) as usize,
        width: index.shape.dim(1) as usize,
        bytes: ty.shape.dim(2) as usize * ty.dtype.bytes(),
    })
}

/// The kernel, if all operands are tensors.
pub fn scatter(graph: &Graph, memory: &MemoryPlan, node: &Node) -> Option<Scatter> {
    let (Op::Scatter, [values, indices, input]) = (node.op, &node.operands[..]) else { return None };
    let [ty, index] = [values, indices].map(|operand| graph.operand_type(operand));
    Some(Scatter {
        values: memory.operand(graph, values)?,
        indices: memory.operand(graph, indices)?,
        input: memory.operand(graph, input)?,
        rows: ty.shape.dim(1) as usize,
        width: index.shape.dim(1) as usize,
        bytes: ty.shape.dim(2) as usize * ty.dtype.bytes(),
    })
}
