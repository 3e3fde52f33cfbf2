//! Rates where nothing was measured.

use tequio_attestation::{Node, Operand, TensorId};
use tequio_tensor::{Op, is_dense, is_elementwise};

use crate::{
    analysis::{bits::moves, cone::Cone},
    graph::Graph,
};

/// r: 1/4.
pub const R: u16 = 16_384;
/// s after something that saturates, or of several layers at once: 1/2.
const S_CLAMPED: u16 = 32_768;
/// s elsewhere: 1/16.
const S_OPEN: u16 = 4_096;

/// s of a committed tensor: whether any op since the last sum saturates, or there are several layers of sums, which
/// together are computed roughly for less.
pub fn s(graph: &Graph, cone: &Cone) -> u16 {
    let is_dense = |id: &&TensorId| graph.tensor(**id).node().is_some_and(|node| is_dense(&node.op));
    if cone.computed.iter().filter(is_dense).count() > 1 {
        return S_CLAMPED;
    }
    let mut at = cone.root;
    while let Some(node) = graph.tensor(at).node() {
        if saturates(node) {
            return S_CLAMPED;
        }
        let keeps = is_elementwise(&node.op) || moves(&node.op) || matches!(node.op, Op::MaxPool2d(_));
        match node.operands.first() {
            Some(Operand::Tensor(next)) if keeps => at = *next,
            _ => break,
        }
    }
    S_OPEN
}

/// CLAMP, a bound by a constant, and a RESCALE whose zero point is the end of the output's range: that is what a
/// ReLU becomes.
fn saturates(node: &Node) -> bool {
    match node.op {
        Op::Clamp { .. } => true,
        Op::Maximum | Op::Minimum => node.operands.iter().any(|operand| matches!(operand, Operand::Scalar { .. })),
        Op::Rescale(rescale) => match node.operands.get(4) {
            Some(&Operand::Scalar { dtype, value, .. }) => {
                let ends = if rescale.output_unsigned { [0, -1] } else { [dtype.min(), dtype.max()] };
                ends.contains(&value)
            }
            _ => false,
        },
        _ => false,
    }
}
