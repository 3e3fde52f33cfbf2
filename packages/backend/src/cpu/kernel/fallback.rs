//! Any op, one element at a time, by the definition itself.

use std::convert::Infallible;

use tequio_attestation::element;
use tequio_tensor::{DType, Op, Read, Type, eval};

use crate::cpu::buffers::{Home, Tensors};

/// An operand: a tensor, or the value of a scalar.
#[derive(Clone, Copy, Debug)]
pub enum Arg {
    Tensor(Home),
    Scalar(i64),
}

/// An op evaluated element by element.
#[derive(Debug)]
pub struct Fallback {
    pub op: Op,
    pub types: Vec<Type>,
    pub args: Vec<Arg>,
    pub out: Type,
}

impl Fallback {
    pub fn run(&self, tensors: &Tensors, out: &mut [u8]) {
        let mut reader = Elements { types: &self.types, args: &self.args, tensors };
        for (index, bytes) in (0u32..).zip(out.chunks_exact_mut(self.out.dtype.bytes())) {
            let Ok(value) = eval(&self.op, &self.types, &self.out, index, &mut reader);
            store(bytes, value);
        }
    }
}

struct Elements<'a> {
    types: &'a [Type],
    args: &'a [Arg],
    tensors: &'a Tensors<'a>,
}

impl Read for Elements<'_> {
    type Error = Infallible;

    fn read(&mut self, operand: usize, index: u32) -> Result<i64, Infallible> {
        Ok(match self.args[operand] {
            Arg::Scalar(value) => value,
            Arg::Tensor(home) => load(self.tensors.bytes(home), index as usize, self.types[operand].dtype),
        })
    }
}

/// Element `index` of canonical bytes.
pub fn load(bytes: &[u8], index: usize, dtype: DType) -> i64 {
    element(bytes, index * dtype.bytes(), dtype)
}

/// Writes a value of the width of `bytes`.
pub fn store(bytes: &mut [u8], value: i64) {
    bytes.copy_from_slice(&value.to_le_bytes()[..bytes.len()]);
}
