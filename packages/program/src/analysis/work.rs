//! What a shard costs: what an output needs, and differs between the job's shards.

use tequio_attestation::Operand;
use tequio_tensor::{Op, cost, is_convolution};

use super::{
    cone::Cone,
    flow::{Edge, read, reads_all_weights},
    mask::Mask,
    reads::{Reads, is_blind},
};
use crate::{
    graph::{Graph, TensorSource},
    refused::Refused,
};

/// Of every tensor, by id.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    /// Which elements something needs: all of a committed tensor, and of a virtual one what such an element reads.
    pub live: Vec<Mask>,
    /// Cost of one element, in MAC equivalents; 0 if it is the same in all shards.
    pub each: Vec<u64>,
    /// Cost of all that are live.
    pub cost: Vec<u64>,
}

impl Work {
    /// `job` says which inputs are of job scope.
    pub fn new(graph: &Graph, committed: &[bool], job: &[bool]) -> Self {
        let live = live(graph, committed);
        let shared = same_in_all_shards(graph, job);
        let each = |(id, tensor): (usize, &crate::graph::Tensor)| match tensor.node() {
            Some(node) if !shared[id] => cost(&node.op, &graph.operand_types(node), &tensor.ty),
            _ => 0,
        };
        let each: Vec<u64> = graph.tensors().iter().enumerate().map(each).collect();
        let all = |(id, tensor): (usize, &crate::graph::Tensor)| {
            each[id].saturating_mul(live[id].count(tensor.ty.shape.elements()))
        };
        let cost = graph.tensors().iter().enumerate().map(all).collect();
        Self { live, each, cost }
    }

    /// `C_k`: cost of a committed tensor and of the virtual ones that it is computed from.
    pub fn cone(&self, cone: &Cone) -> u64 {
        cone.computed.iter().map(|id| self.cost[id.0 as usize]).fold(0, u64::saturating_add)
    }

    /// Cost of one shard: every op once.
    pub fn total(&self) -> Result<u64, Refused> {
        self.cost.iter().try_fold(0u64, |sum, cost| sum.checked_add(*cost)).ok_or(Refused::Cost)
    }
}

/// By tensor: whether it follows from constants and inputs of job scope alone.
fn same_in_all_shards(graph: &Graph, job: &[bool]) -> Vec<bool> {
    let mut same = Vec::with_capacity(graph.tensors().len());
    for (id, tensor) in graph.iter() {
        let is_same = match &tensor.source {
            TensorSource::Input => job[id.0 as usize],
            TensorSource::Constant(_) => true,
            TensorSource::Op(node) => node.operands.iter().all(|operand| match operand {
                Operand::Tensor(read) => same[read.0 as usize],
                Operand::Scalar { .. } => true,
            }),
        };
        same.push(is_same);
    }
    same
}

fn live(graph: &Graph, committed: &[bool]) -> Vec<Mask> {
    let count = graph.tensors().len();
    let mut live: Vec<Mask> = (0..count).map(|id| if committed[id] { Mask::All } else { Mask::None }).collect();
    graph.outputs().iter().for_each(|id| live[id.0 as usize] = Mask::All);
    for (id, tensor) in graph.iter().rev() {
        let (Some(node), mask) = (tensor.node(), live[id.0 as usize].clone()) else { continue };
        if mask.is_none() {
            continue;
        }
        let mut marked: Vec<Option<Vec<bool>>> = vec![None; node.operands.len()];
        for (at, operand) in node.operands.iter().enumerate() {
            let Operand::Tensor(id) = operand else { continue };
            let (source, known) = (graph.tensor(*id), &mut live[id.0 as usize]);
            if source.node().is_none() || known.is_all() {
                continue;
            }
            let Some(edge) = Edge::of(graph, tensor, Some(at as u8), &[]) else { continue };
            if reads_all(graph, &edge, &mask) {
                *known = Mask::All;
            } else if let Some(mask) = read(&edge, &mask) {
                *known = known.or(&mask);
            } else {
                marked[at] = Some(vec![false; source.ty.shape.elements() as usize]);
            }
        }
        if marked.iter().any(Option::is_some) {
            let mut reads = Reads::new(graph, node, &tensor.ty);
            for index in (0..tensor.ty.shape.elements()).filter(|index| mask.has(*index)) {
                for &(operand, element) in reads.of(index) {
                    if let Some(Some(bits)) = marked.get_mut(operand) {
                        bits[element as usize] = true;
                    }
                }
            }
        }
        for (operand, bits) in node.operands.iter().zip(marked) {
            if let (Operand::Tensor(read), Some(bits)) = (operand, bits) {
                let known = &mut live[read.0 as usize];
                *known = known.or(&Mask::of(bits));
            }
        }
    }
    live
}

/// Whether the elements of `mask` certainly, or for all that is known when compiling, read all of an operand.
fn reads_all(graph: &Graph, edge: &Edge<'_>, mask: &Mask) -> bool {
    let (node, at) = (edge.node, edge.route);
    let blind = is_blind(graph, node);
    match (&node.op, at) {
        (Op::Gather, 0) => blind,
        _ if !mask.is_all() => false,
        (Op::Select, 1 | 2) | (Op::Scatter, 0 | 2) => blind,
        // Windows may step over some.
        (Op::Slice { .. } | Op::Resize(_) | Op::AvgPool2d(_) | Op::MaxPool2d(_), _) => false,
        (op, 0) if is_convolution(op) => false,
        (op, 1) if is_convolution(op) => reads_all_weights(edge),
        _ => true,
    }
}
