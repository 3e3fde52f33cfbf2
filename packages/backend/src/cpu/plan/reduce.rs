//! From reductions and ARGMAX to their kernel.

use tequio_attestation::Node;
use tequio_tensor::{Op, Type};

use crate::{
    cpu::kernel::reduce::{Reduce, Reduction},
    graph::Graph,
    liveness::MemoryPlan,
};

pub fn reduce(graph: &Graph, memory: &MemoryPlan, node: &Node, out: &Type) -> Option<Reduce> {
    let (reduction, axis) = match node.op {
        Op::ReduceSum { axis } => (Reduction::Sum, axis),
        Op::ReduceMax { axis } => (Reduction::Max, axis),
        Op::ReduceMin { axis } => (Reduction::Min, axis),
        Op::ReduceAll { axis } => (Reduction::All, axis),
        Op::ReduceAny { axis } => (Reduction::Any, axis),
        Op::ArgMax { axis } => (Reduction::ArgMax, axis),
        _ => return None,
    };
    let ty = graph.operand_type(&node.operands[0]);
    let input = memory.operand(graph, &node.operands[0])?;
    let [len, inner] = [ty.shape.dim(axis as usize), ty.shape.stride(axis as usize)].map(|n| n as usize);
    Some(Reduce { input, dtype: ty.dtype, out: out.dtype, reduction, len, inner })
}
