//! Tensors as `.npy` files: how inputs come in and outputs go out.

#[cfg(test)]
mod fuzz;
mod header;
mod read;
mod write;

use tequio_tensor::DType;

pub use read::File;
pub use write::Writer;

/// The numpy type that holds elements of `dtype`: the next wider one for int4 and int48.
pub fn numpy_type(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool => "|b1",
        DType::I4 | DType::I8 => "|i1",
        DType::I16 => "<i2",
        DType::I32 => "<i4",
        DType::I48 => "<i8",
    }
}

/// Bytes of an element in a file.
fn width(dtype: DType) -> usize {
    if dtype == DType::I48 { 8 } else { dtype.bytes() }
}
