//! Reductions along one axis, and ARGMAX.

use tequio_attestation::Node;
use tequio_tensor::{DType, Op, Type};

use super::chain::{narrow, widen};
use crate::cpu::{
    buffers::{Home, Scratch, Tensors},
    plan::graph::Graph,
};

/// A reduction along one axis, or ARGMAX.
#[derive(Debug)]
pub struct Reduce {
    input: Home,
    dtype: DType,
    out: DType,
    with: With,
    len: usize,
    inner: usize,
}

#[derive(Clone, Copy, Debug)]
enum With {
    Sum,
    Max,
    Min,
    All,
    Any,
    ArgMax,
}

impl Reduce {
    pub fn new(graph: &Graph, homes: &[Home], node: &Node, out: &Type) -> Option<Self> {
        let (with, axis) = match node.op {
            Op::ReduceSum { axis } => (With::Sum, axis),
            Op::ReduceMax { axis } => (With::Max, axis),
            Op::ReduceMin { axis } => (With::Min, axis),
            Op::ReduceAll { axis } => (With::All, axis),
            Op::ReduceAny { axis } => (With::Any, axis),
            Op::ArgMax { axis } => (With::ArgMax, axis),
            _ => return None,
        };
        let ty = graph.operand_type(&node.operands[0]);
        let input = homes[graph.operand_origin(&node.operands[0])?];
        let [len, inner] = [ty.shape.dim(axis as usize), ty.shape.stride(axis as usize)].map(|n| n as usize);
        Some(Self { input, dtype: ty.dtype, out: out.dtype, with, len, inner })
    }

    #[inline(always)]
    pub fn run(&self, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
        let Scratch { sums, registers, .. } = scratch;
        registers.resize_with(registers.len().max(2), Vec::new);
        let [row, best, ..] = &mut registers[..] else { return };
        for lanes in [&mut *sums, row, best] {
            lanes.resize(lanes.len().max(self.inner), 0);
        }
        let (result, row, best) = (&mut sums[..self.inner], &mut row[..self.inner], &mut best[..self.inner]);
        let bytes = self.inner * self.dtype.bytes();
        let block = self.len * bytes;
        for (from, out) in
            tensors.bytes(self.input).chunks_exact(block).zip(out.chunks_exact_mut(self.inner * self.out.bytes()))
        {
            best.fill(i32::MIN);
            for (at, from) in from.chunks_exact(bytes).enumerate() {
                widen(from, self.dtype, row);
                self.fold(at as i32, row, best, result);
            }
            narrow(result, self.out, out);
        }
    }

    /// Folds the `at`th row into the result; the first starts it.
    #[inline(always)]
    fn fold(&self, at: i32, row: &[i32], best: &mut [i32], result: &mut [i32]) {
        let zip = |result: &mut [i32], f: fn(i32, i32) -> i32, first: fn(i32) -> i32| {
            for (value, result) in row.iter().zip(result) {
                *result = if at == 0 { first(*value) } else { f(*result, *value) };
            }
        };
        let one = |value: i32| (value != 0) as i32;
        match self.with {
            With::Sum => zip(result, i32::wrapping_add, |value| value),
            With::Max => zip(result, i32::max, |value| value),
            With::Min => zip(result, i32::min, |value| value),
            With::All => zip(result, |all, value| all & (value != 0) as i32, one),
            With::Any => zip(result, |any, value| any | (value != 0) as i32, one),
            With::ArgMax => {
                for ((value, best), result) in row.iter().zip(best).zip(result) {
                    if at == 0 || value > best {
                        (*best, *result) = (*value, at);
                    }
                }
            }
        }
    }
}
