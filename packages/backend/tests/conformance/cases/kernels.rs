//! Every fast kernel gives what the definition gives, on all elements.

use proptest::prelude::*;
use tequio_attestation::Operand;
use tequio_backend::Backend;
use tequio_tensor::{DType, Op, Rescale, Transposed2d, Window2d, Window3d};

use super::sketch::{Sketch, agree, bytes, config, noise, scalar};

const DOUBLE: Rescale =
    Rescale { scale32: true, double_round: true, per_channel: false, input_unsigned: false, output_unsigned: false };

/// A convolution's geometry with a padding that makes the windows end where the input does.
#[derive(Clone, Debug)]
struct Case {
    batch: u32,
    out: [u32; 2],
    channels: u32,
    columns: u32,
    kernel: [u32; 2],
    window: Window2d,
    input: [u32; 2],
    zero_points: [i64; 2],
    seed: u64,
}

fn case() -> impl Strategy<Value = Case> {
    let pair = |range: std::ops::RangeInclusive<u32>| prop::array::uniform2(range);
    let sizes = (1u32..=3, pair(1..=7), 1u32..=20, 1u32..=40, pair(1..=4));
    let steps = (pair(1..=3), pair(1..=3), prop::array::uniform4(0u32..=3));
    let zero = || prop_oneof![Just(-128i64), Just(127), Just(0), -128i64..=127];
    (sizes, steps, zero(), zero(), any::<u64>()).prop_map(|(sizes, (stride, dilation, pad), a, b, seed)| {
        let (batch, out, channels, columns, kernel) = sizes;
        let mut pad = pad;
        let mut input = [0; 2];
        for axis in 0..2 {
            let padded = (out[axis] - 1) * stride[axis] + (kernel[axis] - 1) * dilation[axis] + 1;
            // At least one element of the input must be left.
            pad[2 * axis] = pad[2 * axis].min(padded - 1);
            pad[2 * axis + 1] = pad[2 * axis + 1].min(padded - 1 - pad[2 * axis]);
            input[axis] = padded - pad[2 * axis] - pad[2 * axis + 1];
        }
        let window = Window2d { pad, stride, dilation };
        Case { batch, out, channels, columns, kernel, window, input, zero_points: [a, b], seed }
    })
}

fn rescale_constants(s: &mut Sketch, channels: u32, seed: u64) -> [Operand; 2] {
    let count = channels as usize;
    // Powers of two, whose products are ties or lose nothing, for a third of the seeds.
    let multiplier = |m: &i64| if seed.is_multiple_of(3) { 1 << (m & 30) } else { m & 0x7fff_ffff };
    let multipliers: Vec<i64> = noise(DType::I32, count, seed).iter().map(multiplier).collect();
    // From shifts too small to shifts too large, all kinds in one tensor for some seeds.
    let spread = [[38, 3], [20, 40], [33, 60], [2, 29]][seed as usize % 4];
    let shifts: Vec<i64> =
        noise(DType::I16, count, seed + 1).iter().map(|s| spread[0] + s.rem_euclid(spread[1])).collect();
    [s.constant(DType::I32, &[channels], &multipliers), s.constant(DType::I8, &[channels], &shifts)]
}

/// Convolution, rescale per channel and clamp: with the sums committed too for one half of the seeds.
fn convolve(backend: &dyn Backend, case: &Case, depthwise: bool, single: bool) {
    let mut s = Sketch::default();
    let Case { batch, out, channels, columns, kernel, window, input, zero_points, seed } = case.clone();
    let dims = [batch, input[0], input[1], channels];
    let x = s.input(DType::I8, &dims);
    let multiplier = columns % 3 + 1;
    let columns = if depthwise { channels * multiplier } else { columns };
    let shape = if depthwise {
        [kernel[0], kernel[1], channels, multiplier]
    } else {
        [columns, kernel[0], kernel[1], channels]
    };
    let weights = s.constant(DType::I8, &shape, &noise(DType::I8, shape.iter().product::<u32>() as usize, seed + 2));
    let biases = if single { 1 } else { columns };
    let bias = s.constant(DType::I32, &[biases], &noise(DType::I32, biases as usize, seed + 3));
    let zero = zero_points.map(|value| scalar(DType::I8, value));
    let op = if depthwise { Op::DepthwiseConv2d(window) } else { Op::Conv2d(window) };
    let to = [batch, out[0], out[1], columns];
    let sums = s.op(op, &[x, weights, bias, zero[0], zero[1]], DType::I32, &to);
    let [multiplier, shift] = rescale_constants(&mut s, columns, seed);
    let attributes = Rescale { per_channel: true, double_round: seed % 3 > 0, ..DOUBLE };
    let scaled = s.op(
        Op::Rescale(attributes),
        &[sums, multiplier, shift, scalar(DType::I32, 0), scalar(DType::I8, zero_points[1])],
        DType::I8,
        &to,
    );
    let clamped = s.op(Op::Clamp { min: -100, max: 111 }, &[scaled], DType::I8, &to);
    s.commit(clamped);
    if seed % 2 == 0 {
        s.commit(sums);
    }
    let values = noise(DType::I8, dims.iter().product::<u32>() as usize, seed + 4);
    agree(backend, &s.manifest(), &[&bytes(DType::I8, &values)]);
}

