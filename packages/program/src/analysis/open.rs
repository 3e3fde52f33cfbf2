//! Which elements can differ from those of an old trace.

use tequio_attestation::{Node, Operand};
use tequio_tensor::{Op, is_convolution};

use super::{
    flow::{Edge, readers},
    mask::Mask,
    reads::{Reads, is_blind},
};
use crate::graph::{Graph, Tensor, TensorSource};

/// By tensor: what depends on the inputs of `differs`, but nothing of the tensors of `shared`.
pub(crate) fn open(graph: &Graph, differs: &[bool], shared: &[bool]) -> Vec<Mask> {
    let mut open: Vec<Mask> = Vec::with_capacity(graph.tensors().len());
    for (id, tensor) in graph.iter() {
        let mask = match &tensor.source {
            _ if shared[id.0 as usize] => Mask::None,
            TensorSource::Input if differs[id.0 as usize] => Mask::All,
            TensorSource::Op(node) => of_op(graph, tensor, node, &open),
            _ => Mask::None,
        };
        open.push(mask);
    }
    open
}

fn of_op(graph: &Graph, tensor: &Tensor, node: &Node, open: &[Mask]) -> Mask {
    let none = Mask::None;
    let of = |operand: &Operand| match operand {
        Operand::Tensor(id) => &open[id.0 as usize],
        Operand::Scalar { .. } => &none,
    };
    let masks: Vec<&Mask> = node.operands.iter().map(of).collect();
    if masks.iter().all(|mask| mask.is_none()) {
        return Mask::None;
    }
    if has_open_read(graph, node, &masks) {
        return Mask::All;
    }
    if let Some(mask) = by_position(graph, tensor, &masks) {
        return mask;
    }
    let mut reads = Reads::new(graph, node, &tensor.ty);
    let differs = |index| reads.of(index).iter().any(|(operand, element)| masks[*operand].has(*element));
    Mask::of((0..tensor.ty.shape.elements()).map(differs).collect())
}

/// The same a whole tensor at a time; `None` if positions alone don't say what is read.
fn by_position(graph: &Graph, tensor: &Tensor, masks: &[&Mask]) -> Option<Mask> {
    let edge = Edge::of(graph, tensor, Some(0), &[])?;
    let mut either = Mask::None;
    for (operand, mask) in masks.iter().enumerate().filter(|(_, mask)| !mask.is_none()) {
        // Some weight is read where some of the input is.
        let is_beside_input = operand == 1 && mask.is_all() && is_convolution(&edge.node.op);
        let through = if is_beside_input { 0 } else { operand };
        either = either.or(&readers(&edge.through(through), mask)?);
    }
    Some(either)
}

/// Whether every output element certainly reads an open element.
fn has_open_read(graph: &Graph, node: &Node, masks: &[&Mask]) -> bool {
    match &node.op {
        Op::Concat { .. } => masks.iter().all(|mask| mask.is_all()),
        Op::Pad { before, after } => masks[0].is_all() && before.iter().chain(after).all(|pad| *pad == 0),
        Op::Select | Op::Scatter => {
            let [chooser, one, other] = if node.op == Op::Select { [0, 1, 2] } else { [1, 0, 2] };
            let [one, other] = [one, other].map(|side| masks[side].is_all());
            masks[chooser].is_all() || if is_blind(graph, node) { one || other } else { one && other }
        }
        // Padding, and strides longer than a transposed kernel, leave outputs that read the bias only.
        op if is_convolution(op) => masks[2].is_all(),
        _ => masks.iter().any(|mask| mask.is_all()),
    }
}
