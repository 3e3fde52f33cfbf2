//! Small programs by hand, and what the definition says they compute.

use std::{convert::Infallible, sync::Arc};

use proptest::prelude::ProptestConfig;
use tequio_attestation::{
    Descriptor, Digest, Header, Inputs, Interval, Layout, Manifest, Node, Operand, Scope, ShardTrace, Source, TensorId,
};
use tequio_backend::{Backend, Flow, ShardResult};
use tequio_tensor::{DType, Op, Read, Type, check, eval};

/// A program being written: tensors in order, ids are indices.
#[derive(Clone, Debug, Default)]
pub struct Sketch {
    tensors: Vec<Descriptor>,
    constants: Vec<Vec<u8>>,
}

/// So many random programs, none of which is kept in a file.
pub fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

pub fn ty(dtype: DType, dims: &[u32]) -> Type {
    Type::new(dtype, dims).unwrap()
}

/// A value where it is used, of rank 1: a zero point or a shift.
pub fn scalar(dtype: DType, value: i64) -> Operand {
    Operand::Scalar { dtype, rank: 1, value }
}

pub fn bytes(dtype: DType, values: &[i64]) -> Vec<u8> {
    values.iter().flat_map(|value| dtype.write(*value)).collect()
}

fn layout(ty: &Type) -> Layout {
    // Rows of the last axis, leaves of 64 bytes: small enough for both to matter in small tensors.
    Layout::new(6, ty.shape.dims().last().copied().unwrap_or(1), ty).unwrap()
}

impl Sketch {
    fn push(&mut self, ty: Type, source: Source, constant: Vec<u8>) -> Operand {
        self.tensors.push(Descriptor { ty, source });
        self.constants.push(constant);
        Operand::Tensor(TensorId(self.tensors.len() as u32 - 1))
    }

    /// Inputs come first.
    pub fn input(&mut self, dtype: DType, dims: &[u32]) -> Operand {
        let ty = ty(dtype, dims);
        self.push(ty, Source::Input { layout: layout(&ty), scope: Scope::Shard }, Vec::new())
    }

    pub fn constant(&mut self, dtype: DType, dims: &[u32], values: &[i64]) -> Operand {
        let ty = ty(dtype, dims);
        assert_eq!(values.len(), ty.shape.elements() as usize);
        let source = Source::Constant { layout: layout(&ty), root: Digest([0; 32]) };
        self.push(ty, source, bytes(dtype, values))
    }

    pub fn op(&mut self, op: Op, operands: &[Operand], dtype: DType, dims: &[u32]) -> Operand {
        let types: Vec<Type> = operands.iter().map(|operand| self.ty(operand)).collect();
        check(&op, &types, &ty(dtype, dims)).unwrap_or_else(|reason| panic!("{op:?}: {reason}"));
        let node = Node { op, operands: operands.to_vec() };
        self.push(ty(dtype, dims), Source::Virtual { node }, Vec::new())
    }

    /// Commits to a computed tensor.
    pub fn commit(&mut self, tensor: Operand) {
        let slot = self.committed().count() as u32;
        let Operand::Tensor(id) = tensor else { panic!("not a tensor") };
        let descriptor = &mut self.tensors[id.0 as usize];
        if let Source::Virtual { node } = descriptor.source.clone() {
            let layout = layout(&descriptor.ty);
            descriptor.source = Source::Committed { node, layout, slot, interval: Interval { first: 0, last: 0 } };
        }
    }

    fn committed(&self) -> impl Iterator<Item = u32> {
        let tensors = (0u32..).zip(&self.tensors);
        tensors.filter(|(_, tensor)| matches!(tensor.source, Source::Committed { .. })).map(|(id, _)| id)
    }

    pub fn ty(&self, operand: &Operand) -> Type {
        match *operand {
            Operand::Tensor(id) => self.tensors[id.0 as usize].ty,
            Operand::Scalar { dtype, rank, .. } => Operand::scalar_type(dtype, rank),
        }
    }

