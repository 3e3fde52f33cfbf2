//! From a manifest to the steps that run a shard. Only here kernels are made.

mod contraction;
mod copy;
mod elementwise;
mod fallback;
mod fusion;
mod gather;
mod operators;
mod pool;
mod reduce;
mod registers;
mod rescale;
mod resize;
mod sums;

use tequio_attestation::{Layout, Manifest, Source};
use tequio_tensor::{Op, Type, constant_operands};

use super::kernel::Kernel;
use crate::{
    Unsupported,
    graph::Graph,
    liveness::{MemoryPlan, Placement},
};
use fusion::Fusion;

/// A program ready to run.
#[derive(Debug)]
pub struct Plan {
    pub steps: Vec<Step>,
    /// For each tensor the bytes of a constant that is read while running, else empty.
    pub constants: Vec<Vec<u8>>,
    /// Bytes of each slot.
    pub slots: Vec<usize>,
    /// Type of each input.
    pub inputs: Vec<Type>,
    /// For each output its number among the committed tensors.
    pub outputs: Vec<usize>,
    /// Number of committed tensors.
    pub committed: usize,
}

#[derive(Debug)]
pub enum Step {
    /// Computes a tensor of so many bytes into a slot.
    Compute { kernel: Kernel, slot: usize, bytes: usize },
    /// A committed tensor is there: its number among them, and where.
    Commit { number: usize, placement: Placement, ty: Type, layout: Layout },
}

impl Plan {
    /// `together` is [`Simd::TOGETHER`](super::simd::Simd::TOGETHER).
    pub fn new(manifest: &Manifest, together: usize) -> Result<Self, Unsupported> {
        let graph = Graph::new(manifest)?;
        let fusion = Fusion::new(&graph);
        let memory = MemoryPlan::new(&graph, &fusion.materialised, &fusion.computed_at);
        let mut steps = Vec::new();
        let mut committed = 0;
        for (tensor, descriptor) in manifest.tensors.iter().enumerate() {
            let ty = descriptor.ty;
            if let (false, Placement::Slot(slot)) = (graph.is_view(tensor), memory.placements[tensor]) {
                let kernel = kernel(&graph, &fusion, &memory, tensor, together);
                steps.push(Step::Compute { kernel, slot, bytes: ty.bytes() });
            }
            if let Source::Committed { layout, slot, .. } = descriptor.source {
                let placement = memory.placements[graph.origin[tensor]];
                steps.push(Step::Commit { number: slot as usize, placement, ty, layout });
                committed += 1;
            }
        }
        let constant = |(id, bytes): (usize, &Vec<u8>)| if is_read(&graph, id) { bytes.clone() } else { Vec::new() };
        let constants = manifest.constants.iter().enumerate().map(constant).collect();
        Ok(Self { steps, constants, slots: memory.slots, inputs: graph.inputs(), outputs: graph.outputs(), committed })
    }
}

/// The kernel that computes a tensor that is written out.
fn kernel(graph: &Graph, fusion: &Fusion, memory: &MemoryPlan, tensor: usize, together: usize) -> Kernel {
    if let Some(first) = fusion.contraction[tensor] {
        let stride = contraction::stride(graph, first);
        let epilogue = elementwise::fused(graph, fusion, memory, tensor, Some(stride));
        return Kernel::Contraction(Box::new(contraction::contraction(graph, memory, first, epilogue, together)));
    }
    if operators::is_elementwise(graph, tensor) {
        return Kernel::Fused(Box::new(elementwise::fused(graph, fusion, memory, tensor, None)));
    }
    let Some(node) = graph.node(tensor) else { unreachable!("only computed tensors have a slot") };
    let out = graph.ty(tensor);
    let copy = || copy::copy(graph, memory, node, out).map(Kernel::Copy);
    let gather = || gather::gather(graph, memory, node).map(Kernel::Gather);
    let scatter = || gather::scatter(graph, memory, node).map(Kernel::Scatter);
    let pool = || pool::pool(graph, memory, node, out).map(Kernel::Pool);
    let reduce = || reduce::reduce(graph, memory, node, out).map(Kernel::Reduce);
    let resize = || resize::resize(graph, memory, node, out).map(Kernel::Resize);
    let kernel = copy().or_else(gather).or_else(scatter).or_else(pool).or_else(reduce).or_else(resize);
    kernel.unwrap_or_else(|| Kernel::Fallback(fallback::fallback(graph, memory, node, out)))
}

/// Whether a constant is read while running: some operators take theirs into their kernel.
fn is_read(graph: &Graph, constant: usize) -> bool {
    let taken = |tensor: usize, at: usize| {
        let Some(node) = graph.node(tensor) else { return false };
        let weights = contraction::is_contraction(graph, tensor) && node.op != Op::MatMul && at > 0;
        weights || (operators::is_elementwise(graph, tensor) && constant_operands(&node.op).contains(&at))
    };
    let read = |&tensor: &usize| {
        let operands = graph.node(tensor).into_iter().flat_map(|node| node.operands.iter().enumerate());
        operands.into_iter().any(|(at, operand)| graph.operand_origin(operand) == Some(constant) && !taken(tensor, at))
    };
    let committed = (0..graph.tensors()).any(|tensor| graph.is_committed(tensor) && graph.origin[tensor] == constant);
    committed || graph.readers[constant].iter().any(read)
}
