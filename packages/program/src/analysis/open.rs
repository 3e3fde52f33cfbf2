//! Which elements can differ from those of an old trace.

use tequio_attestation::{Node, Operand};
use tequio_tensor::{Op, Type, Window2d};

use super::{
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
    let mut reads = Reads::new(graph, node, &tensor.ty);
    let differs = |index| reads.of(index).iter().any(|(operand, element)| masks[*operand].has(*element));
    Mask::of((0..tensor.ty.shape.elements()).map(differs).collect())
}

/// Whether every output element certainly reads an open element.
fn has_open_read(graph: &Graph, node: &Node, masks: &[&Mask]) -> bool {
    let types: Vec<Type> = graph.operand_types(node);
    match &node.op {
        Op::Concat { .. } => masks.iter().all(|mask| mask.is_all()),
        Op::Pad { before, after } => masks[0].is_all() && before.iter().chain(after).all(|pad| *pad == 0),
        Op::Select => {
            masks[0].is_all()
                || if is_blind(graph, node) {
                    masks[1].is_all() || masks[2].is_all()
                } else {
                    masks[1].is_all() && masks[2].is_all()
                }
        }
        Op::Conv2d(w) | Op::DepthwiseConv2d(w) if masks[0].is_all() || masks[1].is_all() => {
            reaches_all(w, node, &types) || masks[2].is_all()
        }
        // A stride longer than the kernel and padding leave outputs that read the bias only.
        Op::Conv2d(_) | Op::DepthwiseConv2d(_) | Op::TransposeConv2d(_) => masks[2].is_all(),
        _ => masks.iter().any(|mask| mask.is_all()),
    }
}

/// Whether every window of a convolution reads something. One that lies in the padding altogether reads nothing.
pub(crate) fn reaches_all(w: &Window2d, node: &Node, types: &[Type]) -> bool {
    let first = matches!(node.op, Op::Conv2d(_)) as usize;
    let reach = |side: usize| w.dilation[side] * (types[1].shape.dim(first + side) - 1);
    w.dilation == [1, 1] && (0..2).all(|side| w.pad[2 * side].max(w.pad[2 * side + 1]) <= reach(side))
}
