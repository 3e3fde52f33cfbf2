//! A small network and much else: most ops, several types, chains of virtual tensors, operands read more than once.

use tequio_attestation::{Manifest, Operand};
use tequio_tensor::{DType, Op, Pool2d, Rescale, Window2d};

use crate::program::{Builder, bytes, scalar};

const PLAIN: Rescale =
    Rescale { scale32: true, double_round: false, per_channel: false, input_unsigned: false, output_unsigned: false };

/// Tickets of the committed tensors, in the order of their slots; together all of them.
pub const TICKETS: [(u32, u32); 7] = [
    (0, 0x3fff_ffff),
    (0x4000_0000, 0x6fff_ffff),
    (0x7000_0000, 0x8fff_ffff),
    (0x9000_0000, 0xafff_ffff),
    (0xb000_0000, 0xcfff_ffff),
    (0xd000_0000, 0xefff_ffff),
    (0xf000_0000, 0xffff_ffff),
];

/// The slot whose elements are one or the other of two tensors.
pub const CHOOSES: usize = 2;

pub fn program() -> Manifest {
    use DType::*;
    let mut b = Builder::default();
    let image = b.input(I8, &[1, 5, 5, 2], 6, 10);
    let picks = b.input(I32, &[1, 4], 6, 4);

    let filters = b.constant(I8, &[4, 3, 3, 2], 18, |i| (i * 37) % 255 - 127);
    let bias = b.constant(I32, &[4], 4, |i| i * 500 - 700);
    let multipliers = b.constant(I32, &[4], 4, |i| (1 << 30) + i * 12_345_678);
    let shifts = b.constant(I8, &[4], 4, |i| 38 + i);
    let convolved = b.recomputed(
        Op::Conv2d(Window2d { pad: [1; 4], stride: [1, 1], dilation: [1, 1] }),
        &[image, filters, bias, scalar(I8, -3), scalar(I8, 0)],
        I32,
        &[1, 5, 5, 4],
    );
    let rescaled = b.recomputed(
        Op::Rescale(Rescale { double_round: true, per_channel: true, ..PLAIN }),
        &[convolved, multipliers, shifts, scalar(I32, 0), scalar(I8, -5)],
        I8,
        &[1, 5, 5, 4],
    );
    let clamped = Op::Clamp { min: -100, max: 120 };
    let first = b.committed(clamped, &[rescaled], I8, &[1, 5, 5, 4], (6, 20), TICKETS[0]);

    let second = depthwise(&mut b, first);
    let third = residual(&mut b, first, second);
    let fourth = attention(&mut b, third, picks);
    let outputs = pooled(&mut b, third, fourth);
    b.finish(&outputs)
}

/// Depthwise convolution (dilated), rescaled with one multiplier, looked up in a table of 256.
fn depthwise(b: &mut Builder, from: Operand) -> Operand {
    use DType::*;
    let filters = b.constant(I4, &[2, 2, 4, 1], 16, |i| (i * 5) % 15 - 7);
    let table = b.constant(I8, &[256], 256, |i| (i * i) % 251 - 125);
    let convolved = b.recomputed(
        Op::DepthwiseConv2d(Window2d { pad: [0, 2, 1, 1], stride: [1, 1], dilation: [2, 2] }),
        &[from, filters, scalar(I32, 40), scalar(I8, -5), scalar(I4, 0)],
        I32,
        &[1, 5, 5, 4],
    );
    let rescaled = b.recomputed(
        Op::Rescale(PLAIN),
        &[convolved, scalar(I32, 1_500_000_000), scalar(I8, 33), scalar(I32, 0), scalar(I8, 2)],
        I8,
        &[1, 5, 5, 4],
    );
    b.committed(Op::Table, &[rescaled, table], I8, &[1, 5, 5, 4], (7, 100), TICKETS[1])
}

