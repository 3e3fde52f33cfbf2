//! Counts what a check reads.

use std::collections::BTreeMap;

use tequio_attestation::{Manifest, Node, Operand, Source, TensorId};
use tequio_tensor::{Read, eval};

/// The most elements that checking one of about `each` elements of each committed tensor reads, and the longest chain
/// of virtual tensors on the way.
pub fn most_reads(manifest: &Manifest, each: u32) -> (u32, u8) {
    let (mut reads, mut deepest) = (0, 0);
    for (id, _) in manifest.committed() {
        let descriptor = manifest.descriptor(id);
        let elements = descriptor.ty.shape.elements();
        for index in (0..elements).step_by(elements.div_ceil(each) as usize) {
            let (memo, node) = (BTreeMap::new(), descriptor.node().unwrap());
            let mut counter = Counter { manifest, node, memo, reads: 0, depth: 0, deepest: 0 };
            counter.compute(id, index);
            reads = reads.max(counter.reads);
            deepest = deepest.max(counter.deepest);
        }
    }
    (reads, deepest)
}

/// Evaluates like a check, each virtual element once, and counts.
struct Counter<'a> {
    manifest: &'a Manifest,
    node: &'a Node,
    memo: BTreeMap<(TensorId, u32), i64>,
    reads: u32,
    depth: u8,
    deepest: u8,
}

impl Counter<'_> {
    fn compute(&mut self, id: TensorId, index: u32) -> i64 {
        let descriptor = self.manifest.descriptor(id);
        let outer = std::mem::replace(&mut self.node, descriptor.node().unwrap());
        let types = self.node.operands.iter().map(|operand| self.manifest.operand_type(operand));
        let (op, types) = (self.node.op, types.collect::<Vec<_>>());
        self.deepest = self.deepest.max(self.depth);
        let Ok(value) = eval(&op, &types, &descriptor.ty, index, self);
        self.node = outer;
        value
    }
}

impl Read for Counter<'_> {
    type Error = std::convert::Infallible;

    fn read(&mut self, operand: usize, index: u32) -> Result<i64, Self::Error> {
        self.reads += 1;
        let id = match self.node.operands[operand] {
            Operand::Scalar { value, .. } => return Ok(value),
            Operand::Tensor(id) => id,
        };
        let descriptor = self.manifest.descriptor(id);
        if !matches!(descriptor.source, Source::Virtual { .. }) {
            let hash = (index ^ id.0.wrapping_mul(0x9e37_79b9)).wrapping_mul(0x85eb_ca6b);
            return Ok(descriptor.ty.dtype.wrap((hash >> 3) as i64));
        }
        if let Some(value) = self.memo.get(&(id, index)) {
            return Ok(*value);
        }
        self.depth += 1;
        let value = self.compute(id, index);
        self.depth -= 1;
        self.memo.insert((id, index), value);
        Ok(value)
    }
}
