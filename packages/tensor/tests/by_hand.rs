//! Values worked out by hand, at the edges where an implementation goes wrong.

mod harness;

use DType::{Bool, I8, I16, I32, I48};
use harness::Tensors;
use tequio_tensor::{DType, Op, Pool2d, Rescale, Resize, Transposed2d, Type, Window2d, Window3d, check, eval};

const SCALE: Rescale =
    Rescale { scale32: true, double_round: false, per_channel: false, input_unsigned: false, output_unsigned: false };

fn ty(dtype: DType, dims: &[u32]) -> Type {
    Type::new(dtype, dims).unwrap()
}

/// The output of a checked operator.
fn run(op: Op, ins: &[(DType, &[u32], &[i64])], out: Type) -> Vec<i64> {
    let types: Vec<_> = ins.iter().map(|(dtype, dims, _)| ty(*dtype, dims)).collect();
    check(&op, &types, &out).unwrap_or_else(|refusal| panic!("{op:?}: {refusal}"));
    Tensors::new(types, ins.iter().map(|(_, _, values)| values.to_vec()).collect()).run(&op, &out)
}

/// A binary operator over two vectors of one type.
fn binary(op: Op, dtype: DType, a: &[i64], b: &[i64], out: DType) -> Vec<i64> {
    let dims = &[a.len() as u32][..];
    run(op, &[(dtype, dims, a), (dtype, dims, b)], ty(out, dims))
}

fn unary(op: Op, dtype: DType, a: &[i64], out: DType) -> Vec<i64> {
    let dims = &[a.len() as u32][..];
    run(op, &[(dtype, dims, a)], ty(out, dims))
}

fn rescale(r: Rescale, input: (DType, &[i64]), multiplier: i64, shift: i64, zps: (i64, i64), out: DType) -> Vec<i64> {
    let dims = &[input.1.len() as u32][..];
    let kind = if r.scale32 { I32 } else { I16 };
    let ins: [(DType, &[u32], &[i64]); 5] = [
        (input.0, dims, input.1),
        (kind, &[1], &[multiplier]),
        (I8, &[1], &[shift]),
        (input.0, &[1], &[zps.0]),
        (out, &[1], &[zps.1]),
    ];
    run(Op::Rescale(r), &ins, ty(out, dims))
}

#[test]
fn a_convolution_skips_its_padding_whatever_the_zero_point() {
    // One tap of four lies inside: (7 − 5) · 3 + 100.
    let window = Window2d { pad: [1, 0, 1, 0], stride: [1, 1], dilation: [1, 1] };
    let out = run(
        Op::Conv2d(window),
        &[
            (I8, &[1, 1, 1, 1], &[7]),
            (I8, &[1, 2, 2, 1], &[9, 9, 9, 4]),
            (I32, &[1], &[100]),
            (I8, &[1], &[5]),
            (I8, &[1], &[1]),
        ],
        ty(I32, &[1, 1, 1, 1]),
    );
    assert_eq!(out, [106]);
}

#[test]
fn a_convolution_of_volumes_reads_plane_after_plane() {
    // Every other of three planes, and one of padding behind.
    let window = Window3d { pad: [0, 1, 0, 0, 0, 0], stride: [1, 1, 1], dilation: [2, 1, 1] };
    let ins: [(DType, &[u32], &[i64]); 5] = [
        (I8, &[1, 3, 1, 2, 1], &[1, 2, 3, 4, 5, 6]),
        (I8, &[1, 2, 1, 2, 1], &[1, 10, 100, 1000]),
        (I32, &[1], &[7]),
        (I8, &[1], &[1]),
        (I8, &[1], &[0]),
    ];
    assert_eq!(run(Op::Conv3d(window), &ins, ty(I32, &[1, 2, 1, 1, 1])), [5417, 39]);
    let types = ins.map(|(dtype, dims, _)| ty(dtype, dims));
    let mut tensors = Tensors::new(types.to_vec(), ins.map(|(_, _, values)| values.to_vec()).to_vec());
    let Ok(_) = eval(&Op::Conv3d(window), &types, &ty(I32, &[1, 2, 1, 1, 1]), 0, &mut tensors);
    let products = [(0, 0), (1, 0), (0, 1), (1, 1), (0, 4), (1, 2), (0, 5), (1, 3)];
    assert_eq!(tensors.reads, [&[(3, 0), (4, 0), (2, 0)][..], &products].concat());
}