pub fn conv2d_is_its_definition(backend: &dyn Backend) {
    proptest!(config(64), |(case in case(), single: bool)| {
        convolve(backend, &case, false, single);
    });
}

pub fn depthwise_conv2d_is_its_definition(backend: &dyn Backend) {
    proptest!(config(64), |(case in case(), single: bool)| {
        convolve(backend, &case, true, single);
    });
}

pub fn conv3d_is_its_definition(backend: &dyn Backend) {
    let sides = || (1u32..=4, 1u32..=3, 1u32..=3, 1u32..=2, prop::array::uniform2(0u32..=2));
    proptest!(config(64), |(
        batch in 1u32..=3,
        sides in prop::array::uniform3(sides()),
        channels in 1u32..=9,
        columns in 1u32..=20,
        zero in prop::array::uniform2(-128i64..=127),
        seed: u64,
    )| {
        // Output length, kernel, stride, dilation; at least one element of the input must be left.
        let padded = sides.map(|(out, kernel, stride, dilation, _)| (out - 1) * stride + (kernel - 1) * dilation + 1);
        let pads: [[u32; 2]; 3] = std::array::from_fn(|axis| {
            let [before, after] = sides[axis].4;
            let before = before.min(padded[axis] - 1);
            [before, after.min(padded[axis] - 1 - before)]
        });
        let input: [u32; 3] = std::array::from_fn(|axis| padded[axis] - pads[axis][0] - pads[axis][1]);
        let (out, kernel) = (sides.map(|side| side.0), sides.map(|side| side.1));
        let pad = pads.concat().try_into().unwrap();
        let window = Window3d { pad, stride: sides.map(|side| side.2), dilation: sides.map(|side| side.3) };
        let mut s = Sketch::default();
        let dims = [batch, input[0], input[1], input[2], channels];
        let x = s.input(DType::I8, &dims);
        let shape = [columns, kernel[0], kernel[1], kernel[2], channels];
        let count = |dims: &[u32]| dims.iter().product::<u32>() as usize;
        let weights = s.constant(DType::I8, &shape, &noise(DType::I8, count(&shape), seed));
        let bias = s.constant(DType::I32, &[columns], &noise(DType::I32, columns as usize, seed + 1));
        let zero = zero.map(|value| scalar(DType::I8, value));
        let to = [batch, out[0], out[1], out[2], columns];
        let sums = s.op(Op::Conv3d(window), &[x, weights, bias, zero[0], zero[1]], DType::I32, &to);
        let y = s.op(Op::Add, &[sums, sums], DType::I32, &to);
        s.commit(y);
        if seed % 2 == 0 {
            s.commit(sums);
        }
        agree(backend, &s.manifest(), &[&bytes(DType::I8, &noise(DType::I8, count(&dims), seed + 2))]);
    });
}

pub fn transpose_conv2d_is_its_definition(backend: &dyn Backend) {
    let side = || (1u32..=5, 1u32..=4, 1u32..=3, prop::array::uniform2(-3i32..=2));
    proptest!(config(64), |(
        batch in 1u32..=3,
        sides in prop::array::uniform2(side()),
        channels in 1u32..=20,
        columns in 1u32..=40,
        zero in prop::array::uniform2(-128i64..=127),
        wide: bool,
        seed: u64,
    )| {
        // Less than the kernel is cropped, and something is left.
        let lengths = sides.map(|(input, kernel, stride, pad)| {
            let pad = pad.map(|pad| pad.max(1 - kernel as i32));
            let whole = ((input - 1) * stride + kernel) as i32;
            let pad = [pad[0], pad[1].max(1 - whole - pad[0])];
            (pad, (whole + pad[0] + pad[1]) as u32)
        });
        prop_assume!((0..2).all(|side| lengths[side].0[1] > -(sides[side].1 as i32)));
        let [(down, height), (across, width)] = lengths;
        let window = Transposed2d {
            out_pad: [down[0], down[1], across[0], across[1]],
            stride: sides.map(|side| side.2),
        };
        let (from, sums) = if wide { (DType::I16, DType::I48) } else { (DType::I8, DType::I32) };
        let mut s = Sketch::default();
        let dims = [batch, sides[0].0, sides[1].0, channels];
        let x = s.input(from, &dims);
        let shape = [columns, sides[0].1, sides[1].1, channels];
        let count = |dims: &[u32]| dims.iter().product::<u32>() as usize;
        let weights = s.constant(DType::I8, &shape, &noise(DType::I8, count(&shape), seed));
        let bias = s.constant(sums, &[columns], &noise(DType::I32, columns as usize, seed + 1));
        let zero = if wide { [0, 0] } else { zero };
        let zero = [scalar(from, zero[0]), scalar(DType::I8, zero[1])];
        let to = [batch, height, width, columns];
        let y = s.op(Op::TransposeConv2d(window), &[x, weights, bias, zero[0], zero[1]], sums, &to);
        if wide {
            let attributes = Rescale { scale32: false, double_round: false, ..DOUBLE };
            let multiplier = s.constant(DType::I16, &[1], &[23_456]);
            let operands = [y, multiplier, scalar(DType::I8, 33), scalar(sums, 0), scalar(from, 0)];
            let scaled = s.op(Op::Rescale(attributes), &operands, from, &to);
            s.commit(scaled);
        } else {
            s.commit(y);
        }
        agree(backend, &s.manifest(), &[&bytes(from, &noise(from, count(&dims), seed + 2))]);
    });
}

