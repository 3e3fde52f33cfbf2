//! Elements of tensors as numbers.

use tequio_attestation::{Manifest, Operand, TensorId};
use tequio_tensor::{DType, Elements, Type, evaluate};

pub fn decode(bytes: &[u8], dtype: DType) -> Vec<i64> {
    bytes.chunks(dtype.bytes()).map(|word| dtype.read(word)).collect()
}

pub fn encode(values: &[i64], dtype: DType) -> Vec<u8> {
    values.iter().flat_map(|value| dtype.write(*value)).collect()
}

/// All elements of what an op makes of other tensors' elements.
pub fn computed<'a>(manifest: &Manifest, id: TensorId, values: impl Fn(TensorId) -> &'a [i64]) -> Vec<i64> {
    let tensor = manifest.descriptor(id);
    let Some(node) = tensor.node() else { return vec![] };
    let operand = |operand: &Operand| match *operand {
        Operand::Tensor(id) => Elements::All(values(id)),
        Operand::Scalar { value, .. } => Elements::Scalar(value),
    };
    let operands: Vec<Elements<'_>> = node.operands.iter().map(operand).collect();
    let types: Vec<Type> = node.operands.iter().map(|operand| manifest.operand_type(operand)).collect();
    evaluate(&node.op, &types, &tensor.ty, &operands).collect()
}
