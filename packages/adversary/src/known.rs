//! A shard, computed.

use tequio_attestation::{Manifest, ShardTrace, Source, TensorId};

use crate::element::{computed, decode, encode};

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
        for (at, tensor) in manifest.tensors.iter().enumerate() {
            let value = match tensor.source {
                Source::Constant { .. } => decode(&manifest.constants[at], tensor.ty.dtype),
                Source::Input { .. } => decode(&inputs[at], tensor.ty.dtype),
                _ => computed(manifest, TensorId(at as u32), |read| &values[read.0 as usize]),
            };
            if let Source::Committed { slot, .. } = tensor.source {
                trace.slots[slot as usize] = encode(&value, tensor.ty.dtype);
            }
            values.push(value);
        }
        Self { inputs: inputs.to_vec(), values, trace }
    }
}
