//! Through which operand an op passes its cost back.

use tequio_attestation::{Node, Operand, TensorId};
use tequio_tensor::Op;

use super::{
    mask::Mask,
    reads::{chooser, is_blind},
};
use crate::graph::Graph;

/// The operands a route may take, ascending: those with an element that differs. All operands of a concat are one
/// route, and so are both sides of a select, and the values and the input of a scatter: an element reads one of them, and
/// its route is that one. They go by the first that is possible. Empty where nothing differs.
pub(crate) fn routable(node: &Node, open: &[Mask]) -> Vec<u8> {
    let is_open = |at: &usize| target(node, *at as u8).is_some_and(|id| !open[id.0 as usize].is_none());
    let all = (0..node.operands.len()).filter(is_open).map(|at| at as u8);
    match node.op {
        Op::Concat { .. } => all.take(1).collect(),
        Op::Select | Op::Scatter => {
            let (chooser, mut sides) = (chooser(&node.op), 0);
            all.filter(|at| {
                let chooses = chooser == Some(*at as usize);
                sides += !chooses as u32;
                chooses || sides == 1
            })
            .collect()
        }
        _ => all.collect(),
    }
}

/// The route that a plan doesn't have to name, for each tensor: the first possible one that is not read at places which
/// show only when the program runs, if there is one. `None` if nothing in it differs.
pub(crate) fn defaults(graph: &Graph, open: &[Mask]) -> Vec<Option<u8>> {
    let first = |node: &Node| {
        let all = routable(node, open);
        all.iter().copied().find(|at| !is_chosen(node, *at, graph)).or(all.first().copied())
    };
    graph.tensors().iter().map(|tensor| tensor.node().and_then(first)).collect()
}

fn is_chosen(node: &Node, route: u8, graph: &Graph) -> bool {
    let chosen = matches!((&node.op, route), (Op::Gather, 0) | (Op::Select, 1 | 2) | (Op::Scatter, 0 | 2));
    chosen && is_blind(graph, node)
}

/// The tensor at the end of an op's route.
pub(crate) fn target(node: &Node, route: u8) -> Option<TensorId> {
    match node.operands.get(route as usize) {
        Some(Operand::Tensor(id)) => Some(*id),
        _ => None,
    }
}
