//! Elements of tensors as numbers.

use tequio_attestation::{Manifest, Operand, element};
use tequio_tensor::{DType, Type};

pub fn operand_type(manifest: &Manifest, operand: &Operand) -> Type {
    match *operand {
        Operand::Tensor(id) => manifest.descriptor(id).ty,
        Operand::Scalar { dtype, rank, .. } => Operand::scalar_type(dtype, rank),
    }
}

pub fn decode(bytes: &[u8], dtype: DType) -> Vec<i64> {
    bytes.chunks(dtype.bytes()).map(|word| element(word, 0, dtype)).collect()
}

pub fn encode(values: &[i64], dtype: DType) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()[..dtype.bytes()].to_vec()).collect()
}
