//! Instructions of fused operators, on registers of int32 lanes: a register for each tensor, of which only a tile
//! exists at a time.

use tequio_tensor::DType;

use super::{
    sum::Sum,
    tile::{Load, Tile},
};
use crate::cpu::{
    memory::Tensors,
    simd::{Simd, scale::Scale},
};

/// Where an instruction's operand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Register {
    /// The sums of the contraction before.
    Accumulator,
    /// A register that is the same for every tile.
    Uniform(usize),
    Temporary(usize),
}

/// What fills a register. Lanes hold sign-extended elements of at most 32 bits, and so do the results: every operator
/// wraps at its output's width as the definition does.
#[derive(Clone, Debug)]
pub enum Instruction {
    Load(Load),
    Scale(Box<Scale>, Register),
    /// RESCALE with 16-bit multipliers.
    Scale16(Box<Scale16>, Register),
    Binary(Binary, Register, Register),
    Sum(Box<Sum>, Register, Register),
    /// int32 product with a rounding shift of at least 1.
    MulShift(u32, Register, Register),
    Select(Register, Register, Register),
    Unary(Unary, Register),
    /// 256 entries for −128 … 127.
    Table(Box<[i32; 256]>, Register),
    /// 513 entries, interpolated.
    Interpolate(Vec<i32>, Register),
}

#[derive(Clone, Copy, Debug)]
pub enum Binary {
    Add,
    Sub,
    Mul,
    IntDiv,
    Maximum,
    Minimum,
    /// Shifts of elements of so many bits.
    ShiftRight(u32),
    ShiftRightRound(u32),
    ShiftLeft(u32),
    ShiftRightLogical(u32),
    And,
    Or,
    Xor,
    Equal,
    Greater,
    GreaterEqual,
}

#[derive(Clone, Copy, Debug)]
pub enum Unary {
    Clamp(i32, i32),
    /// Wraps to this many bits, sign-extended.
    Wrap(u32),
    /// Keeps the low bits of this mask.
    Mask(i32),
    /// First less the value plus second, clipped.
    Negate {
        first: i32,
        second: i32,
        min: i32,
        max: i32,
    },
    /// Less the first, shifted left, plus the second, clipped.
    ShiftLeft {
        first: i32,
        by: u32,
        second: i32,
        min: i32,
        max: i32,
    },
    NotZero,
    Xor(i32),
    Abs,
    Clz,
}

#[derive(Clone, Debug)]
pub struct Scale16 {
    pub zero_in: i64,
    pub zero_out: i32,
    pub min: i32,
    pub max: i32,
    /// Of each lane of a row.
    pub multiplier: Vec<i32>,
    pub shift: Vec<i64>,
}

/// The registers of one tile, as instructions read them.
#[derive(Clone, Copy)]
pub struct Registers<'a> {
    pub accumulators: &'a [i32],
    pub registers: &'a [Vec<i32>],
    pub lanes: usize,
}

impl<'a> Registers<'a> {
    pub fn get(&self, register: Register) -> &'a [i32] {
        match register {
            Register::Accumulator => &self.accumulators[..self.lanes],
            Register::Uniform(at) | Register::Temporary(at) => &self.registers[at][..self.lanes],
        }
    }
}

impl Instruction {
    /// The registers it reads, to be looked at or replaced.
    pub fn operands(&mut self) -> impl Iterator<Item = &mut Register> {
        use Instruction::*;
        let operands = match self {
            Load(_) => [None, None, None],
            Scale(_, a) | Scale16(_, a) | Unary(_, a) | Table(_, a) | Interpolate(_, a) => [Some(a), None, None],
            Binary(_, a, b) | MulShift(_, a, b) | Sum(_, a, b) => [Some(a), Some(b), None],
            Select(a, b, c) => [Some(a), Some(b), Some(c)],
        };
        operands.into_iter().flatten()
    }

    /// Fills the lanes of a tile.
    #[inline(always)]
    pub fn run<S: Simd>(&self, simd: S, tensors: &Tensors, tile: &Tile, registers: Registers, to: &mut [i32]) {
        let get = |register: &Register| registers.get(*register);
        match self {
            Instruction::Load(load) => load.run(tensors, tile, to),
            Instruction::Scale(scale, a) => simd.scale(scale, tile.stride, get(a), to),
            Instruction::Scale16(scale, a) => scale.run(tile.stride, get(a), to),
            Instruction::Binary(binary, a, b) => binary.run(get(a), get(b), to),
            Instruction::Sum(sum, a, b) => sum.run(get(a), get(b), to, |value| value),
            Instruction::MulShift(shift, a, b) => zip(get(a), get(b), to, |a, b| {
                let product = a as i64 * b as i64;
                (product.wrapping_add(1 << (shift - 1)) >> shift) as i32
            }),
            Instruction::Select(condition, a, b) => {
                let sides = get(a).iter().zip(get(b));
                for ((condition, (a, b)), to) in get(condition).iter().zip(sides).zip(to) {
                    *to = if *condition != 0 { *a } else { *b };
                }
            }
            Instruction::Unary(unary, a) => unary.run(get(a), to),
            Instruction::Table(table, a) => each(get(a), to, |a| table[a.wrapping_add(128) as usize & 255]),
            Instruction::Interpolate(table, a) => each(get(a), to, |a| {
                let at = (a.wrapping_add(32768) >> 7).clamp(0, 511) as usize;
                (table[at] << 7) + (table[at + 1] - table[at]) * (a & 0x7f)
            }),
        }
    }
}

