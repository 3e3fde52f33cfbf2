//! Which tensors are written out, and which exist only inside the chain that reads them.

use tequio_tensor::Op;

use super::{contract, graph::Graph, lower};

/// What is computed together. A *standing* tensor is written out by a step of its own; any other is part of the chain
/// that ends in the standing tensor it leads to.
pub struct Fusion {
    pub stands: Vec<bool>,
    /// For each tensor the contraction that its chain starts with.
    pub head: Vec<Option<usize>>,
    /// When a tensor is computed: the id of the standing tensor that its chain ends in.
    pub time: Vec<usize>,
}

impl Fusion {
    pub fn new(graph: &Graph) -> Self {
        let count = graph.origin.len();
        let lane: Vec<bool> = (0..count).map(|tensor| lower::fits(graph, tensor)).collect();
        let heads: Vec<bool> = (0..count).map(|tensor| contract::fits(graph, tensor)).collect();
        let mut stands: Vec<bool> = (0..count).map(|t| !((lane[t] || heads[t]) && passes(graph, &lane, t))).collect();
        for tensor in (0..count).filter(|&tensor| graph.is_committed(tensor)) {
            stands[graph.origin[tensor]] = true;
        }
        let mut fusion = Self { stands, head: vec![None; count], time: (0..count).collect() };
        let mut via = vec![None; count];
        for tensor in 0..count {
            if heads[tensor] {
                fusion.head[tensor] = Some(tensor);
            } else if lane[tensor] {
                fusion.join(graph, tensor, &mut via);
            }
        }
        for tensor in (0..count).rev().filter(|&tensor| graph.needed[tensor] && graph.origin[tensor] == tensor) {
            if let (false, Some(&reader)) = (fusion.stands[tensor], graph.readers[tensor].first()) {
                fusion.time[tensor] = fusion.time[reader];
            }
        }
        fusion
    }

    /// A chain follows at most one contraction, the last. Where another would join, its branch is written out where it
    /// is narrowest.
    fn join(&mut self, graph: &Graph, tensor: usize, via: &mut [Option<usize>]) {
        let operands = graph.node(tensor).into_iter().flat_map(|node| &node.operands);
        let inside: Vec<usize> = operands
            .filter_map(|operand| graph.operand_origin(operand))
            .filter(|&origin| !self.stands[origin] && self.head[origin].is_some())
            .collect();
        let Some(&kept) = inside.iter().max_by_key(|&&origin| self.head[origin]) else { return };
        for &branch in inside.iter().filter(|&&branch| branch != kept) {
            let path: Vec<usize> = std::iter::successors(Some(branch), |&at| via[at]).collect();
            let narrowest = path.iter().copied().min_by_key(|&at| graph.ty(at).dtype.bytes()).unwrap_or(branch);
            self.stands[narrowest] = true;
            path.iter().take_while(|&&at| at != narrowest).for_each(|&at| self.head[at] = None);
        }
        self.head[tensor] = self.head[kept];
        via[tensor] = Some(kept);
    }
}

/// Whether its only reader is elementwise and reads it position by position, rows staying rows.
fn passes(graph: &Graph, lane: &[bool], tensor: usize) -> bool {
    let [reader] = graph.readers[tensor][..] else { return false };
    let Some(node) = graph.node(reader).filter(|_| lane[reader]) else { return false };
    let to = graph.ty(reader).shape;
    let last = |shape: tequio_tensor::Shape| shape.dims().last().copied().unwrap_or(1);
    node.operands.iter().any(|operand| {
        graph.operand_origin(operand) == Some(tensor)
            && graph.operand_type(operand).shape == to
            && last(graph.ty(tensor).shape) == last(to)
    }) && !matches!(node.op, Op::Identity | Op::Reshape)
}
