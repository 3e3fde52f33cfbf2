//! Elementwise operators, alone and fused, give what the definition gives.

use proptest::prelude::*;
use tequio_attestation::Operand;
use tequio_backend::Backend;
use tequio_tensor::{DType, Op};

use super::sketch::{Sketch, agree, bytes, config, noise, scalar};
use DType::{Bool, I8, I16, I32};

/// Operators of two operands with the types they take and give.
fn binary() -> impl Strategy<Value = (Op, DType, DType)> {
    use Op::*;
    let words = || prop::sample::select(vec![I8, I16, I32]);
    let shifts = vec![
        ArithmeticRightShift { round: false },
        ArithmeticRightShift { round: true },
        LogicalLeftShift,
        LogicalRightShift,
        BitwiseAnd,
        BitwiseOr,
        BitwiseXor,
    ];
    prop_oneof![
        prop::sample::select(vec![Add, Sub, IntDiv, Maximum, Minimum]).prop_map(|op| (op, I32, I32)),
        (prop::sample::select(shifts), words()).prop_map(|(op, ty)| (op, ty, ty)),
        prop::sample::select(vec![LogicalAnd, LogicalOr, LogicalXor]).prop_map(|op| (op, Bool, Bool)),
        prop::sample::select(vec![Equal, Greater, GreaterEqual]).prop_map(|op| (op, I32, Bool)),
        words().prop_map(|ty| (Mul, ty, I32)),
    ]
}

/// Some of a shape's lengths become 1.
fn broadcast(dims: &[u32], keep: &[bool]) -> Vec<u32> {
    dims.iter().zip(keep).map(|(&dim, &keep)| if keep { dim } else { 1 }).collect()
}

fn input(s: &mut Sketch, dtype: DType, dims: &[u32], seed: u64, values: &mut Vec<Vec<u8>>) -> Operand {
    let len = dims.iter().product::<u32>() as usize;
    // Small values too: shifts and divisors that mean something.
    let noise = noise(dtype, len, seed).into_iter().enumerate();
    let noise: Vec<i64> =
        noise.map(|(at, value)| if at % 3 == 0 { dtype.wrap(value.rem_euclid(40) - 3) } else { value }).collect();
    values.push(bytes(dtype, &noise));
    s.input(dtype, dims)
}

pub fn two_operands_broadcast_against_each_other(backend: &dyn Backend) {
    proptest!(config(200), |(
        (op, from, to) in binary(),
        dims in prop::collection::vec(1u32..=9, 0..=4),
        keep in prop::array::uniform4(prop::array::uniform2(any::<bool>())),
        constant: bool,
        shift in -3i64..70,
        seed: u64,
    )| {
        let mut s = Sketch::default();
        let mut values = Vec::new();
        let sides = [0, 1].map(|side| broadcast(&dims, &keep.map(|keep| keep[side])));
        let out: Vec<u32> = (0..dims.len()).map(|axis| sides[0][axis].max(sides[1][axis])).collect();
        let a = input(&mut s, from, &sides[0], seed, &mut values);
        let b = if constant {
            let len = sides[1].iter().product::<u32>() as usize;
            s.constant(from, &sides[1], &noise(from, len, seed + 1))
        } else {
            input(&mut s, from, &sides[1], seed + 1, &mut values)
        };
        let operands = [a, b, scalar(I8, shift)];
        let count = if op == Op::Mul { 3 } else { 2 };
        let y = s.op(op, &operands[..count], to, &out);
        s.commit(y);
        agree(backend, &s.manifest(), &values.iter().map(Vec::as_slice).collect::<Vec<_>>());
    });
}

pub fn select_broadcasts_three_operands(backend: &dyn Backend) {
    proptest!(config(200), |(
        dims in prop::collection::vec(1u32..=9, 1..=4),
        keep in prop::array::uniform4(prop::array::uniform3(any::<bool>())),
        ty in prop::sample::select(vec![Bool, I8, I16, I32]),
        seed: u64,
    )| {
        let mut s = Sketch::default();
        let mut values = Vec::new();
        let sides = [0, 1, 2].map(|side| broadcast(&dims, &keep.map(|keep| keep[side])));
        let out: Vec<u32> = (0..dims.len()).map(|axis| sides.iter().map(|side| side[axis]).max().unwrap()).collect();
        let operands = [(Bool, 0), (ty, 1), (ty, 2)]
            .map(|(ty, side)| input(&mut s, ty, &sides[side], seed + side as u64, &mut values));
        let y = s.op(Op::Select, &operands, ty, &out);
        s.commit(y);
        agree(backend, &s.manifest(), &values.iter().map(Vec::as_slice).collect::<Vec<_>>());
    });
}

pub fn one_operand(backend: &dyn Backend) {
    proptest!(config(200), |(
        which in 0usize..12,
        ty in prop::sample::select(vec![I8, I16, I32]),
        len in 1u32..=3000,
        bounds in prop::array::uniform2(any::<i8>()),
        seed: u64,
    )| {
        let mut s = Sketch::default();
        let short = if ty == I32 { I16 } else { ty };
        let (min, max) = (bounds[0].min(bounds[1]) as i64, bounds[0].max(bounds[1]) as i64);
        let zero = |dtype: DType, at: usize| scalar(dtype, bounds[at] as i64);
        let (op, from, to, more): (Op, DType, DType, Vec<Operand>) = match which {
            0 => (Op::Clamp { min, max }, short, short, vec![]),
            1 => (Op::Negate, ty, ty, vec![zero(ty, 0), zero(ty, 1)]),
            2 => (Op::Abs, I32, I32, vec![]),
            3 => (Op::Clz, I32, I32, vec![]),
            4 => (Op::BitwiseNot, ty, ty, vec![]),
            5 => (Op::LogicalNot, Bool, Bool, vec![]),
            6 => (Op::Cast, ty, Bool, vec![]),
            7 => (Op::Cast, Bool, ty, vec![]),
            8 => (Op::Cast, I32, short, vec![]),
            9 => (Op::Cast, short, I32, vec![]),
            10 => (Op::Table, I8, I8, vec![]),
            _ => (Op::Table, I16, I32, vec![]),
        };
        let x = s.input(from, &[len]);
        let mut operands = vec![x];
        operands.extend(more);
        if let Op::Table = op {
            let entries = if from == I8 { 256 } else { 513 };
            operands.push(s.constant(from, &[entries as u32], &noise(from, entries, seed)));
        }
        let y = s.op(op, &operands, to, &[len]);
        s.commit(y);
        agree(backend, &s.manifest(), &[&bytes(from, &noise(from, len as usize, seed))]);
    });
}
