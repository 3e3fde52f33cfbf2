//! What checking one element of a committed tensor touches.

use std::collections::BTreeMap;

use tequio_attestation::{Node, Operand, TensorId};
use tequio_tensor::{Op, Shape, Type, extent, is_elementwise};

use crate::graph::{Graph, TensorSource};

/// Most tensors that one check may compute; a cone with more isn't walked to its end.
const MAX_COMPUTED: usize = 1024;
/// Boxes kept apart for one tensor; more count as all of it.
const MAX_AREAS: usize = 12;

/// A box of elements somewhere in a tensor.
///
/// Boxes of one *frame* lie at the same place: along each axis one is the frame's interval, the whole axis, or the
/// only position. So the larger of two lengths covers both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Area {
    frame: u32,
    pub lens: Shape,
}

impl Area {
    pub fn volume(&self) -> u64 {
        self.lens.elements() as u64
    }
}

/// The virtual tensors that one check of `root` evaluates, and the inputs, constants and committed tensors it reads.
#[derive(Clone, Debug)]
pub(crate) struct Cone {
    pub root: TensorId,
    /// What may be touched of each tensor, the root included, by id.
    pub areas: BTreeMap<TensorId, Vec<Area>>,
    /// The root and the virtual tensors, descending.
    pub computed: Vec<TensorId>,
    /// Bound on the elements read, scalars included; `u64::MAX` of a cone with too many tensors.
    pub reads: u64,
    /// Most virtual tensors on one path.
    pub depth: u32,
}

impl Cone {
    /// `committed` says which tensors end the walk, besides inputs and constants.
    pub fn new(graph: &Graph, committed: &[bool], root: TensorId) -> Self {
        let mut walk = Walk { graph, frames: 1, pending: BTreeMap::new() };
        let lens = Shape::ones(graph.tensor(root).ty.shape.rank());
        walk.pending.insert(root, Reached { areas: vec![Area { frame: 0, lens }], depth: 0 });
        let mut cone = Self { root, areas: BTreeMap::new(), computed: Vec::new(), reads: 0, depth: 0 };
        // Operands come before what reads them, so the highest id has met all its readers.
        while let Some((id, reached)) = walk.pending.pop_last() {
            let tensor = graph.tensor(id);
            if let TensorSource::Op(node) = &tensor.source
                && (id == root || !committed[id.0 as usize])
            {
                let each = walk.visit(node, &tensor.ty, &reached);
                let whole = tensor.ty.shape.elements() as u64;
                let distinct = reached.areas.iter().map(Area::volume).sum::<u64>().min(whole);
                cone.computed.push(id);
                cone.reads = cone.reads.saturating_add(distinct.saturating_mul(each));
                cone.depth = cone.depth.max(reached.depth);
            }
            cone.areas.insert(id, reached.areas);
            if cone.computed.len() > MAX_COMPUTED {
                cone.reads = u64::MAX;
                break;
            }
        }
        cone
    }

    /// Elements of virtual tensors that a check of the root computes at most.
    pub fn kept(&self, graph: &Graph) -> u64 {
        let distinct = |id: &TensorId| {
            let reached = self.areas[id].iter().map(Area::volume).fold(0, u64::saturating_add);
            reached.min(graph.tensor(*id).ty.shape.elements() as u64)
        };
        self.computed.iter().filter(|id| **id != self.root).map(distinct).fold(0, u64::saturating_add)
    }

    /// The tensors whose leaves a check is shown, each with what it may read; the root among them.
    pub fn shown(&self) -> impl Iterator<Item = (TensorId, &[Area])> {
        let shown = |id: &TensorId| *id == self.root || !self.computed.contains(id);
        self.areas.iter().filter(move |(id, _)| shown(id)).map(|(id, areas)| (*id, areas.as_slice()))
    }
}

/// A tensor that is read, and the longest way to it.
struct Reached {
    areas: Vec<Area>,
    /// Tensors computed before it on the longest path.
    depth: u32,
}

struct Walk<'a> {
    graph: &'a Graph,
    frames: u32,
    pending: BTreeMap<TensorId, Reached>,
}

impl Walk<'_> {
    /// Passes areas on to the operands. Returns how many elements one output element reads.
    fn visit(&mut self, node: &Node, out: &Type, reached: &Reached) -> u64 {
        let types = self.graph.operand_types(node);
        let one = Shape::ones(out.shape.rank());
        let mut each = 0u64;
        for (at, operand) in node.operands.iter().enumerate() {
            each += extent_of(&node.op, &types, out, at, &one).elements() as u64;
            let Operand::Tensor(id) = *operand else { continue };
            let aligned = is_aligned(&node.op, &types[at], out, at);
            for area in &reached.areas {
                let lens = extent_of(&node.op, &types, out, at, &area.lens);
                let frame = if aligned { area.frame } else { self.frame() };
                self.reach(id, Area { frame, lens }, reached.depth + 1);
            }
        }
        each
    }

    fn frame(&mut self) -> u32 {
        self.frames += 1;
        self.frames - 1
    }

    fn reach(&mut self, id: TensorId, area: Area, depth: u32) {
        let whole = self.graph.tensor(id).ty.shape;
        let reached = self.pending.entry(id).or_insert(Reached { areas: Vec::new(), depth });
        reached.depth = reached.depth.max(depth);
        match reached.areas.iter_mut().find(|known| known.frame == area.frame) {
            Some(known) => known.lens = longer(&known.lens, &area.lens),
            None => reached.areas.push(area),
        }
        if reached.areas.len() > MAX_AREAS || reached.areas.iter().any(|area| area.lens == whole) {
            // Nothing else can add to all of it, and every frame's box is inside.
            let frame = area.frame;
            reached.areas = vec![Area { frame, lens: whole }];
        }
    }
}

/// [`extent`], and what it can't know: how often a data-dependent operand is read.
fn extent_of(op: &Op, types: &[Type], out: &Type, operand: usize, of: &Shape) -> Shape {
    let lens = extent(op, types, out, operand, of);
    match (op, operand) {
        // One or two neighbouring entries for each element; many of them as one run is no bound on leaves, but all
        // entries are.
        (Op::Table, 1) if of.elements() == 1 => {
            let entries = if types[0].dtype.bytes() == 1 { 1 } else { 2 };
            Shape::new(&[entries]).unwrap_or(lens)
        }
        // One index reads one row.
        (Op::Gather, 0) | (Op::Scatter, 2) if of.dim(0) == 1 && of.dim(1) == 1 => {
            Shape::new(&[1, 1, of.dim(2)]).unwrap_or(lens)
        }
        _ => lens,
    }
}

/// Whether the op reads the operand at its own (broadcast) position, or there and along a whole axis.
fn is_aligned(op: &Op, operand: &Type, out: &Type, at: usize) -> bool {
    let reduces = matches!(
        op,
        Op::ReduceSum { .. }
            | Op::ReduceMax { .. }
            | Op::ReduceMin { .. }
            | Op::ReduceProduct { .. }
            | Op::ReduceAll { .. }
            | Op::ReduceAny { .. }
    );
    let (read, written) = (operand.shape, out.shape);
    let broadcast = read.dims().iter().zip(written.dims()).all(|(&read, &written)| read == written || read == 1);
    let own = is_elementwise(op) && broadcast && !matches!((op, at), (Op::Table, 1));
    read.rank() == written.rank() && (own || reduces)
}

fn longer(a: &Shape, b: &Shape) -> Shape {
    let dims: Vec<u32> = a.dims().iter().zip(b.dims()).map(|(a, b)| *a.max(b)).collect();
    Shape::new(&dims).unwrap_or(*a)
}
