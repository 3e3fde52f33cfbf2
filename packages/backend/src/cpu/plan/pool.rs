//! From AVG_POOL2D and MAX_POOL2D to their kernel.

use tequio_attestation::Node;
use tequio_tensor::{Op, Type};

use crate::{cpu::kernel::pool::Pool, graph::Graph, liveness::MemoryPlan};

/// The kernel, if the zero points are constant.
pub fn pool(graph: &Graph, memory: &MemoryPlan, node: &Node, out: &Type) -> Option<Pool> {
    let (window, average) = match node.op {
        Op::MaxPool2d(window) => (window, None),
        Op::AvgPool2d(window) => {
            let zero = |at: usize| graph.constant(&node.operands[at]).map(|values| values[0] as i32);
            (window, Some([zero(1)?, zero(2)?]))
        }
        _ => return None,
    };
    let input = memory.operand(graph, &node.operands[0])?;
    Some(Pool { input, ty: graph.operand_type(&node.operands[0]), out: *out, window, average })
}