pub fn matmul_is_its_definition(backend: &dyn Backend) {
    proptest!(config(64), |(
        dims in (1u32..=3, 1u32..=40, 1u32..=40, 1u32..=40),
        zero in prop::array::uniform2(-128i64..=127),
        seed: u64,
    )| {
        let (n, h, c, w) = dims;
        let mut s = Sketch::default();
        let a = s.input(DType::I8, &[n, h, c]);
        let b = s.input(DType::I8, &[n, c, w]);
        let zero = zero.map(|value| scalar(DType::I8, value));
        let product = s.op(Op::MatMul, &[a, b, zero[0], zero[1]], DType::I32, &[n, h, w]);
        s.commit(product);
        let left = bytes(DType::I8, &noise(DType::I8, (n * h * c) as usize, seed));
        let right = bytes(DType::I8, &noise(DType::I8, (n * c * w) as usize, seed + 1));
        agree(backend, &s.manifest(), &[&left, &right]);
    });
}

pub fn rescale_is_its_definition(backend: &dyn Backend) {
    proptest!(config(64), |(
        from in 0usize..3,
        to in 0usize..3,
        channels in 1u32..=20,
        flags in prop::array::uniform5(any::<bool>()),
        seed: u64,
    )| {
        let types = [DType::I8, DType::I16, DType::I32];
        let (from, to) = (types[from], types[to]);
        let [scale32, double, per_channel, unsigned_in, unsigned_out] = flags;
        let attributes = Rescale {
            scale32,
            double_round: double && scale32,
            per_channel,
            input_unsigned: unsigned_in && from != DType::I32 && to != DType::I32,
            output_unsigned: unsigned_out && !unsigned_in && from != DType::I32 && to != DType::I32,
        };
        let mut s = Sketch::default();
        let x = s.input(from, &[7, channels]);
        let count = if per_channel { channels } else { 1 };
        let [multiplier, shift] = rescale_constants(&mut s, count, seed);
        let multiplier = if scale32 { multiplier } else {
            s.constant(DType::I16, &[count], &noise(DType::I16, count as usize, seed))
        };
        let zero = noise(DType::I8, 2, seed + 9);
        let y = s.op(
            Op::Rescale(attributes),
            &[x, multiplier, shift, scalar(from, zero[0]), scalar(to, zero[1])],
            to,
            &[7, channels],
        );
        s.commit(y);
        agree(backend, &s.manifest(), &[&bytes(from, &noise(from, 7 * channels as usize, seed + 5))]);
    });
}