#[test]
fn depthwise_channels_are_input_channel_times_multiplier_plus_m() {
    let window = Window2d { pad: [0; 4], stride: [1, 1], dilation: [1, 1] };
    let out = run(
        Op::DepthwiseConv2d(window),
        &[
            (I8, &[1, 1, 1, 2], &[10, 100]),
            (I8, &[1, 1, 2, 2], &[1, 2, 3, 4]),
            (I32, &[4], &[0, 1000, 2000, 3000]),
            (I8, &[1], &[0]),
            (I8, &[1], &[0]),
        ],
        ty(I32, &[1, 1, 1, 4]),
    );
    assert_eq!(out, [10, 1020, 2300, 3400]);
}

#[test]
fn a_transposed_convolution_spreads_and_crops() {
    // Inputs 7 and 9 less zero point 5 land at 0 and 3, cropped by 1: the gap holds the bias.
    let transposed = Transposed2d { out_pad: [0, 0, -1, 1], stride: [1, 3] };
    let out = run(
        Op::TransposeConv2d(transposed),
        &[
            (I8, &[1, 1, 2, 1], &[7, 9]),
            (I8, &[1, 1, 2, 1], &[10, 100]),
            (I32, &[1], &[1]),
            (I8, &[1], &[5]),
            (I8, &[1], &[0]),
        ],
        ty(I32, &[1, 1, 5, 1]),
    );
    assert_eq!(out, [201, 1, 41, 401, 1]);
}

#[test]
fn accumulators_wrap_at_the_width_of_the_output() {
    let window = Window2d { pad: [0; 4], stride: [1, 1], dilation: [1, 1] };
    let conv = |input: DType, out: DType, bias: i64| {
        run(
            Op::Conv2d(window),
            &[
                (input, &[1, 1, 1, 1], &[1]),
                (I8, &[1, 1, 1, 1], &[1]),
                (out, &[1], &[bias]),
                (input, &[1], &[0]),
                (I8, &[1], &[0]),
            ],
            ty(out, &[1, 1, 1, 1]),
        )
    };
    assert_eq!(conv(I8, I32, i64::from(i32::MAX)), [i64::from(i32::MIN)]);
    assert_eq!(conv(I16, I48, i64::from(i32::MAX)), [1 << 31]);
    assert_eq!(conv(I16, I48, (1 << 47) - 1), [-(1 << 47)]);
}

#[test]
fn int16_matmul_needs_more_than_32_bits() {
    let (a, b) = ([-32768; 4], [-32768; 4]);
    let ins: [(DType, &[u32], &[i64]); 4] =
        [(I16, &[1, 1, 4], &a), (I16, &[1, 4, 1], &b), (I16, &[1], &[0]), (I16, &[1], &[0])];
    assert_eq!(run(Op::MatMul, &ins, ty(I48, &[1, 1, 1])), [1 << 32]);
}

#[test]
fn an_average_counts_no_padding_and_rounds_half_away_from_zero() {
    let pool = Pool2d { kernel: [2, 2], stride: [1, 1], pad: [1, 0, 1, 0] };
    let ins: [(DType, &[u32], &[i64]); 3] = [(I8, &[1, 2, 2, 1], &[1, 2, 4, 8]), (I8, &[1], &[0]), (I8, &[1], &[0])];
    // 1; (1 + 2) / 2; (1 + 4) / 2; 15 / 4
    assert_eq!(run(Op::AvgPool2d(pool), &ins, ty(I8, &[1, 2, 2, 1])), [1, 2, 3, 4]);
    let negative: [(DType, &[u32], &[i64]); 3] =
        [(I8, &[1, 2, 2, 1], &[-1, -2, -4, -8]), (I8, &[1], &[0]), (I8, &[1], &[0])];
    // −1; −1.5; −2.5; −3.75: the reciprocal is a little too large.
    assert_eq!(run(Op::AvgPool2d(pool), &negative, ty(I8, &[1, 2, 2, 1])), [-1, -2, -3, -4]);
    let zero_points: [(DType, &[u32], &[i64]); 3] =
        [(I8, &[1, 2, 2, 1], &[127; 4]), (I8, &[1], &[-128]), (I8, &[1], &[100])];
    assert_eq!(run(Op::AvgPool2d(pool), &zero_points, ty(I8, &[1, 2, 2, 1])), [127; 4]);
}

#[test]
fn a_max_pool_of_minima_is_the_minimum() {
    let pool = Pool2d { kernel: [2, 2], stride: [2, 2], pad: [0; 4] };
    assert_eq!(run(Op::MaxPool2d(pool), &[(I8, &[1, 2, 2, 1], &[-128; 4])], ty(I8, &[1, 1, 1, 1])), [-128]);
}

