//! From operators that only move elements to strided copies.

use tequio_attestation::Node;
use tequio_tensor::{Op, Shape, Type};

use crate::{
    cpu::kernel::copy::{Axis, StridedBox, StridedCopy},
    graph::Graph,
    liveness::{MemoryPlan, Placement},
};

/// The copy that `node` is, if it is one whose operands are all tensors.
pub fn copy(graph: &Graph, memory: &MemoryPlan, node: &Node, out: &Type) -> Option<StridedCopy> {
    let placement = |at: usize| memory.operand(graph, &node.operands[at]);
    let ty = graph.operand_type(&node.operands[0]);
    let (from, to) = (ty.shape, out.shape);
    let rank = from.rank();
    let stride = |shape: &Shape, axis| shape.stride(axis) as isize;
    let axis = |len: u32, from: isize, to: isize| Axis { len: len as usize, strides: [from, to] };
    let same = |shape: &Shape, at| axis(shape.dim(at), stride(&from, at), stride(&to, at));
    let one = |starts, axes| placement(0).map(|from| vec![strided_box(from, starts, axes)]);
    let mut fill = None;
    let boxes = match node.op {
        Op::Slice { start } => {
            one([from.index(&start[..rank]) as usize, 0], (0..rank).map(|at| same(&to, at)).collect())
        }
        Op::Pad { before, .. } => {
            fill = Some(graph.constant(&node.operands[1])?[0]);
            one([0, to.index(&before[..rank]) as usize], (0..rank).map(|at| same(&from, at)).collect())
        }
        Op::Transpose { perms } => {
            let moved = |at| axis(to.dim(at), stride(&from, perms[at] as usize), stride(&to, at));
            one([0, 0], (0..rank).map(moved).collect())
        }
        Op::Reverse { axis: reversed } => {
            let reversed = reversed as usize;
            let mut axes: Vec<Axis> = (0..rank).map(|at| same(&from, at)).collect();
            axes[reversed].strides[0] = -axes[reversed].strides[0];
            one([(from.dim(reversed) as usize - 1) * from.stride(reversed) as usize, 0], axes)
        }
        Op::Tile => {
            let pair = |at| {
                let block = from.dim(at);
                [axis(to.dim(at) / block, 0, block as isize * stride(&to, at)), same(&from, at)]
            };
            one([0, 0], (0..rank).flat_map(pair).collect())
        }
        Op::Concat { axis: along } => {
            let mut at = 0;
            let mut part = |operand: usize| {
                let from = graph.operand_type(&node.operands[operand]).shape;
                let axes = (0..rank).map(|at| axis(from.dim(at), stride(&from, at), stride(&to, at)));
                let part = placement(operand).map(|placement| strided_box(placement, [0, at], axes.collect()));
                at += (from.dim(along as usize) * to.stride(along as usize)) as usize;
                part
            };
            (0..node.operands.len()).map(&mut part).collect()
        }
        _ => None,
    }?;
    Some(StridedCopy { boxes, fill, size: out.dtype.bytes() })
}

/// Leaves out axes of length 1 and joins those that lie behind one another on both sides.
fn strided_box(from: Placement, starts: [usize; 2], axes: Vec<Axis>) -> StridedBox {
    let mut joined: Vec<Axis> = Vec::new();
    for axis in axes.into_iter().filter(|axis| axis.len > 1) {
        match joined.last_mut() {
            Some(outer) if (0..2).all(|side| outer.strides[side] == axis.len as isize * axis.strides[side]) => {
                *outer = Axis { len: outer.len * axis.len, strides: axis.strides };
            }
            _ => joined.push(axis),
        }
    }
    StridedBox { from, starts, axes: joined }
}
