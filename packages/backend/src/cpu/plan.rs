//! From a manifest to the steps that run a shard.

pub mod contract;
pub mod fuse;
pub mod graph;
pub mod lower;

use tequio_attestation::{Layout, Operand, Source};
use tequio_tensor::{Op, Type, constant_operands};

use super::{
    buffers::{Home, Life, assign},
    kernel::{
        Kernel,
        fallback::{Arg, Fallback},
        movement::{Gather, Movement},
        pool::Pool,
        reduce::Reduce,
    },
};
use crate::Unsupported;
use fuse::Fusion;
use graph::{Graph, size};

/// A program ready to run.
#[derive(Debug)]
pub struct Plan {
    pub steps: Vec<Step>,
    /// Bytes of each slot.
    pub slots: Vec<usize>,
    /// Type of each input.
    pub inputs: Vec<Type>,
    /// For each output its committed slot.
    pub outputs: Vec<usize>,
    /// Number of committed tensors.
    pub committed: usize,
}

#[derive(Debug)]
pub enum Step {
    /// Computes a tensor of so many bytes into a slot.
    Compute { kernel: Kernel, slot: usize, bytes: usize },
    /// A committed tensor is there: its number among them, and where.
    Commit { number: usize, home: Home, ty: Type, layout: Layout },
}

impl Plan {
    pub fn new(graph: &Graph) -> Result<Self, Unsupported> {
        let tensors = &graph.manifest.tensors;
        let committed = graph.manifest.committed();
        let fusion = Fusion::new(graph);
        let (homes, slots) = homes(graph, &fusion);
        let mut steps = Vec::new();
        let mut outputs = vec![0; graph.manifest.header.outputs.len()];
        for (tensor, descriptor) in tensors.iter().enumerate() {
            if let (true, Home::Slot(slot)) = (graph.origin[tensor] == tensor, homes[tensor]) {
                let kernel = kernel(graph, &fusion, &homes, tensor);
                steps.push(Step::Compute { kernel, slot, bytes: size(&descriptor.ty) });
            }
            let Source::Committed { layout, slot, .. } = descriptor.source else { continue };
            let (number, ty) = (slot as usize, descriptor.ty);
            if committed.get(number).is_none_or(|(id, _)| id.0 as usize != tensor) {
                return Err(Unsupported::Slot { tensor, slot: number, committed: committed.len() });
            }
            steps.push(Step::Commit { number, home: homes[graph.origin[tensor]], ty, layout });
            for (output, id) in outputs.iter_mut().zip(&graph.manifest.header.outputs) {
                if id.0 as usize == tensor {
                    *output = number;
                }
            }
        }
        let inputs = tensors.iter().take(graph.manifest.header.inputs as usize).map(|input| input.ty).collect();
        Ok(Self { steps, slots, inputs, outputs, committed: committed.len() })
    }
}

fn kernel(graph: &Graph, fusion: &Fusion, homes: &[Home], tensor: usize) -> Kernel {
    if let Some(head) = fusion.head[tensor] {
        let chain = lower::chain(graph, fusion, homes, tensor, Some(contract::stride(graph, head)));
        return Kernel::Contraction(Box::new(contract::contraction(graph, homes, head, chain)));
    }
    if lower::fits(graph, tensor) {
        return Kernel::Chain(Box::new(lower::chain(graph, fusion, homes, tensor, None)));
    }
    let Some(node) = graph.node(tensor) else { unreachable!("only computed tensors have a slot") };
    let out = graph.ty(tensor);
    if let Some(movement) = Movement::new(graph, homes, node, out) {
        return Kernel::Movement(movement);
    }
    if let (Op::Gather, Some(gather)) = (node.op, Gather::new(graph, homes, node)) {
        return Kernel::Gather(gather);
    }
    if let Some(pool) = Pool::new(graph, homes, node, out) {
        return Kernel::Pool(pool);
    }
    if let Some(reduce) = Reduce::new(graph, homes, node, out) {
        return Kernel::Reduce(reduce);
    }
    let args = node.operands.iter().map(|operand| match *operand {
        Operand::Tensor(id) => Arg::Tensor(homes[graph.origin[id.0 as usize]]),
        Operand::Scalar { value, .. } => Arg::Scalar(value),
    });
    let types = node.operands.iter().map(|operand| graph.operand_type(operand)).collect();
    Kernel::Fallback(Fallback { op: node.op, types, args: args.collect(), out: *out })
}

/// Where every origin lies that is written out, and the bytes of each slot. Time is counted in tensor ids.
fn homes(graph: &Graph, fusion: &Fusion) -> (Vec<Home>, Vec<usize>) {
    let tensors = &graph.manifest.tensors;
    let mut last: Vec<usize> = (0..tensors.len()).collect();
    for tensor in 0..tensors.len() {
        let origin = graph.origin[tensor];
        // Nothing reads another name itself, but it may be committed when it comes.
        let read = graph.readers[tensor].iter().map(|&reader| fusion.time[reader]).max().unwrap_or(tensor);
        last[origin] = last[origin].max(read);
    }
    let stands = |&tensor: &usize| {
        let computed = graph.needed[tensor] && graph.node(tensor).is_some();
        computed && graph.origin[tensor] == tensor && fusion.stands[tensor]
    };
    let order: Vec<usize> = (0..tensors.len()).filter(stands).collect();
    let lives: Vec<Life> =
        order.iter().map(|&tensor| Life { bytes: size(graph.ty(tensor)), first: tensor, last: last[tensor] }).collect();
    let (slots, sizes) = assign(&lives);
    let given = |id: usize| match tensors[id].source {
        Source::Input { .. } => Home::Input(id),
        _ => Home::Constant(id),
    };
    let mut homes: Vec<Home> = (0..tensors.len()).map(given).collect();
    for (&tensor, slot) in order.iter().zip(slots) {
        homes[tensor] = Home::Slot(slot);
    }
    (homes, sizes)
}

/// Whether a constant is read while running: some operators take theirs into their kernel.
pub fn reads_constant(graph: &Graph, constant: usize) -> bool {
    let taken = |tensor: usize, at: usize| {
        let Some(node) = graph.node(tensor) else { return false };
        let weights = contract::fits(graph, tensor) && node.op != Op::MatMul && at > 0;
        weights || (lower::fits(graph, tensor) && constant_operands(&node.op).contains(&at))
    };
    let read = |&tensor: &usize| {
        let operands = graph.node(tensor).into_iter().flat_map(|node| node.operands.iter().enumerate());
        operands.into_iter().any(|(at, operand)| graph.operand_origin(operand) == Some(constant) && !taken(tensor, at))
    };
    let renamed = (0..graph.origin.len()).any(|tensor| graph.is_committed(tensor) && graph.origin[tensor] == constant);
    renamed || graph.readers[constant].iter().any(read)
}
