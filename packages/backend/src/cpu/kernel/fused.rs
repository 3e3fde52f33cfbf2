//! Fused elementwise operators, tile by tile: what lies between them is never written out.

use tequio_tensor::DType;

use super::{
    instruction::{Instruction, Register, Registers},
    sum::Sum,
    tile::{Addressing, Load, Tile},
};
use crate::cpu::{
    memory::{Scratch, Tensors},
    simd::{Run, Simd, scale::Scale},
};

/// Lanes of a tile's registers and accumulators together, if rows aren't longer: what the first cache holds.
const TILE: usize = 8192;

/// A straight-line program over registers of lanes, with one result. As the *epilogue* of a contraction it reads the
/// contraction's accumulators.
#[derive(Clone, Debug)]
pub struct Fused {
    /// Instructions, each with the register that it fills.
    pub instructions: Vec<(usize, Instruction)>,
    /// The first registers: those that are the same for every tile.
    pub uniforms: Vec<Uniform>,
    pub registers: usize,
    pub result: Register,
    /// Type of the result.
    pub dtype: DType,
    /// Elements of a row, and lanes of one: whole vectors, or the accumulators' stride.
    pub width: usize,
    pub stride: usize,
}

/// A register that doesn't change: a value everywhere, or a row repeated.
#[derive(Clone, Debug)]
pub enum Uniform {
    Value(i32),
    Row(Vec<i32>),
}

impl Run for Fused {
    #[inline(always)]
    fn run<S: Simd>(&self, simd: S, tensors: &Tensors, scratch: &mut Scratch, out: &mut [u8]) {
        let row = self.width * self.dtype.bytes();
        let rows = self.tile_rows(S::ROWS).min(out.len().div_ceil(row));
        self.prepare(rows, &mut scratch.registers);
        for (first, out) in (0..).step_by(rows).zip(out.chunks_mut(rows * row)) {
            self.run_tile(simd, tensors, &mut scratch.registers, &[], first, out);
        }
    }
}

impl Fused {
    /// Rows of a tile, whole multiples of those that are computed `together`.
    pub fn tile_rows(&self, together: usize) -> usize {
        (TILE / (self.registers + 1) / self.stride / together).max(1) * together
    }

    /// Fills what is the same for every tile of `rows` rows at most.
    pub fn prepare(&self, rows: usize, registers: &mut Vec<Vec<i32>>) {
        let len = rows * self.stride;
        if registers.len() < self.registers {
            registers.resize(self.registers, Vec::new());
        }
        for register in &mut registers[..self.registers] {
            if register.len() < len {
                register.resize(len, 0);
            }
        }
        for (register, uniform) in registers.iter_mut().zip(&self.uniforms) {
            match uniform {
                Uniform::Value(value) => register[..len].fill(*value),
                Uniform::Row(row) => {
                    for to in register[..len].chunks_exact_mut(self.stride) {
                        to[..row.len()].copy_from_slice(row);
                    }
                }
            }
        }
    }

    /// Runs one tile: the rows from `first` that `out` has room for.
    #[inline(always)]
    pub fn run_tile<S: Simd>(
        &self,
        simd: S,
        tensors: &Tensors,
        registers: &mut [Vec<i32>],
        accumulators: &[i32],
        first: usize,
        out: &mut [u8],
    ) {
        let tile = Tile { first, elements: out.len() / self.dtype.bytes(), width: self.width, stride: self.stride };
        let lanes = tile.lanes();
        let last = self.last().filter(|_| out.len() == lanes);
        let instructions = &self.instructions[..self.instructions.len() - last.is_some() as usize];
        for (at, instruction) in instructions {
            let mut to = std::mem::take(&mut registers[*at]);
            instruction.run(simd, tensors, &tile, Registers { accumulators, registers, lanes }, &mut to[..lanes]);
            registers[*at] = to;
        }
        let registers = Registers { accumulators, registers, lanes };
        match last {
            Some(Last::Scale(scale, from)) => simd.scale_to_bytes(scale, self.stride, registers.get(from), out),
            Some(Last::Sum(sum, x, y)) => sum.run(registers.get(x), registers.get(y), out, |value| value as u8),
            None => tile.store(registers.get(self.result), self.dtype, out),
        }
    }

    /// The scale of the accumulators to bytes that comes first, if nothing follows it but a sum with others, and there are no
    /// gaps between rows.
    pub fn in_bytes(&self) -> Option<InBytes<'_>> {
        use Instruction::{Load, Scale};
        let last = self.last().filter(|_| self.width == self.stride)?;
        match (last, &self.instructions[..]) {
            (Last::Scale(scale, Register::Accumulator), [_]) => Some(InBytes { scale, then: None }),
            (
                Last::Sum(sum, Register::Temporary(x), Register::Temporary(y)),
                [(b, Load(load)), (a, Scale(scale, Register::Accumulator)), _]
                | [(a, Scale(scale, Register::Accumulator)), (b, Load(load)), _],
            ) if (x, y) == (*a, *b) => {
                matches!(load.addressing, Addressing::Contiguous).then_some(InBytes { scale, then: Some((sum, load)) })
            }
            _ => None,
        }
    }

    /// What comes last, if it gives bytes: they can be written out without another pass.
    fn last(&self) -> Option<Last<'_>> {
        let (at, last) = self.instructions.last()?;
        let last = match last {
            Instruction::Scale(scale, from) => Last::Scale(scale, *from),
            Instruction::Sum(sum, x, y) => Last::Sum(sum, *x, *y),
            _ => return None,
        };
        (self.dtype == DType::I8 && self.result == Register::Temporary(*at)).then_some(last)
    }
}

/// An epilogue that needs no registers.
pub struct InBytes<'a> {
    pub scale: &'a Scale,
    pub then: Option<(&'a Sum, &'a Load)>,
}

/// Instructions that can write bytes.
enum Last<'a> {
    Scale(&'a Scale, Register),
    Sum(&'a Sum, Register, Register),
}
