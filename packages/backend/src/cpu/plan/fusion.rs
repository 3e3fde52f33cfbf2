//! Which tensors are written out, and which exist only inside the kernel that reads them.

use tequio_tensor::Shape;

use super::{contraction::is_contraction, operators::is_elementwise};
use crate::graph::Graph;

/// What is computed together. A *materialised* tensor is written out by a step of its own; any other is fused into the
/// materialised tensor that it leads to.
pub struct Fusion {
    pub materialised: Vec<bool>,
    /// For each tensor the contraction that it is fused with.
    pub contraction: Vec<Option<usize>>,
    /// For each tensor the materialised one that it is computed with.
    pub computed_at: Vec<usize>,
}

impl Fusion {
    pub fn new(graph: &Graph) -> Self {
        let count = graph.tensors();
        let elementwise: Vec<bool> = (0..count).map(|tensor| is_elementwise(graph, tensor)).collect();
        let contraction: Vec<bool> = (0..count).map(|tensor| is_contraction(graph, tensor)).collect();
        let fused = |t: usize| (elementwise[t] || contraction[t]) && is_read_in_place(graph, &elementwise, t);
        let materialised = (0..count).map(|tensor| !fused(tensor) || graph.shown[tensor]).collect();
        let mut fusion = Self { materialised, contraction: vec![None; count], computed_at: (0..count).collect() };
        let mut via = vec![None; count];
        // What isn't needed isn't computed: it must not separate what is.
        for tensor in (0..count).filter(|&tensor| graph.needed[tensor]) {
            if contraction[tensor] {
                fusion.contraction[tensor] = Some(tensor);
            } else if elementwise[tensor] {
                fusion.join(graph, tensor, &mut via);
            }
        }
        for tensor in (0..count).rev().filter(|&tensor| graph.needed[tensor] && !graph.is_view(tensor)) {
            if let (false, Some(&reader)) = (fusion.materialised[tensor], graph.readers[tensor].first()) {
                fusion.computed_at[tensor] = fusion.computed_at[reader];
            }
        }
        fusion
    }

    /// Fused operators follow at most one contraction, the last. Where another would join, its branch is written out
    /// where it is narrowest.
    fn join(&mut self, graph: &Graph, tensor: usize, via: &mut [Option<usize>]) {
        let operands = graph.node(tensor).into_iter().flat_map(|node| &node.operands);
        let inside: Vec<usize> = operands
            .filter_map(|operand| graph.operand_origin(operand))
            .filter(|&origin| !self.materialised[origin] && self.contraction[origin].is_some())
            .collect();
        let Some(&kept) = inside.iter().max_by_key(|&&origin| self.contraction[origin]) else { return };
        for &branch in inside.iter().filter(|&&branch| branch != kept) {
            let path: Vec<usize> = std::iter::successors(Some(branch), |&at| via[at]).collect();
            let narrowest = path.iter().copied().min_by_key(|&at| graph.ty(at).dtype.bytes()).unwrap_or(branch);
            self.materialised[narrowest] = true;
            path.iter().take_while(|&&at| at != narrowest).for_each(|&at| self.contraction[at] = None);
        }
        self.contraction[tensor] = self.contraction[kept];
        via[tensor] = Some(kept);
    }
}

/// Whether its only reader is elementwise and reads it position by position, rows staying rows.
fn is_read_in_place(graph: &Graph, elementwise: &[bool], tensor: usize) -> bool {
    let [reader] = graph.readers[tensor][..] else { return false };
    let Some(node) = graph.node(reader).filter(|_| elementwise[reader]) else { return false };
    let to = graph.ty(reader).shape;
    let last = |shape: Shape| shape.dims().last().copied().unwrap_or(1);
    node.operands.iter().any(|operand| {
        graph.operand_origin(operand) == Some(tensor)
            && graph.operand_type(operand).shape == to
            && last(graph.ty(tensor).shape) == last(to)
    })
}
