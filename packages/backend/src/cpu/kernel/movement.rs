//! Operators that only move elements: boxes copied with strides.

use tequio_attestation::Node;
use tequio_tensor::{Op, Shape, Type};

use super::fallback::store;
use crate::cpu::{
    buffers::{Home, Tensors},
    plan::graph::Graph,
};

/// Boxes of elements copied into the output, over a fill where they leave gaps.
#[derive(Debug)]
pub struct Movement {
    parts: Vec<Part>,
    fill: Option<i64>,
    /// Bytes of an element.
    size: usize,
}

#[derive(Debug)]
struct Part {
    from: Home,
    /// First element, there and here.
    starts: [usize; 2],
    axes: Vec<Axis>,
}

/// Elements along an axis and how far apart they are, there and here.
#[derive(Clone, Copy, Debug)]
struct Axis {
    len: usize,
    steps: [isize; 2],
}

impl Movement {
    /// The copy that `node` is, if it is one whose operands all have homes.
    pub fn new(graph: &Graph, homes: &[Home], node: &Node, out: &Type) -> Option<Self> {
        let home = |at: usize| graph.operand_origin(&node.operands[at]).map(|origin| homes[origin]);
        let ty = graph.operand_type(&node.operands[0]);
        let (from, to) = (ty.shape, out.shape);
        let rank = from.rank();
        let steps = |shape: &Shape, axis| shape.stride(axis) as isize;
        let axis = |len: u32, from: isize, to: isize| Axis { len: len as usize, steps: [from, to] };
        let same = |shape: &Shape, at| axis(shape.dim(at), steps(&from, at), steps(&to, at));
        let mut fill = None;
        let one = |starts, axes| home(0).map(|home| vec![Part::new(home, starts, axes)]);
        let parts = match node.op {
            Op::Slice { start } => {
                one([from.index(&start[..rank]) as usize, 0], (0..rank).map(|at| same(&to, at)).collect())
            }
            Op::Pad { before, .. } => {
                fill = Some(graph.constant(&node.operands[1])?[0]);
                one([0, to.index(&before[..rank]) as usize], (0..rank).map(|at| same(&from, at)).collect())
            }
            Op::Transpose { perms } => {
                let moved = |at| axis(to.dim(at), steps(&from, perms[at] as usize), steps(&to, at));
                one([0, 0], (0..rank).map(moved).collect())
            }
            Op::Reverse { axis: reversed } => {
                let reversed = reversed as usize;
                let mut axes: Vec<Axis> = (0..rank).map(|at| same(&from, at)).collect();
                axes[reversed].steps[0] = -axes[reversed].steps[0];
                one([(from.dim(reversed) as usize - 1) * from.stride(reversed) as usize, 0], axes)
            }
            Op::Tile => {
                let pair = |at| {
                    let block = from.dim(at);
                    [axis(to.dim(at) / block, 0, block as isize * steps(&to, at)), same(&from, at)]
                };
                one([0, 0], (0..rank).flat_map(pair).collect())
            }
            Op::Concat { axis: along } => {
                let mut at = 0;
                let mut part = |operand: usize| {
                    let from = graph.operand_type(&node.operands[operand]).shape;
                    let axes = (0..rank).map(|at| axis(from.dim(at), steps(&from, at), steps(&to, at)));
                    let part = home(operand).map(|home| Part::new(home, [0, at], axes.collect()));
                    at += (from.dim(along as usize) * to.stride(along as usize)) as usize;
                    part
                };
                (0..node.operands.len()).map(&mut part).collect()
            }
            _ => None,
        }?;
        Some(Self { parts, fill, size: out.dtype.bytes() })
    }

    pub fn run(&self, tensors: &Tensors, out: &mut [u8]) {
        if let Some(value) = self.fill {
            out.chunks_exact_mut(self.size).for_each(|element| store(element, value));
        }
        for part in &self.parts {
            let from = tensors.bytes(part.from);
            match self.size {
                1 => copy::<1>(&part.axes, from, part.starts, out),
                2 => copy::<2>(&part.axes, from, part.starts, out),
                4 => copy::<4>(&part.axes, from, part.starts, out),
                _ => copy::<6>(&part.axes, from, part.starts, out),
            }
        }
    }
}

impl Part {
    /// Leaves out axes of length 1 and joins those that lie behind one another on both sides.
    fn new(from: Home, starts: [usize; 2], axes: Vec<Axis>) -> Self {
        let mut joined: Vec<Axis> = Vec::new();
        for axis in axes.into_iter().filter(|axis| axis.len > 1) {
            match joined.last_mut() {
                Some(outer) if (0..2).all(|side| outer.steps[side] == axis.len as isize * axis.steps[side]) => {
                    *outer = Axis { len: outer.len * axis.len, steps: axis.steps };
                }
                _ => joined.push(axis),
            }
        }
        Self { from, starts, axes: joined }
    }
}

fn copy<const SIZE: usize>(axes: &[Axis], from: &[u8], [there, here]: [usize; 2], to: &mut [u8]) {
    let mut at = [there as isize, here as isize];
    match axes {
        [] => to[here * SIZE..][..SIZE].copy_from_slice(&from[there * SIZE..][..SIZE]),
        [Axis { len, steps: [1, 1] }] => {
            to[here * SIZE..][..len * SIZE].copy_from_slice(&from[there * SIZE..][..len * SIZE]);
        }
        [axis] => {
            for _ in 0..axis.len {
                let [there, here] = at.map(|at| at as usize);
                to[here * SIZE..][..SIZE].copy_from_slice(&from[there * SIZE..][..SIZE]);
                at = [at[0] + axis.steps[0], at[1] + axis.steps[1]];
            }
        }
        [axis, inner @ ..] => {
            for _ in 0..axis.len {
                copy::<SIZE>(inner, from, at.map(|at| at as usize), to);
                at = [at[0] + axis.steps[0], at[1] + axis.steps[1]];
            }
        }
    }
}

/// GATHER: rows chosen by indices, clamped to those there are.
#[derive(Debug)]
pub struct Gather {
    values: Home,
    indices: Home,
    /// Rows to choose from, indices, bytes of a row.
    rows: usize,
    width: usize,
    bytes: usize,
}

impl Gather {
    pub fn new(graph: &Graph, homes: &[Home], node: &Node) -> Option<Self> {
        let [values, indices] = &node.operands[..] else { return None };
        let [ty, index] = [values, indices].map(|operand| graph.operand_type(operand));
        Some(Self {
            values: homes[graph.operand_origin(values)?],
            indices: homes[graph.operand_origin(indices)?],
            rows: ty.shape.dim(1) as usize,
            width: index.shape.dim(1) as usize,
            bytes: ty.shape.dim(2) as usize * ty.dtype.bytes(),
        })
    }

    pub fn run(&self, tensors: &Tensors, out: &mut [u8]) {
        let indices = tensors.bytes(self.indices).as_chunks().0.iter().map(|index| i32::from_le_bytes(*index));
        for (at, (index, out)) in indices.zip(out.chunks_exact_mut(self.bytes)).enumerate() {
            let row = at / self.width * self.rows + (index.max(0) as usize).min(self.rows - 1);
            out.copy_from_slice(&tensors.bytes(self.values)[row * self.bytes..][..self.bytes]);
        }
    }
}
