//! A shard, evaluated.

use tequio_attestation::{Digest, Operand, TensorId, hash::tagged};
use tequio_tensor::{DType, Elements, evaluate};

use crate::{
    analysis::bits::narrows,
    graph::{Graph, Tensor, TensorSource},
};

/// What is kept of a shard's tensors.
#[derive(Clone)]
pub struct Run {
    pub inputs: Vec<Vec<u8>>,
    /// By tensor: the elements of inputs, constants, committed tensors and what is narrower than what it is made from;
    /// nothing of others.
    pub values: Vec<Vec<i64>>,
    /// By tensor: what elements of a type are told apart by.
    pub digests: Vec<Digest>,
}

impl Run {
    pub fn new(graph: &Graph, committed: &[bool], inputs: &[Vec<u8>]) -> Self {
        let mut values: Vec<Vec<i64>> = Vec::with_capacity(graph.tensors().len());
        for (id, tensor) in graph.iter() {
            let elements = match &tensor.source {
                TensorSource::Input => decode(&inputs[id.0 as usize], tensor.ty.dtype),
                TensorSource::Constant(bytes) => decode(bytes, tensor.ty.dtype),
                TensorSource::Op(_) => computed(graph, tensor, |read| &values[read.0 as usize]),
            };
            values.push(elements);
        }
        let digest = |values: &Vec<i64>| {
            let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            tagged("tequio/values", &[&bytes])
        };
        let digests = values.iter().map(digest).collect();
        for (id, tensor) in graph.iter() {
            let is_kept = committed[id.0 as usize] || tensor.node().is_none_or(|node| narrows(&node.op));
            if !is_kept {
                values[id.0 as usize] = vec![];
            }
        }
        Self { inputs: inputs.to_vec(), values, digests }
    }
}

fn decode(bytes: &[u8], dtype: DType) -> Vec<i64> {
    bytes.chunks(dtype.bytes()).map(|word| dtype.read(word)).collect()
}

/// All elements of an op's output from those of its operands.
pub fn computed<'a>(graph: &Graph, tensor: &Tensor, values: impl Fn(TensorId) -> &'a [i64]) -> Vec<i64> {
    let Some(node) = tensor.node() else { return vec![] };
    let operand = |operand: &Operand| match *operand {
        Operand::Tensor(id) => Elements::All(values(id)),
        Operand::Scalar { value, .. } => Elements::Scalar(value),
    };
    let operands: Vec<Elements<'_>> = node.operands.iter().map(operand).collect();
    evaluate(&node.op, &graph.operand_types(node), &tensor.ty, &operands).collect()
}
