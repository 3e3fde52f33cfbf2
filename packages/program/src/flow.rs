//! Flow: what every element costs, passed back to the inputs along routes.

use tequio_attestation::{Node, TensorId};
use tequio_tensor::{Op, Read, Shape, Type, cost, eval, extent, is_elementwise};

use crate::{Graph, Refused, Tensor, TensorSource, graph::Values, route::target};

/// Fractional bits of a flow.
pub(crate) const FRACTION: u32 = 16;

/// Most elements of a shard's tensors together, and most reads that passing their cost back may take: what keeps a
/// hostile program from costing memory and time to refuse.
const MAX_ELEMENTS: u64 = 1 << 27;
const MAX_READS: u64 = 1 << 33;

/// Refuses what [`largest_arrivals`] should not be asked to do.
pub(crate) fn limited(graph: &Graph, routes: &[Option<u8>]) -> Result<(), Refused> {
    let elements = graph.iter().map(|(_, tensor)| tensor.ty.shape.elements() as u64).sum();
    let reads = graph.iter().map(|(id, _)| reads(graph, id, routes[id.0 as usize])).fold(0, u64::saturating_add);
    for (what, found, limit) in
        [("elements in a shard's tensors", elements, MAX_ELEMENTS), ("reads to pass their cost back", reads, MAX_READS)]
    {
        if found > limit {
            return Err(Refused::TooMany { what, found: found as usize, limit: limit as usize });
        }
    }
    Ok(())
}

/// Reads that passing back one tensor's flow takes at most.
pub(crate) fn reads(graph: &Graph, id: TensorId, route: Option<u8>) -> u64 {
    let tensor = graph.tensor(id);
    let (Some(node), Some(route)) = (tensor.node(), route) else { return 0 };
    let types = graph.operand_types(node);
    let spread = Spread { graph, node, types: &types, out: &tensor.ty, route };
    let elements = tensor.ty.shape.elements() as u64;
    if target(node, route).is_some_and(|id| spread.is_same_place(&graph.tensor(id).ty)) {
        return elements;
    }
    let one = Shape::ones(tensor.ty.shape.rank());
    let each = |at| extent(&node.op, &types, &tensor.ty, at, &one).elements() as u64;
    let all = (0..node.operands.len()).map(each).fold(0, u64::saturating_add);
    all.saturating_mul(elements / spread.group() as u64)
}

/// For each tensor the largest flow that arrives at one of its elements from the ops that read it, in MAC equivalents
/// with [`FRACTION`] fractional bits. What arrives at an element of an op's output, and what it costs itself, is
/// spread evenly, rounded up, over the elements it reads of the op's route operand, as often as it reads each. It ends
/// at inputs, at constants and where nothing of the route operand is read.
///
/// Flow is conserved but for rounding, so that no sum exceeds the program's cost by more than one unit of the last
/// place for each element read: far from 2^128.
pub(crate) fn largest_arrivals(graph: &Graph, routes: &[Option<u8>]) -> Vec<u128> {
    let mut arrived: Vec<Vec<u128>> = vec![Vec::new(); graph.tensors().len()];
    let mut largest = vec![0; arrived.len()];
    for (id, tensor) in graph.iter().rev() {
        let mut flow = core::mem::take(&mut arrived[id.0 as usize]);
        largest[id.0 as usize] = flow.iter().copied().max().unwrap_or(0);
        let (Some(node), Some(route)) = (tensor.node(), routes[id.0 as usize]) else { continue };
        let Some(read) = target(node, route) else { continue };
        let source = graph.tensor(read);
        if !matches!(source.source, TensorSource::Op(_)) {
            continue;
        }
        flow.resize(tensor.ty.shape.elements() as usize, 0);
        let types = graph.operand_types(node);
        let own = (cost(&node.op, &types, &tensor.ty) as u128) << FRACTION;
        flow.iter_mut().for_each(|flow| *flow += own);
        let into = &mut arrived[read.0 as usize];
        into.resize(source.ty.shape.elements() as usize, 0);
        Spread { graph, node, types: &types, out: &tensor.ty, route }.spread(&flow, source, into);
    }
    largest
}

struct Spread<'a> {
    graph: &'a Graph,
    node: &'a Node,
    types: &'a [Type],
    out: &'a Type,
    route: u8,
}

impl Spread<'_> {
    fn spread(&self, flow: &[u128], source: &Tensor, into: &mut [u128]) {
        if self.is_same_place(&source.ty) {
            return into.iter_mut().zip(flow).for_each(|(into, flow)| *into += flow);
        }
        let control = match self.node.op {
            Op::Gather => Some(1),
            Op::Table | Op::Select => Some(0),
            _ => None,
        };
        let values = control.map(|operand| (operand, Values::of(self.graph, &self.node.operands[operand])));
        let mut recorder = Recorder { route: self.route as usize, control: values, read: Vec::new() };
        let group = self.group();
        for (number, flows) in flow.chunks(group).enumerate() {
            recorder.read.clear();
            let Ok(_) = eval(&self.node.op, self.types, self.out, (number * group) as u32, &mut recorder);
            let share = flows.iter().sum::<u128>().div_ceil(recorder.read.len().max(1) as u128);
            recorder.read.iter().for_each(|&index| into[index as usize] += share);
        }
    }

    /// Whether element i of the output reads element i of the route operand and no other.
    fn is_same_place(&self, source: &Type) -> bool {
        let indirect = matches!((&self.node.op, self.route), (Op::Table, 1) | (Op::Select, 1 | 2));
        is_elementwise(&self.node.op) && source.shape == self.out.shape && !indirect
    }

    /// How many neighbouring output elements read the same elements of the route operand: all channels of a
    /// convolution's pixel, a row of a product.
    fn group(&self) -> usize {
        match (&self.node.op, self.route) {
            (Op::Conv2d(_), 0) => self.out.shape.dim(3) as usize,
            (Op::MatMul, 0) => self.out.shape.dim(2) as usize,
            _ => 1,
        }
    }
}

/// Remembers what is read of the route operand. Values matter only where they say what else is read.
struct Recorder<'a> {
    route: usize,
    control: Option<(usize, Values<'a>)>,
    read: Vec<u32>,
}

impl Read for Recorder<'_> {
    type Error = core::convert::Infallible;

    fn read(&mut self, operand: usize, index: u32) -> Result<i64, Self::Error> {
        if operand == self.route {
            self.read.push(index);
        }
        Ok(self.control.filter(|(control, _)| *control == operand).map_or(0, |(_, values)| values.get(index)))
    }
}
