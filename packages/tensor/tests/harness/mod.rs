//! Operands in memory, and a reader over them that notes what is read.
#![allow(dead_code, reason = "no test uses all of it")]

pub mod random;

use std::convert::Infallible;
use tequio_tensor::{Op, Read, Type, eval};

/// Operands with their values, flat and row-major.
#[derive(Clone, Debug)]
pub struct Tensors {
    pub types: Vec<Type>,
    pub values: Vec<Vec<i64>>,
    /// (operand, index) of every read so far.
    pub reads: Vec<(usize, u32)>,
}

impl Read for Tensors {
    type Error = Infallible;

    /// An element outside its operand is 0: only operators that fail the check ask for one.
    fn read(&mut self, operand: usize, index: u32) -> Result<i64, Infallible> {
        self.reads.push((operand, index));
        Ok(self.values.get(operand).and_then(|values| values.get(index as usize)).copied().unwrap_or(0))
    }
}

impl Tensors {
    pub fn new(types: Vec<Type>, values: Vec<Vec<i64>>) -> Self {
        for (ty, values) in types.iter().zip(&values) {
            assert_eq!(ty.shape.elements() as usize, values.len());
        }
        Self { types, values, reads: Vec::new() }
    }

    /// One output element.
    pub fn element(&mut self, op: &Op, out: &Type, index: u32) -> i64 {
        let types = self.types.clone();
        let Ok(value) = eval(op, &types, out, index, self);
        value
    }

    /// The whole output.
    pub fn run(&mut self, op: &Op, out: &Type) -> Vec<i64> {
        (0..out.shape.elements()).map(|index| self.element(op, out, index)).collect()
    }
}
