//! From RESIZE to its kernel.

use tequio_attestation::Node;
use tequio_tensor::{DType, Op, Type};

use crate::{cpu::kernel::resize::Resize, graph::Graph, liveness::MemoryPlan};

/// The kernel, unless it weighs int16.
pub fn resize(graph: &Graph, memory: &MemoryPlan, node: &Node, out: &Type) -> Option<Resize> {
    let (Op::Resize(resize), [input]) = (node.op, &node.operands[..]) else { return None };
    let ty = graph.operand_type(input);
    let [height, width, channels] = [1, 2, 3].map(|axis| ty.shape.dim(axis));
    let taps = |side: usize, len: u32| {
        let out = out.shape.dim(1 + side);
        (0..out).map(|at| resize.taps(side, at, len)).collect()
    };
    let served = !resize.bilinear || ty.dtype == DType::I8;
    Some(Resize {
        from: memory.operand(graph, input).filter(|_| served)?,
        rows: taps(0, height),
        columns: taps(1, width),
        input: [height as usize, width as usize],
        pixel: channels as usize * ty.dtype.bytes(),
        bilinear: resize.bilinear,
    })
}
