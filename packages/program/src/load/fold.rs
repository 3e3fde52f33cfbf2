//! Ops on constants only are computed here and now.

use tequio_tensor::{Op, Type, cost, eval};

use crate::{
    limits::MAX_FOLDING,
    refused::Refused,
    values::{Known, Values},
};

/// What is left of [`MAX_FOLDING`].
pub struct Folding {
    left: u64,
}

impl Default for Folding {
    fn default() -> Self {
        Self { left: MAX_FOLDING }
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
        let price = (cost(op, types, out).saturating_add(1)).saturating_mul(elements as u64);
        let left = self.left.checked_sub(price);
        self.left = left.ok_or_else(|| Refused::Folding { tensor: tensor.into(), limit: MAX_FOLDING })?;
        let mut bytes = Vec::with_capacity(out.bytes());
        let mut read = Known(values);
        for index in 0..elements {
            let Ok(value) = eval(op, types, out, index, &mut read);
            bytes.extend(out.dtype.write(value));
        }
        Ok(bytes)
    }
}