impl Scale16 {
    #[inline(always)]
    pub fn run(&self, stride: usize, from: &[i32], to: &mut [i32]) {
        match self.zero_in {
            // Products of 32 bits by 32, which more machines have than those of 64.
            0 => self.each(stride, from, to, |value| value.into()),
            zero_in => self.each(stride, from, to, |value| DType::I48.wrap(i64::from(value) - zero_in)),
        }
    }

    /// The same of int48.
    #[inline(always)]
    pub fn wide(&self, stride: usize, from: &[i64], to: &mut [i32]) {
        self.each(stride, from, to, |value| DType::I48.wrap(value.wrapping_sub(self.zero_in)));
    }

    #[inline(always)]
    fn each<F: Copy>(&self, stride: usize, from: &[F], to: &mut [i32], less_zero: impl Fn(F) -> i64) {
        for (from, to) in from.chunks_exact(stride).zip(to.chunks_exact_mut(stride)) {
            let scales = self.multiplier.iter().zip(&self.shift);
            for ((from, to), (multiplier, shift)) in from.iter().zip(to).zip(scales) {
                let product = less_zero(*from).wrapping_mul((*multiplier).into());
                let scaled = product.wrapping_add(1 << (shift - 1)) >> shift;
                *to = (scaled as i32).wrapping_add(self.zero_out).max(self.min).min(self.max);
            }
        }
    }
}

impl Binary {
    #[inline(always)]
    fn run(self, a: &[i32], b: &[i32], to: &mut [i32]) {
        match self {
            Binary::Add => zip(a, b, to, i32::wrapping_add),
            Binary::Sub => zip(a, b, to, i32::wrapping_sub),
            Binary::Mul => zip(a, b, to, i32::wrapping_mul),
            Binary::IntDiv => zip(a, b, to, |a, b| if b == 0 { 0 } else { a.wrapping_div(b) }),
            Binary::Maximum => zip(a, b, to, i32::max),
            Binary::Minimum => zip(a, b, to, i32::min),
            Binary::ShiftRight(bits) => zip(a, b, to, |a, b| a >> amount(b, bits)),
            Binary::ShiftRightRound(bits) => zip(a, b, to, |a, b| match amount(b, bits) {
                0 => a,
                by => {
                    let last = a >> (by - 1);
                    (last >> 1) + (last & 1)
                }
            }),
            Binary::ShiftLeft(bits) => zip(a, b, to, |a, b| wrap(a << amount(b, bits), bits)),
            Binary::ShiftRightLogical(bits) => zip(a, b, to, |a, b| {
                let unsigned = a as u32 & (u32::MAX >> (32 - bits));
                wrap((unsigned >> amount(b, bits)) as i32, bits)
            }),
            Binary::And => zip(a, b, to, |a, b| a & b),
            Binary::Or => zip(a, b, to, |a, b| a | b),
            Binary::Xor => zip(a, b, to, |a, b| a ^ b),
            Binary::Equal => zip(a, b, to, |a, b| (a == b) as i32),
            Binary::Greater => zip(a, b, to, |a, b| (a > b) as i32),
            Binary::GreaterEqual => zip(a, b, to, |a, b| (a >= b) as i32),
        }
    }
}

impl Unary {
    #[inline(always)]
    fn run(self, a: &[i32], to: &mut [i32]) {
        match self {
            Unary::Clamp(min, max) => each(a, to, |a| a.max(min).min(max)),
            Unary::Wrap(bits) => each(a, to, |a| wrap(a, bits)),
            Unary::Mask(mask) => each(a, to, |a| a & mask),
            Unary::Negate { first, second, min, max } => {
                each(a, to, |a| first.wrapping_sub(a).wrapping_add(second).max(min).min(max));
            }
            Unary::ShiftLeft { first, by, second: 0, min: i32::MIN, max: i32::MAX } => {
                each(a, to, |a| a.wrapping_sub(first) << by);
            }
            Unary::ShiftLeft { first, by, second, min, max } => {
                each(a, to, |a| (a.wrapping_sub(first) << by).wrapping_add(second).max(min).min(max));
            }
            Unary::NotZero => each(a, to, |a| (a != 0) as i32),
            Unary::Xor(mask) => each(a, to, |a| a ^ mask),
            Unary::Abs => each(a, to, i32::wrapping_abs),
            Unary::Clz => each(a, to, |a| a.leading_zeros() as i32),
        }
    }
}

/// A shift amount brought into 0..=bits − 1.
#[inline(always)]
fn amount(by: i32, bits: u32) -> u32 {
    by.clamp(0, bits as i32 - 1) as u32
}

#[inline(always)]
fn wrap(value: i32, bits: u32) -> i32 {
    (value << (32 - bits)) >> (32 - bits)
}

#[inline(always)]
fn each(a: &[i32], to: &mut [i32], f: impl Fn(i32) -> i32) {
    for (a, to) in a.iter().zip(to) {
        *to = f(*a);
    }
}

#[inline(always)]
fn zip(a: &[i32], b: &[i32], to: &mut [i32], f: impl Fn(i32, i32) -> i32) {
    for ((a, b), to) in a.iter().zip(b).zip(to) {
        *to = f(*a, *b);
    }
}
