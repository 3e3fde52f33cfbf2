//! A whole program as a provider holds it.

use tequio_tensor::Type;

use crate::{Descriptor, Header, Layout, Operand, ProgramId, Source, TensorId, hash, tree::Tree};

/// A compiled program: the header the chain knows, every tensor's descriptor, and the constants' elements.
#[derive(Clone, Debug)]
pub struct Manifest {
    pub header: Header,
    /// One for each tensor, by id.
    pub tensors: Vec<Descriptor>,
    /// For each tensor its elements as canonical bytes (row-major, little-endian, rows not padded) if it is a
    /// constant, else empty.
    pub constants: Vec<Vec<u8>>,
    /// The tree over the descriptors.
    pub tree: Tree,
}

/// An output of a program, as a shard's tree holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Output {
    pub ty: Type,
    pub layout: Layout,
    /// Its place among the committed tensors.
    pub slot: u32,
}

impl Manifest {
    /// Builds the tree; `header` must describe `tensors`.
    pub fn new(header: Header, tensors: Vec<Descriptor>, constants: Vec<Vec<u8>>) -> Self {
        let leaves = tensors.iter().map(|t| hash::leaf(&t.encode())).collect();
        Self { header, tensors, constants, tree: Tree::new(leaves) }
    }

    pub fn program_id(&self) -> ProgramId {
        self.header.program_id(&self.tree.root())
    }

    pub fn descriptor(&self, id: TensorId) -> &Descriptor {
        &self.tensors[id.0 as usize]
    }

    /// The type of what an op reads.
    pub fn operand_type(&self, operand: &Operand) -> Type {
        match *operand {
            Operand::Tensor(id) => self.descriptor(id).ty,
            Operand::Scalar { dtype, rank, .. } => Operand::scalar_type(dtype, rank),
        }
    }

    /// The inputs, in graph order.
    pub fn inputs(&self) -> &[Descriptor] {
        &self.tensors[..self.header.inputs as usize]
    }

    /// The outputs, in graph order. The compiler commits to each; one that a manifest does not commit to is left out.
    pub fn outputs(&self) -> Vec<Output> {
        let output = |tensor: &Descriptor| match tensor.source {
            Source::Committed { layout, slot, .. } => Some(Output { ty: tensor.ty, layout, slot }),
            _ => None,
        };
        self.header.outputs.iter().filter_map(|id| output(self.descriptor(*id))).collect()
    }

    /// The committed tensors by slot, each with its layout.
    pub fn committed(&self) -> Vec<(TensorId, Layout)> {
        let mut slots: Vec<_> = (0u32..)
            .zip(&self.tensors)
            .filter_map(|(id, tensor)| match tensor.source {
                Source::Committed { layout, slot, .. } => Some((slot, (TensorId(id), layout))),
                _ => None,
            })
            .collect();
        slots.sort_by_key(|(slot, _)| *slot);
        slots.into_iter().map(|(_, tensor)| tensor).collect()
    }
}
