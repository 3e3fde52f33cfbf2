//! Contractions of int16, whose sums have 48 bits: of few and of many, with and without what reads them.

use proptest::prelude::*;
use tequio_attestation::Operand;
use tequio_backend::Backend;
use tequio_tensor::{
    DType::{self, I8, I16, I48},
    Op, Rescale, Window2d,
};

use super::sketch::{Sketch, agree, bytes, config, noise, scalar};

/// Values of a type: all kinds, or its extremes, which make sums the largest.
fn values(dtype: DType, count: u32, extreme: bool, seed: u64) -> Vec<i64> {
    let value = |value: i64| match extreme {
        true if value % 3 == 0 => dtype.max(),
        true => dtype.min(),
        false => value,
    };
    noise(dtype, count as usize, seed).into_iter().map(value).collect()
}

/// Scales `sums` to int16 or int8 and commits to that, and to the sums too if they are `seen`.
fn scale(s: &mut Sketch, sums: Operand, per_channel: bool, seen: bool, seed: u64) {
    let shape = s.ty(&sums).shape;
    let count = if per_channel { shape.dims()[shape.rank() - 1] } else { 1 };
    let multiplier = s.constant(I16, &[count], &noise(I16, count as usize, seed));
    let shifts: Vec<i64> = noise(I8, count as usize, seed + 1).iter().map(|shift| 14 + shift.rem_euclid(30)).collect();
    let shift = s.constant(I8, &[count], &shifts);
    let to = if seed.is_multiple_of(3) { I8 } else { I16 };
    let attributes =
        Rescale { scale32: false, double_round: false, per_channel, input_unsigned: false, output_unsigned: false };
    let zero = if to == I8 { -(seed as i64 % 2) << 7 } else { 0 };
    let operands = [sums, multiplier, shift, scalar(I48, 0), scalar(to, zero)];
    let scaled = s.op(Op::Rescale(attributes), &operands, to, shape.dims());
    let clamped = s.op(Op::Clamp { min: -100, max: to.max() - 10 }, &[scaled], to, shape.dims());
    s.commit(if seed.is_multiple_of(2) { scaled } else { clamped });
    if seen {
        // By its name, or by another.
        let named = s.op(Op::Identity, &[sums], I48, shape.dims());
        s.commit(if seed.is_multiple_of(2) { sums } else { named });
    }
}

pub fn convolutions_are_their_definition(backend: &dyn Backend) {
    proptest!(config(64), |(
        out in prop::array::uniform2(1u32..=5),
        kernel in prop::array::uniform2(1u32..=3),
        // Up to twice as many as 32 bits are enough for.
        channels in prop_oneof![1u32..=20, 1u32..=250],
        columns in 1u32..=40,
        flags in prop::array::uniform5(any::<bool>()),
        seed: u64,
    )| {
        let [depthwise, extreme, per_channel, seen, small_bias] = flags;
        let mut s = Sketch::default();
        let window = Window2d { pad: [1, 0, 0, 1], stride: [1; 2], dilation: [1; 2] };
        let input = [out[0] + kernel[0] - 1, out[1] + kernel[1] - 1].map(|length| length.max(2) - 1);
        let out = [0, 1].map(|axis| input[axis] + 2 - kernel[axis]);
        prop_assume!(out.iter().all(|length| (1..10).contains(length)));
        let x = s.input(I16, &[2, input[0], input[1], channels]);
        let multiplier = columns % 3 + 1;
        let columns = if depthwise { channels * multiplier } else { columns };
        let shape = if depthwise {
            [kernel[0], kernel[1], channels, multiplier]
        } else {
            [columns, kernel[0], kernel[1], channels]
        };
        let weights = values(I8, shape.iter().product(), extreme, seed);
        let weights = s.constant(I8, &shape, &weights);
        let bias = noise(if small_bias { I16 } else { I48 }, columns as usize, seed + 1);
        let bias = s.constant(I48, &[columns], &bias);
        let op = if depthwise { Op::DepthwiseConv2d(window) } else { Op::Conv2d(window) };
        let zero = scalar(I16, if seed.is_multiple_of(7) { 3 } else { 0 });
        let sums = s.op(op, &[x, weights, bias, zero, scalar(I8, 0)], I48, &[2, out[0], out[1], columns]);
        scale(&mut s, sums, per_channel, seen, seed);
        let input = values(I16, 2 * input[0] * input[1] * channels, extreme, seed + 2);
        agree(backend, &s.manifest(), &[&bytes(I16, &input)]);
    });
}

pub fn products_are_their_definition(backend: &dyn Backend) {
    proptest!(config(64), |(
        dims in (1u32..=3, 1u32..=9, prop_oneof![1u32..=40, 200u32..=600], 1u32..=20),
        flags in prop::array::uniform3(any::<bool>()),
        seed: u64,
    )| {
        let (n, h, c, w) = dims;
        let [extreme, per_channel, seen] = flags;
        let mut s = Sketch::default();
        let a = s.input(I16, &[n, h, c]);
        let b = s.input(I16, &[n, c, w]);
        let zero = [0, if seed.is_multiple_of(7) { -9 } else { 0 }].map(|value| scalar(I16, value));
        let sums = s.op(Op::MatMul, &[a, b, zero[0], zero[1]], I48, &[n, h, w]);
        scale(&mut s, sums, per_channel, seen, seed);
        let left = bytes(I16, &values(I16, n * h * c, extreme, seed + 2));
        let right = bytes(I16, &values(I16, n * c * w, extreme, seed + 3));
        agree(backend, &s.manifest(), &[&left, &right]);
    });
}

/// The longest sums that 32 bits are enough for, and one more.
pub fn sums_at_the_edge(backend: &dyn Backend) {
    for (channels, bias) in [(511, 128 * 32768 - 1), (511, 128 * 32768), (512, 0), (1024, -1)] {
        for (value, weight) in [(-32768, -128), (32767, -128), (-32768, 127)] {
            let mut s = Sketch::default();
            let x = s.input(I16, &[1, 1, 2, channels]);
            let weights = s.constant(I8, &[3, 1, 1, channels], &vec![weight; 3 * channels as usize]);
            let bias = s.constant(I48, &[1], &[bias]);
            let window = Window2d { pad: [0; 4], stride: [1; 2], dilation: [1; 2] };
            let operands = [x, weights, bias, scalar(I16, 0), scalar(I8, 0)];
            let sums = s.op(Op::Conv2d(window), &operands, I48, &[1, 1, 2, 3]);
            scale(&mut s, sums, false, false, 1);
            agree(backend, &s.manifest(), &[&bytes(I16, &vec![value; 2 * channels as usize])]);
        }
    }
}
