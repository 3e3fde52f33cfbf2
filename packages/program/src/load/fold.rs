//! Ops on constants only are computed here and now.

use tequio_tensor::{Op, Type, eval, steps};

use crate::{
    limits::{MAX_CONSTANTS, MAX_FOLDING},
    refused::Refused,
    values::{Known, Values},
};

/// What is left of [`MAX_FOLDING`] and of [`MAX_CONSTANTS`].
pub struct Folding {
    operations: u64,
    bytes: u64,
}

impl Default for Folding {
    fn default() -> Self {
        Self { operations: MAX_FOLDING, bytes: MAX_CONSTANTS }
    }
}

impl Folding {
    /// All elements of an op's output as canonical bytes.
    pub fn evaluate(
        &mut self,
        tensor: &str,
        op: &Op,
        types: &[Type],
        out: &Type,
        values: &[Values<'_>],
    ) -> Result<Vec<u8>, Refused> {
        let elements = out.shape.elements();
        let price = (steps(op, types, out).saturating_add(1)).saturating_mul(elements as u64);
        let refused = |what, limit| move || Refused::Folding { tensor: tensor.into(), what, limit };
        let operations = self.operations.checked_sub(price);
        self.operations = operations.ok_or_else(refused("operations", MAX_FOLDING))?;
        let left = self.bytes.checked_sub(out.bytes() as u64);
        self.bytes = left.ok_or_else(refused("bytes", MAX_CONSTANTS))?;
        let mut bytes = Vec::with_capacity(out.bytes());
        let mut read = Known(values);
        for index in 0..elements {
            let Ok(value) = eval(op, types, out, index, &mut read);
            bytes.extend(out.dtype.write(value));
        }
        Ok(bytes)
    }
}
