//! A loaded program: tensors in an order in which they can be computed.

use tequio_attestation::{Node, Operand, TensorId};
use tequio_tensor::Type;

use crate::refused::Refused;

/// A program without what reaches no output: every tensor once, inputs first, operands
/// before what reads them, every op accepted by [`tequio_tensor::check`]. Only [`crate::load`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    pub(crate) tensors: Vec<Tensor>,
    pub(crate) inputs: usize,
    pub(crate) outputs: Vec<TensorId>,
}

/// One tensor of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    pub name: String,
    pub ty: Type,
    pub source: TensorSource,
}

/// Where a tensor's elements come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TensorSource {
    Input,
    /// Canonical bytes: row-major, little-endian, [`tequio_tensor::DType::bytes`] for each element.
    Constant(Vec<u8>),
    Op(Node),
}

impl Tensor {
    pub fn node(&self) -> Option<&Node> {
        match &self.source {
            TensorSource::Op(node) => Some(node),
            _ => None,
        }
    }

    pub fn constant(&self) -> Option<&[u8]> {
        match &self.source {
            TensorSource::Constant(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Bytes of its elements, rows not padded.
    pub(crate) fn bytes(&self) -> u64 {
        self.ty.bytes() as u64
    }
}

impl Graph {
    /// By id.
    pub fn tensors(&self) -> &[Tensor] {
        &self.tensors
    }

    /// Number of inputs; they are the first tensors, in the file's order.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Refuses a program without inputs: it computes the same in every shard, and no header describes it.
    pub(crate) fn postable(&self) -> Result<(), Refused> {
        if self.inputs == 0 { Err(Refused::None { what: "inputs" }) } else { Ok(()) }
    }

    /// In the file's order.
    pub fn outputs(&self) -> &[TensorId] {
        &self.outputs
    }

    /// In graph order.
    pub fn input_names(&self) -> Vec<&str> {
        self.tensors[..self.inputs].iter().map(|tensor| tensor.name.as_str()).collect()
    }

    /// In graph order.
    pub fn output_names(&self) -> Vec<&str> {
        self.outputs.iter().map(|id| self.tensor(*id).name.as_str()).collect()
    }

    pub fn tensor(&self, id: TensorId) -> &Tensor {
        &self.tensors[id.0 as usize]
    }

    pub(crate) fn is_output(&self, id: TensorId) -> bool {
        self.outputs.contains(&id)
    }

    /// Ids and tensors.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (TensorId, &Tensor)> {
        self.tensors.iter().enumerate().map(|(id, tensor)| (TensorId(id as u32), tensor))
    }

    pub(crate) fn operand_type(&self, operand: &Operand) -> Type {
        match *operand {
            Operand::Tensor(id) => self.tensor(id).ty,
            Operand::Scalar { dtype, rank, .. } => Operand::scalar_type(dtype, rank),
        }
    }

    pub(crate) fn operand_types(&self, node: &Node) -> Vec<Type> {
        node.operands.iter().map(|operand| self.operand_type(operand)).collect()
    }

    /// Whether the operand's values are known when compiling.
    pub(crate) fn is_constant(&self, operand: &Operand) -> bool {
        match operand {
            Operand::Tensor(id) => self.tensor(*id).constant().is_some(),
            Operand::Scalar { .. } => true,
        }
    }

    /// For each tensor the tensors that read it, each once, ascending.
    pub(crate) fn readers(&self) -> Vec<Vec<TensorId>> {
        let mut readers = vec![Vec::new(); self.tensors.len()];
        for (id, tensor) in self.iter() {
            for operand in tensor.node().iter().flat_map(|node| &node.operands) {
                if let Operand::Tensor(read) = operand {
                    let list: &mut Vec<_> = &mut readers[read.0 as usize];
                    if list.last() != Some(&id) {
                        list.push(id);
                    }
                }
            }
        }
        readers
    }
}