#[test]
fn single_rounding_rounds_half_towards_plus_infinity() {
    let halves = rescale(SCALE, (I32, &[1, -1, 3, -3, 2]), 1 << 30, 31, (0, 0), I32);
    assert_eq!(halves, [1, 0, 2, -1, 1]);
}

#[test]
fn double_rounding_begins_above_shift_31() {
    let double = Rescale { double_round: true, ..SCALE };
    let values = &[2, -2, 6, -6, 1, -1][..];
    assert_eq!(rescale(double, (I32, values), 1 << 30, 31, (0, 0), I32), [1, -1, 3, -3, 1, 0]);
    assert_eq!(rescale(SCALE, (I32, values), 1 << 30, 32, (0, 0), I32), [1, 0, 2, -1, 0, 0]);
    // At 32 the extra 2^30 carries a quarter up to a half before the half is rounded up: 1/4 becomes 1, −2/4 becomes −1,
    // and −1/4 only −1/2, which is rounded up to 0.
    assert_eq!(rescale(double, (I32, values), 1 << 30, 32, (0, 0), I32), [1, -1, 2, -2, 1, 0]);
}

#[test]
fn rescaling_clips_to_the_output_and_wraps_before_it() {
    assert_eq!(rescale(SCALE, (I32, &[1000, -1000, 5]), 1 << 30, 30, (0, 1), I8), [127, -128, 6]);
    // 2^31 · 2^30 / 2^30 is no int32 any more: it wraps, and so does the sum with a zero point.
    assert_eq!(rescale(SCALE, (I32, &[i64::from(i32::MAX)]), (1 << 30) + 1, 30, (0, 0), I8), [-128]);
    assert_eq!(rescale(SCALE, (I32, &[i64::from(i32::MAX)]), 1 << 30, 30, (0, 1), I8), [-128]);
    // Shifts are clamped to 2..=62.
    assert_eq!(rescale(SCALE, (I32, &[8]), 1, -100, (0, 0), I32), [2]);
    assert_eq!(rescale(SCALE, (I32, &[8]), 1, 100, (0, 0), I32), [0]);
}

#[test]
fn a_16_bit_multiplier_takes_48_bit_values() {
    let scale16 = Rescale { scale32: false, ..SCALE };
    assert_eq!(
        rescale(scale16, (I48, &[1 << 40, -(1 << 40), 1 << 14, -(1 << 14)]), 1 << 14, 29, (0, 0), I32),
        [1 << 25, -(1 << 25), 1, 0]
    );
}

#[test]
fn unsigned_sides_read_and_write_the_same_bits() {
    let from = Rescale { input_unsigned: true, ..SCALE };
    let to = Rescale { output_unsigned: true, ..SCALE };
    // uint8 255, 128, 0 less 128.
    assert_eq!(rescale(from, (I8, &[-1, -128, 0]), 1 << 30, 30, (-128, 0), I8), [127, 0, -128]);
    // The other way round, 127 + 128 = 255.
    assert_eq!(rescale(to, (I8, &[127, 0, -128]), 1 << 30, 30, (0, -128), I8), [-1, -128, 0]);
    assert_eq!(rescale(from, (I16, &[-1, 0]), 1 << 30, 30, (-32768, 0), I16), [32767, -32768]);
}

#[test]
fn a_16_bit_table_interpolates() {
    let mut table = vec![0; 513];
    (table[0], table[1], table[256], table[257], table[511], table[512]) = (-32768, -32640, 10, 12, 1000, 2000);
    let dims = &[4u32][..];
    let ins: [(DType, &[u32], &[i64]); 2] = [(I16, dims, &[-32768, -32704, 64, 32767]), (I16, &[513], &table)];
    let wanted = [-32768 << 7, -32704 << 7, (10 << 7) + 2 * 64, (1000 << 7) + 1000 * 127];
    assert_eq!(run(Op::Table, &ins, ty(I32, dims)), wanted);
}

#[test]
fn an_8_bit_table_starts_at_minus_128() {
    let table: Vec<i64> = (0..256).map(|n| (n * 7 % 256) - 128).collect();
    let ins: [(DType, &[u32], &[i64]); 2] = [(I8, &[3], &[-128, 0, 127]), (I8, &[256], &table)];
    assert_eq!(run(Op::Table, &ins, ty(I8, &[3])), [table[0], table[128], table[255]]);
}