/// What networks add to what skips layers: two int8, each scaled to int32, and their sum scaled to int8 again. Mostly such that
/// the sum is almost a line's.
pub fn residual_sums_are_their_definition(backend: &dyn Backend) {
    proptest!(config(150), |(
        channels in 1u32..=40,
        flags in prop::array::uniform5(any::<bool>()),
        zero in prop::array::uniform3(-128i64..=127),
        shifts in prop::array::uniform3(0i64..=6),
        clamp: bool,
        seed: u64,
    )| {
        let [convolved, swapped, double_round, steep, same] = flags;
        let dims = [2, 3, 5, channels];
        let mut s = Sketch::default();
        let scale = |s: &mut Sketch, x, from: DType, to: DType, [zero_in, zero_out]: [i64; 2], shift: i64, at: u64| {
            let multiplier = match (seed + at) % 3 {
                0 => 1 << 30,
                _ => noise(DType::I32, 1, seed + at)[0] & 0x3fff_ffff | 1 << 30,
            };
            let multiplier = s.constant(DType::I32, &[1], &[multiplier]);
            let operands = [x, multiplier, scalar(DType::I8, shift), scalar(from, zero_in), scalar(to, zero_out)];
            s.op(Op::Rescale(Rescale { double_round, ..DOUBLE }), &operands, to, &dims)
        };
        let mut inputs = vec![bytes(DType::I8, &noise(DType::I8, 30 * channels as usize, seed))];
        let x = s.input(DType::I8, &dims);
        let skipped = if same { x } else {
            inputs.push(bytes(DType::I8, &noise(DType::I8, 30 * channels as usize, seed + 1)));
            s.input(DType::I8, &dims)
        };
        let mut a = x;
        if convolved {
            let shape = [channels, 1, 1, channels];
            let weights = s.constant(DType::I8, &shape, &noise(DType::I8, (channels * channels) as usize, seed + 2));
            let bias = s.constant(DType::I32, &[1], &[77]);
            let window = Window2d { pad: [0; 4], stride: [1; 2], dilation: [1; 2] };
            let sums = s.op(Op::Conv2d(window), &[x, weights, bias, scalar(DType::I8, 5), scalar(DType::I8, 0)], DType::I32, &dims);
            a = scale(&mut s, sums, DType::I32, DType::I8, [0, zero[0]], 37, 3);
        }
        // Twenty bits to the left, about, and back; steep ones wrap.
        let left = if steep { 6 } else { 11 };
        let a = scale(&mut s, a, DType::I8, DType::I32, [zero[0], 0], left + shifts[0], 4);
        let b = scale(&mut s, skipped, DType::I8, DType::I32, [zero[1], 0], left + shifts[1], 5);
        let operands = if swapped { [b, a] } else { [a, b] };
        let sum = s.op(Op::Add, &operands, DType::I32, &dims);
        let mut y = scale(&mut s, sum, DType::I32, DType::I8, [0, zero[2]], 47 + shifts[2], 6);
        if clamp {
            y = s.op(Op::Clamp { min: zero[2].min(0), max: 127 }, &[y], DType::I8, &dims);
        }
        s.commit(y);
        agree(backend, &s.manifest(), &inputs.iter().map(|input| &input[..]).collect::<Vec<_>>());
    });
}

/// Sums at their extremes: −128 · −128 over long rows and biases at the ends of int32, where they wrap.
pub fn extreme_sums_wrap(backend: &dyn Backend) {
    for (value, weight, bias) in [(-128, -128, i32::MAX), (-128, 127, i32::MIN), (127, 127, 0), (-128, -128, 0)] {
        let (channels, columns) = (4096, 17);
        let mut s = Sketch::default();
        let x = s.input(DType::I8, &[1, 2, 2, channels]);
        let weights = s.constant(DType::I8, &[columns, 2, 2, channels], &vec![weight; 4 * 4096 * 17]);
        let bias = s.constant(DType::I32, &[1], &[bias as i64]);
        let window = Window2d { pad: [1; 4], stride: [1; 2], dilation: [1; 2] };
        let zero = [scalar(DType::I8, 127), scalar(DType::I8, if weight < 0 { 127 } else { -128 })];
        let sums = s.op(Op::Conv2d(window), &[x, weights, bias, zero[0], zero[1]], DType::I32, &[1, 3, 3, columns]);
        s.commit(sums);
        agree(backend, &s.manifest(), &[&bytes(DType::I8, &vec![value; 4 * 4096])]);
    }
}

/// Int4 weights come as bytes.
pub fn int4_weights(backend: &dyn Backend) {
    let mut s = Sketch::default();
    let x = s.input(DType::I8, &[2, 5, 5, 3]);
    let weights = s.constant(DType::I4, &[9, 3, 3, 3], &noise(DType::I4, 9 * 27, 5));
    let bias = s.constant(DType::I32, &[9], &noise(DType::I32, 9, 6));
    let window = Window2d { pad: [1; 4], stride: [1; 2], dilation: [1; 2] };
    let zero = [scalar(DType::I8, 3), scalar(DType::I4, 0)];
    let sums = s.op(Op::Conv2d(window), &[x, weights, bias, zero[0], zero[1]], DType::I32, &[2, 5, 5, 9]);
    s.commit(sums);
    agree(backend, &s.manifest(), &[&bytes(DType::I8, &noise(DType::I8, 150, 7))]);
}

/// Batches that are laid out group by group, the last smaller.
pub fn batches_in_groups(backend: &dyn Backend) {
    for (depthwise, columns) in [(false, 19), (true, 16)] {
        let case = Case {
            batch: 5,
            out: [12, 12],
            channels: 16,
            columns,
            kernel: [3, 3],
            window: Window2d { pad: [1; 4], stride: [1; 2], dilation: [1; 2] },
            input: [12, 12],
            zero_points: [-3, 0],
            seed: 4,
        };
        convolve(backend, &case, depthwise, false);
    }
}
