//! Elements of tensors as numbers.

use tequio_tensor::DType;

pub fn decode(bytes: &[u8], dtype: DType) -> Vec<i64> {
    bytes.chunks(dtype.bytes()).map(|word| dtype.read(word)).collect()
}

pub fn encode(values: &[i64], dtype: DType) -> Vec<u8> {
    values.iter().flat_map(|value| dtype.write(*value)).collect()
}