#[test]
fn products_shift_with_rounding() {
    let mul = |a: i64, b: i64, shift: i64| {
        run(Op::Mul, &[(I32, &[1], &[a]), (I32, &[1], &[b]), (I8, &[1], &[shift])], ty(I32, &[1]))
    };
    assert_eq!(mul(3, 1, 1), [2]);
    assert_eq!(mul(-3, 1, 1), [-1]);
    assert_eq!(mul(i64::from(i32::MIN), i64::from(i32::MAX), 31), [-2147483647]);
    assert_eq!(mul(i64::from(i32::MIN), i64::from(i32::MIN), 31), [i64::from(i32::MIN)], "2^31 wraps");
    assert_eq!(mul(i64::from(i32::MIN), i64::from(i32::MIN), 63), [-1], "2^62 + 2^62 wraps at 64 bits");
    assert_eq!(mul(1 << 20, 1 << 20, 0), [0]);
    assert_eq!(mul(5, 5, -7), [25], "a negative shift counts as 0");
    let bytes = run(Op::Mul, &[(I8, &[1], &[-128]), (I8, &[1], &[-128]), (I8, &[1], &[0])], ty(I32, &[1]));
    assert_eq!(bytes, [16384]);
}

#[test]
fn shifts_are_clamped_and_logical_ones_work_at_the_width() {
    let by = &[1, 7, 8, -1][..];
    assert_eq!(binary(Op::LogicalRightShift, I8, &[-1; 4], by, I8), [127, 1, 1, -1]);
    assert_eq!(binary(Op::LogicalLeftShift, I8, &[-1; 4], by, I8), [-2, -128, -128, -1]);
    let arithmetic = |round| binary(Op::ArithmeticRightShift { round }, I8, &[-3, 3, -128, 127], &[1, 1, 9, 1], I8);
    assert_eq!(arithmetic(false), [-2, 1, -1, 63]);
    assert_eq!(arithmetic(true), [-1, 2, -1, 64]);
}

#[test]
fn division_truncates_and_is_total() {
    let min = i64::from(i32::MIN);
    assert_eq!(binary(Op::IntDiv, I32, &[7, -7, 7, 5, min], &[2, 2, -2, 0, -1], I32), [3, -3, -3, 0, min]);
}

#[test]
fn sums_and_negations_wrap() {
    let (min, max) = (i64::from(i32::MIN), i64::from(i32::MAX));
    assert_eq!(binary(Op::Add, I32, &[max, min], &[1, -1], I32), [min, max]);
    assert_eq!(binary(Op::Sub, I32, &[min], &[1], I32), [max]);
    assert_eq!(unary(Op::Abs, I32, &[min, -5], I32), [min, 5]);
    let negate = |dtype, value, zps: (i64, i64)| {
        run(Op::Negate, &[(dtype, &[1], &[value]), (dtype, &[1], &[zps.0]), (dtype, &[1], &[zps.1])], ty(dtype, &[1]))
    };
    assert_eq!(negate(I32, min, (0, 0)), [min]);
    assert_eq!(negate(I8, -128, (0, 0)), [127], "clipped, not wrapped");
    assert_eq!(negate(I8, 10, (-5, 3)), [-12]);
}

#[test]
fn leading_zeros_and_casts() {
    assert_eq!(unary(Op::Clz, I32, &[0, 1, -1, i64::from(i32::MAX)], I32), [32, 31, 0, 1]);
    assert_eq!(unary(Op::Cast, I32, &[256, 384, -1], I8), [0, -128, -1]);
    assert_eq!(unary(Op::Cast, I32, &[256, 0, -1], Bool), [1, 0, 1]);
    assert_eq!(unary(Op::Cast, Bool, &[1, 0], I16), [1, 0]);
    assert_eq!(unary(Op::LogicalNot, Bool, &[1, 0], Bool), [0, 1]);
}

#[test]
fn argmax_takes_the_first_of_equals() {
    let argmax = |values: &[i64]| run(Op::ArgMax { axis: 1 }, &[(I8, &[1, 4], values)], ty(I32, &[1]));
    assert_eq!(argmax(&[1, 5, 5, 2]), [1]);
    assert_eq!(argmax(&[-128; 4]), [0]);
}

#[test]
fn reductions_run_along_their_axis() {
    let values: &[i64] = &[1, 2, 3, 4, 5, 6];
    assert_eq!(run(Op::ReduceSum { axis: 0 }, &[(I32, &[2, 3], values)], ty(I32, &[1, 3])), [5, 7, 9]);
    assert_eq!(run(Op::ReduceSum { axis: 1 }, &[(I32, &[2, 3], values)], ty(I32, &[2, 1])), [6, 15]);
    let big = i64::from(i32::MAX);
    assert_eq!(run(Op::ReduceSum { axis: 0 }, &[(I32, &[2], &[big, 1])], ty(I32, &[1])), [i64::from(i32::MIN)]);
}

