//! Any op, one element at a time, by the definition itself.

use std::convert::Infallible;

use tequio_tensor::{Op, Read, Type, eval};

use super::convert::store;
use crate::{
    cpu::{
        memory::{Scratch, Tensors},
        simd::{Run, Simd},
    },
    liveness::Placement,
};

/// An operand: a tensor, or the value of a scalar.
#[derive(Clone, Copy, Debug)]
pub enum Arg {
    Tensor(Placement),
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

impl Run for Fallback {
    #[inline(always)]
    fn run<S: Simd>(&self, _: S, tensors: &Tensors, _: &mut Scratch, out: &mut [u8]) {
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
            Arg::Tensor(placement) => {
                let dtype = self.types[operand].dtype;
                dtype.read(&self.tensors.bytes(placement)[index as usize * dtype.bytes()..])
            }
        })
    }
}
