//! A shard, computed.

use tequio_attestation::{Manifest, Operand, ShardTrace, Source};
use tequio_tensor::{Type, eval};

use crate::{
    element::{decode, encode},
    follow::Operands,
};

/// All of a shard's tensors.
#[derive(Clone, Debug)]
pub struct Known {
    pub inputs: Vec<Vec<u8>>,
    /// By id.
    pub values: Vec<Vec<i64>>,
    pub trace: ShardTrace,
}

impl Known {
    pub fn new(manifest: &Manifest, inputs: &[Vec<u8>]) -> Self {
        let mut values: Vec<Vec<i64>> = Vec::with_capacity(manifest.tensors.len());
        let mut trace = ShardTrace { slots: vec![vec![]; manifest.header.committed as usize] };
        for (id, tensor) in manifest.tensors.iter().enumerate() {
            let value: Vec<i64> = match tensor.node() {
                None if matches!(tensor.source, Source::Constant { .. }) => {
                    decode(&manifest.constants[id], tensor.ty.dtype)
                }
                None => decode(&inputs[id], tensor.ty.dtype),
                Some(node) => {
                    let mut operands = Operands { values: &values, operands: &node.operands };
                    let of = |operand: &Operand| manifest.operand_type(operand);
                    let types: Vec<Type> = node.operands.iter().map(of).collect();
                    let element = |index| {
                        let Ok(value) = eval(&node.op, &types, &tensor.ty, index, &mut operands);
                        value
                    };
                    (0..tensor.ty.shape.elements()).map(element).collect()
                }
            };
            if let Source::Committed { slot, .. } = tensor.source {
                trace.slots[slot as usize] = encode(&value, tensor.ty.dtype);
            }
            values.push(value);
        }
        Self { inputs: inputs.to_vec(), values, trace }
    }
}
