//! From any operator to its definition.

use tequio_attestation::{Node, Operand};
use tequio_tensor::Type;

use crate::{
    cpu::kernel::fallback::{Arg, Fallback},
    graph::Graph,
    liveness::MemoryPlan,
};

pub fn fallback(graph: &Graph, memory: &MemoryPlan, node: &Node, out: &Type) -> Fallback {
    let args = node.operands.iter().map(|operand| match *operand {
        Operand::Tensor(id) => Arg::Tensor(memory.placements[graph.origin[id.0 as usize]]),
        Operand::Scalar { value, .. } => Arg::Scalar(value),
    });
    let types = node.operands.iter().map(|operand| graph.operand_type(operand)).collect();
    Fallback { op: node.op, types, args: args.collect(), out: *out }
}
