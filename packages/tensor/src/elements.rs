//! Whole tensors by the definition.

use core::convert::Infallible;

use crate::{
    Read,
    eval::eval,
    op::{Op, Operands},
    types::Type,
};

/// An operand's elements in flat order, or the one that it has.
#[derive(Clone, Copy, Debug)]
pub enum Elements<'a> {
    All(&'a [i64]),
    Scalar(i64),
}

impl Read for &[Elements<'_>] {
    type Error = Infallible;

    /// 0 where there is none.
    #[inline]
    fn read(&mut self, operand: usize, index: u32) -> Result<i64, Infallible> {
        Ok(match self.get(operand) {
            Some(Elements::All(values)) => values.get(index as usize).copied().unwrap_or(0),
            Some(Elements::Scalar(value)) => *value,
            None => 0,
        })
    }
}

/// Every element of the output of `op`, in flat order: [`eval`] of each.
pub fn evaluate<'a>(
    op: &'a Op,
    ins: Operands<'a>,
    out: &'a Type,
    mut operands: &'a [Elements<'a>],
) -> impl Iterator<Item = i64> + use<'a> {
    (0..out.shape.elements()).map(move |index| {
        let Ok(value) = eval(op, ins, out, index, &mut operands);
        value
    })
}
