//! Tensors as `.npy` files: how inputs come in and outputs go out.

#[cfg(test)]
mod fuzz;
mod header;
mod read;
mod write;

use tequio_tensor::DType;

use crate::scale::Scale;
pub use read::File;
pub use write::Writer;

/// How a program's elements are in files.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    pub dtype: DType,
    /// What they stand for, if that is known.
    pub scale: Option<Scale>,
    /// Whether a file that is written has the numbers that they stand for; one that is read may have either.
    pub floats: bool,
}

impl Form {
    /// Elements of which nothing more is known.
    #[cfg(test)]
    fn plain(dtype: DType) -> Self {
        Self { dtype, scale: None, floats: false }
    }

    /// The numpy type of what is written: of int4 and int48 the next wider one.
    pub fn numpy_type(self) -> &'static str {
        let unsigned = self.scale.is_some_and(|scale| scale.unsigned);
        match self.dtype {
            _ if self.floats => "<f4",
            DType::Bool => "|b1",
            DType::I8 if unsigned => "|u1",
            DType::I4 | DType::I8 => "|i1",
            DType::I16 if unsigned => "<u2",
            DType::I16 => "<i2",
            DType::I32 => "<i4",
            DType::I48 => "<i8",
        }
    }
}