#[test]
fn a_product_along_an_axis_wraps_at_32_bits() {
    // TOSA has no integer REDUCE_PRODUCT, so the check refuses it; the value is defined all the same.
    let (ins, out) = ([ty(I32, &[3])], ty(I32, &[1]));
    assert!(check(&Op::ReduceProduct { axis: 0 }, &ins, &out).is_err());
    let mut tensors = Tensors::new(ins.to_vec(), vec![vec![1 << 16, 1 << 15, -3]]);
    assert_eq!(tensors.run(&Op::ReduceProduct { axis: 0 }, &out), [i64::from(i32::MIN)]);
}

#[test]
fn gather_clamps_its_indices() {
    let ins: [(DType, &[u32], &[i64]); 2] = [(I8, &[1, 3, 1], &[10, 20, 30]), (I32, &[1, 4], &[-5, 0, 2, 99])];
    assert_eq!(run(Op::Gather, &ins, ty(I8, &[1, 4, 1])), [10, 10, 30, 30]);
}

#[test]
fn a_scatter_s_last_index_counts_and_one_outside_names_nothing() {
    let ins: [(DType, &[u32], &[i64]); 3] =
        [(I8, &[1, 4, 1], &[1, 2, 3, 4]), (I32, &[1, 5], &[2, -1, 2, 4, 0]), (I8, &[1, 5, 1], &[10, 20, 30, 40, 50])];
    assert_eq!(run(Op::Scatter, &ins, ty(I8, &[1, 4, 1])), [50, 2, 30, 4]);
    let types = ins.map(|(dtype, dims, _)| ty(dtype, dims));
    let mut tensors = Tensors::new(types.to_vec(), ins.map(|(_, _, values)| values.to_vec()).to_vec());
    let Ok(_) = eval(&Op::Scatter, &types, &ty(I8, &[1, 4, 1]), 2, &mut tensors);
    assert_eq!(tensors.reads, [(1, 0), (1, 1), (1, 2), (1, 3), (1, 4), (2, 2)]);
}

#[test]
fn a_resize_weighs_what_it_lies_between_and_reads_nothing_else() {
    // Places −½, 0, ½, 1, 1½ and 2 of three: before the first, on it, between, on, between, on the last.
    let (x, one): (&[i64], _) = (&[10, 20, 40], [[1, 1]]);
    let resize = |bilinear| Resize { bilinear, scale: [one[0], [2, 1]], offset: [0, -1], border: [0, 0] };
    let input: (DType, &[u32], &[i64]) = (I8, &[1, 1, 3, 1], x);
    assert_eq!(run(Op::Resize(resize(true)), &[input], ty(I32, &[1, 1, 6, 1])), [20, 20, 30, 40, 60, 80]);
    assert_eq!(run(Op::Resize(resize(false)), &[input], ty(I8, &[1, 1, 6, 1])), [10, 10, 20, 20, 40, 40]);
    let types = [ty(I8, input.1)];
    let mut tensors = Tensors::new(types.to_vec(), vec![x.to_vec()]);
    for index in 0..6 {
        let Ok(_) = eval(&Op::Resize(resize(true)), &types, &ty(I32, &[1, 1, 6, 1]), index, &mut tensors);
    }
    assert_eq!(tensors.reads.iter().map(|read| read.1).collect::<Vec<_>>(), [0, 0, 0, 1, 1, 1, 2, 2]);
}

#[test]
fn select_reads_one_side() {
    let types = [ty(Bool, &[1]), ty(I8, &[1]), ty(I8, &[1])];
    let mut tensors = Tensors::new(types.to_vec(), vec![vec![1], vec![7], vec![8]]);
    let Ok(value) = eval(&Op::Select, &types, &ty(I8, &[1]), 0, &mut tensors);
    assert_eq!((value, tensors.reads), (7, vec![(0, 0), (1, 0)]));
}

#[test]
fn a_reader_s_error_comes_through() {
    struct Broken;
    impl tequio_tensor::Read for Broken {
        type Error = &'static str;
        fn read(&mut self, _: usize, _: u32) -> Result<i64, &'static str> {
            Err("no leaf")
        }
    }
    let types = [ty(I32, &[1]), ty(I32, &[1])];
    assert_eq!(eval(&Op::Add, &types, &ty(I32, &[1]), 0, &mut Broken), Err("no leaf"));
}
