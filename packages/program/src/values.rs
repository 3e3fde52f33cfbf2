//! Operands' values as far as they are known without running the program.

use tequio_attestation::Operand;
use tequio_tensor::{DType, Read};

use crate::graph::Graph;

/// An operand's values where they are known.
#[derive(Clone, Copy)]
pub(crate) enum Values<'a> {
    Constant(DType, &'a [u8]),
    Scalar(i64),
    Unknown,
}

impl<'a> Values<'a> {
    pub fn of(graph: &'a Graph, operand: &Operand) -> Self {
        match operand {
            Operand::Scalar { value, .. } => Self::Scalar(*value),
            Operand::Tensor(id) => {
                let tensor = graph.tensor(*id);
                tensor.constant().map_or(Self::Unknown, |bytes| Self::Constant(tensor.ty.dtype, bytes))
            }
        }
    }

    /// Element `index`; 0 where it isn't known.
    pub fn get(&self, index: u32) -> i64 {
        match *self {
            Self::Constant(dtype, bytes) => dtype.read(bytes.get(index as usize * dtype.bytes()..).unwrap_or_default()),
            Self::Scalar(value) => value,
            Self::Unknown => 0,
        }
    }
}

/// Operands whose values are all known.
pub(crate) struct Known<'a>(pub &'a [Values<'a>]);

impl Read for Known<'_> {
    type Error = core::convert::Infallible;

    fn read(&mut self, operand: usize, index: u32) -> Result<i64, Self::Error> {
        Ok(self.0.get(operand).map_or(0, |values| values.get(index)))
    }
}