/// One of two activations, chosen by whether the first is even, so that the other's leaves are not read; as int16.
fn residual(b: &mut Builder, first: Operand, second: Operand) -> Operand {
    use DType::*;
    let dims = &[1, 5, 5, 4];
    let own = |b: &mut Builder, op, operands: &[Operand], dtype| b.recomputed(op, operands, dtype, dims);
    let one = |value| Operand::Scalar { dtype: I32, rank: 4, value };
    let a = own(b, Op::Cast, &[first], I32);
    let c = own(b, Op::Cast, &[second], I32);
    let sum = own(b, Op::Add, &[c, one(31)], I32);
    let shifted = own(b, Op::ArithmeticRightShift { round: true }, &[sum, one(1)], I32);
    let larger = own(b, Op::Maximum, &[a, one(-90)], I32);
    let low = own(b, Op::BitwiseAnd, &[a, one(1)], I32);
    let even = own(b, Op::Equal, &[low, one(0)], Bool);
    let chosen = own(b, Op::Select, &[even, larger, shifted], I32);
    let scaled = Op::Rescale(Rescale { scale32: false, ..PLAIN });
    let operands = [chosen, scalar(I16, 20_000), scalar(I8, 11), scalar(I32, 0), scalar(I16, 0)];
    b.committed(scaled, &operands, I16, dims, (6, 20), TICKETS[2])
}

/// Rows picked by an input, times their transpose.
fn attention(b: &mut Builder, from: Operand, picks: Operand) -> Operand {
    use DType::*;
    let rows = b.recomputed(Op::Reshape, &[from], I16, &[1, 25, 4]);
    let picked = b.recomputed(Op::Gather, &[rows, picks], I16, &[1, 4, 4]);
    let turned = b.recomputed(Op::Reverse { axis: 1 }, &[picked], I16, &[1, 4, 4]);
    let perms = [0, 2, 1, 0, 0, 0];
    let transposed = b.recomputed(Op::Transpose { perms }, &[turned], I16, &[1, 4, 4]);
    let operands = [picked, transposed, scalar(I16, 3), scalar(I16, -2)];
    b.committed(Op::MatMul, &operands, I48, &[1, 4, 4], (6, 16), TICKETS[3])
}

/// Pools, pads, joins, slices and reductions of what came before.
fn pooled(b: &mut Builder, image: Operand, products: Operand) -> [Operand; 2] {
    use DType::*;
    let pool = Pool2d { kernel: [3, 3], stride: [2, 2], pad: [1, 1, 1, 1] };
    let averaged = b.recomputed(Op::AvgPool2d(pool), &[image, scalar(I16, 0), scalar(I16, 0)], I16, &[1, 3, 3, 4]);
    let largest = b.recomputed(Op::MaxPool2d(pool), &[image], I16, &[1, 3, 3, 4]);
    let joined = b.committed(Op::Concat { axis: 3 }, &[averaged, largest], I16, &[1, 3, 3, 8], (6, 72), TICKETS[4]);
    let table = b.constant(I16, &[513], 513, |i| (i - 256) * 60);
    let looked_up = b.recomputed(Op::Table, &[joined, table], I32, &[1, 3, 3, 8]);
    let shifted = b.recomputed(
        Op::LogicalRightShift,
        &[looked_up, Operand::Scalar { dtype: I32, rank: 4, value: 7 }],
        I32,
        &[1, 3, 3, 8],
    );
    let (before, after) = ([0, 1, 0, 0, 0, 0], [0, 0, 2, 0, 0, 0]);
    let padded = b.recomputed(Op::Pad { before, after }, &[shifted, scalar(I32, 9)], I32, &[1, 4, 5, 8]);
    let part = b.recomputed(Op::Slice { start: [0, 0, 1, 2, 0, 0] }, &[padded], I32, &[1, 4, 4, 2]);
    let sums = b.committed(Op::ReduceSum { axis: 1 }, &[part], I32, &[1, 1, 4, 2], (6, 8), TICKETS[5]);

    let narrowed = Op::Rescale(Rescale { scale32: false, ..PLAIN });
    let operands = [products, scalar(I16, 32_000), scalar(I8, 30), scalar(I48, 0), scalar(I8, 0)];
    let small = b.recomputed(narrowed, &operands, I8, &[1, 4, 4]);
    let tiled = b.recomputed(Op::Tile, &[small], I8, &[1, 4, 8]);
    let best = b.committed(Op::ArgMax { axis: 2 }, &[tiled], I32, &[1, 4], (6, 4), TICKETS[6]);
    [best, sums]
}

pub fn inputs() -> Vec<Vec<Vec<u8>>> {
    let image = |shard: i64| -> Vec<i64> { (0..50).map(|i| (shard * 91 + i * i * 7) % 256 - 128).collect() };
    // Some picks lie outside: they are clamped.
    let picks = |shard: i64| [shard, 24, -3, 40 - shard * 9];
    (0..6).map(|shard| vec![bytes(DType::I8, &image(shard)), bytes(DType::I32, &picks(shard))]).collect()
}
