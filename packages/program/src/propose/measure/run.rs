//! A shard, evaluated.

use std::sync::Arc;

use tequio_attestation::{Digest, Operand, TensorId, hash::tagged};
use tequio_tensor::{DType, Elements, evaluate, steps};

use crate::{
    analysis::bits::narrows,
    graph::{Graph, Tensor, TensorSource},
    limits::{MAX_MEASURED, MAX_MEASURING, MAX_TRACES},
    refused::Refused,
};

/// What is kept of a shard's tensors.
#[derive(Clone)]
pub struct Run {
    pub inputs: Vec<Vec<u8>>,
    /// By tensor: the elements of inputs, constants, committed tensors and what is narrower than what it is made from;
    /// nothing of others.
    pub values: Vec<Arc<Vec<i64>>>,
    /// By tensor: what elements of a type are told apart by.
    pub digests: Vec<Digest>,
}

impl Run {
    /// `constants` are those of [`constants`].
    pub fn new(graph: &Graph, committed: &[bool], constants: &[Arc<Vec<i64>>], inputs: &[Vec<u8>]) -> Self {
        let mut values: Vec<Arc<Vec<i64>>> = Vec::with_capacity(graph.tensors().len());
        for (id, tensor) in graph.iter() {
            let elements = match &tensor.source {
                TensorSource::Input => Arc::new(decode(&inputs[id.0 as usize], tensor.ty.dtype)),
                TensorSource::Constant(_) => constants[id.0 as usize].clone(),
                TensorSource::Op(_) => Arc::new(computed(graph, tensor, |read| &values[read.0 as usize])),
            };
            values.push(elements);
        }
        let digest = |values: &Arc<Vec<i64>>| {
            let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            tagged("tequio/values", &[&bytes])
        };
        let digests = values.iter().map(digest).collect();
        for (id, _) in graph.iter().filter(|(id, tensor)| !is_kept(committed, *id, tensor)) {
            values[id.0 as usize] = Arc::default();
        }
        Self { inputs: inputs.to_vec(), values, digests }
    }
}

fn is_kept(committed: &[bool], id: TensorId, tensor: &Tensor) -> bool {
    committed[id.0 as usize] || tensor.node().is_none_or(|node| narrows(&node.op))
}

/// The elements of constants, by id, which all runs have in common; nothing of other tensors.
pub fn constants(graph: &Graph) -> Vec<Arc<Vec<i64>>> {
    let of = |tensor: &Tensor| tensor.constant().map(|bytes| decode(bytes, tensor.ty.dtype)).unwrap_or_default();
    graph.tensors().iter().map(|tensor| Arc::new(of(tensor))).collect()
}

/// Most shards that are measured in bounded time and memory.
pub fn most(graph: &Graph, committed: &[bool]) -> Result<usize, Refused> {
    let (mut work, mut kept) = (1u64, 1u64);
    for (id, tensor) in graph.iter().filter(|(_, tensor)| tensor.constant().is_none()) {
        let elements: u64 = tensor.ty.shape.elements().into();
        let each = tensor.node().map_or(1, |node| steps(&node.op, &graph.operand_types(node), &tensor.ty).max(1));
        work = work.saturating_add(each.saturating_mul(elements));
        kept += if is_kept(committed, id, tensor) { elements } else { 0 };
    }
    let most = (MAX_MEASURING / work).min(MAX_MEASURED / kept).min(MAX_TRACES as u64) as usize;
    match most {
        0 | 1 if work > MAX_MEASURING / 2 => {
            let (found, limit) = (work.saturating_mul(2) as usize, MAX_MEASURING as usize);
            Err(Refused::TooMany { what: "operations to measure two shards", found, limit })
        }
        0 | 1 => {
            let (found, limit) = (kept as usize * 2, MAX_MEASURED as usize);
            Err(Refused::TooMany { what: "elements to keep of two shards", found, limit })
        }
        most => Ok(most),
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
