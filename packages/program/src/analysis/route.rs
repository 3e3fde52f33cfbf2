//! Through which operand an op passes its cost back to the inputs.

use tequio_attestation::{Node, Operand, TensorId};
use tequio_tensor::Op;

use crate::graph::Graph;

/// Whether which elements of the operand are read depends on values that only running the program shows.
fn is_data_dependent(graph: &Graph, node: &Node, operand: usize) -> bool {
    let unknown = |at: usize| node.operands.get(at).is_some_and(|operand| !graph.is_constant(operand));
    match (&node.op, operand) {
        (Op::Gather, 0) => unknown(1),
        (Op::Table, 1) | (Op::Select, 1 | 2) => unknown(0),
        _ => false,
    }
}

/// The operands a route may take, ascending: not constant, and read at places known when compiling. An op of a
/// [`Graph`] has at least one.
pub(crate) fn routable(graph: &Graph, node: &Node) -> Vec<u8> {
    let fits = |at: &usize| !graph.is_constant(&node.operands[*at]) && !is_data_dependent(graph, node, *at);
    (0..node.operands.len()).filter(fits).map(|at| at as u8).collect()
}

/// The route that a plan doesn't have to name: the first possible one, for each tensor; `None` if no op computes it
/// or it reads constants only.
pub(crate) fn defaults(graph: &Graph) -> Vec<Option<u8>> {
    let first = |node: &Node| routable(graph, node).first().copied();
    graph.tensors().iter().map(|tensor| tensor.node().and_then(first)).collect()
}

/// The tensor at the end of an op's route.
pub(crate) fn target(node: &Node, route: u8) -> Option<TensorId> {
    match node.operands.get(route as usize) {
        Some(Operand::Tensor(id)) => Some(*id),
        _ => None,
    }
}