    /// The manifest; every committed tensor is an output.
    pub fn manifest(&self) -> Manifest {
        let inputs = self.tensors.iter().filter(|tensor| matches!(tensor.source, Source::Input { .. })).count();
        let header = Header {
            tensors: self.tensors.len() as u32,
            committed: self.committed().count() as u32,
            inputs: inputs as u8,
            job: 0,
            outputs: self.committed().map(TensorId).collect(),
            cost: 0,
            delta: 0,
            gamma: 0,
            opening_bytes: 0,
            reads: 0,
            depth: 0,
            plan: Digest([0; 32]),
        };
        Manifest::new(header, self.tensors.clone(), self.constants.clone())
    }
}

/// Every tensor's elements by the definition, by id.
pub fn define(manifest: &Manifest, inputs: &[&[u8]]) -> Vec<Vec<i64>> {
    let mut tensors: Vec<Vec<i64>> = Vec::new();
    for (id, tensor) in manifest.tensors.iter().enumerate() {
        let Type { dtype, shape } = tensor.ty;
        let unpack = |bytes: &[u8]| bytes.chunks(dtype.bytes()).map(|word| dtype.read(word)).collect();
        let values = match &tensor.source {
            Source::Input { .. } => unpack(inputs[id]),
            Source::Constant { .. } => unpack(&manifest.constants[id]),
            Source::Committed { node, .. } | Source::Virtual { node } => {
                let types: Vec<Type> = node.operands.iter().map(|operand| manifest.operand_type(operand)).collect();
                let mut reader = Elements { tensors: &tensors, operands: &node.operands };
                let value = |index| eval(&node.op, &types, &tensor.ty, index, &mut reader).unwrap();
                (0..shape.elements()).map(value).collect()
            }
        };
        tensors.push(values);
    }
    tensors
}

struct Elements<'a> {
    tensors: &'a [Vec<i64>],
    operands: &'a [Operand],
}

impl Read for Elements<'_> {
    type Error = Infallible;

    fn read(&mut self, operand: usize, index: u32) -> Result<i64, Infallible> {
        Ok(match self.operands[operand] {
            Operand::Scalar { value, .. } => value,
            Operand::Tensor(id) => self.tensors[id.0 as usize][index as usize],
        })
    }
}

/// Runs the program in every way there is and compares every element of every committed tensor, and the roots, with the
/// definition.
pub fn agree(backend: &dyn Backend, manifest: &Manifest, inputs: &[&[u8]]) {
    let defined = define(manifest, inputs);
    let committed = manifest.committed();
    let defined = |id: &TensorId| bytes(manifest.descriptor(*id).ty.dtype, &defined[id.0 as usize]);
    let slots: Vec<Vec<u8>> = committed.iter().map(|(id, _)| defined(id)).collect();
    let outputs: Vec<Vec<u8>> = manifest.header.outputs.iter().map(defined).collect();
    let result = ShardResult::of_trace(manifest, &ShardTrace { slots: slots.clone() });
    let inputs = Inputs::new(manifest, inputs.iter().map(|input| input.to_vec()).collect()).unwrap();
    let executable = backend.prepare(Arc::new(manifest.clone())).unwrap();
    // Twice, so that what the first run left behind is seen.
    for _ in 0..2 {
        let trace = executable.trace(&inputs, 0).unwrap();
        for ((slot, defined), (id, _)) in trace.slots.iter().zip(&slots).zip(&committed) {
            let ty = manifest.descriptor(*id).ty;
            let differ = slot.chunks(ty.dtype.bytes()).zip(defined.chunks(ty.dtype.bytes())).position(|(a, b)| a != b);
            assert!(differ.is_none() && slot.len() == defined.len(), "tensor {id:?} {ty:?} at {differ:?}");
        }
    }
    let mut found = vec![];
    executable
        .commit(&inputs, 0..1, &mut |shard, result| {
            found.push((shard, result));
            Flow::Continue(())
        })
        .unwrap();
    assert!(found == [(0, result)], "outputs or roots");
    executable
        .run(&inputs, 0..1, &mut |_, found| {
            assert!(found == outputs, "outputs");
            Flow::Continue(())
        })
        .unwrap();
}

/// A row of pseudo-random values of a type, extremes among them: the same for the same seed.
pub fn noise(dtype: DType, len: usize, seed: u64) -> Vec<i64> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..len)
        .map(|_| match next() % 16 {
            0 => dtype.min(),
            1 => dtype.max(),
            2 => 0,
            _ => dtype.wrap(next() as i64),
        })
        .collect()
}
