//! Small programs with transposed convolutions, of which some elements read the bias alone.

use tequio_program::Graph;
use tequio_tosa::{Attribute, Conv, DType, Op, Program, conv, noise};

use super::programs::{SHAPE, program};

/// From input, weight and bias.
fn transposed(p: &mut Program, inputs: [&str; 3], window: ([i32; 4], [i32; 2]), to: (&str, [i32; 4])) {
    let (out_pad, [stride_y, stride_x]) = window;
    let attribute =
        Attribute::TransposeConv { out_pad: out_pad.to_vec(), stride: vec![stride_y, stride_x], acc: DType::INT32 };
    let [x, weight, bias] = inputs;
    p.op(Op::TRANSPOSE_CONV2D, attribute, &[x, weight, bias, "zero8", "zero8"], (to.0, DType::INT32, &to.1));
}

/// Windows that overlap and are cropped, and windows with gaps between and around them, of which a part is an output
/// and another layer reads the rest.
pub fn upsampled() -> Graph {
    program(|p| {
        p.layer(("x", SHAPE), "a", conv(4, 1));
        p.constant("near", DType::INT8, &[4, 3, 3, 4], noise(144));
        transposed(p, ["a", "near", "zero32"], ([-1, 0, -2, -1], [2, 1]), ("sum", [1, 8, 3, 4]));
        p.rescale("sum", "b", &[1, 8, 3, 4], [DType::INT32, DType::INT8]);
        p.constant("far", DType::INT8, &[2, 2, 1, 4], noise(16));
        transposed(p, ["b", "far", "zero32"], ([1, -1, 0, 2], [1, 3]), ("wide", [1, 9, 9, 2]));
        p.rescale("wide", "c", &[1, 9, 9, 2], [DType::INT32, DType::INT8]);
        p.layer(("c", [1, 9, 9, 2]), "d", Conv { channels: 2, kernel: 3, stride: 2, pad: [1, 1] });
        p.output("d");
        p.shape("start", &[0, 2, 1, 0]);
        p.shape("size", &[1, 3, 2, 2]);
        p.op(Op::SLICE, Attribute::None, &["c", "start", "size"], ("part", DType::INT8, &[1, 3, 2, 2]));
        p.output("part");
    })
}

/// Weights and a bias that are computed too; of the weights crops leave some out.
pub fn learnt() -> Graph {
    program(|p| {
        p.input("w", DType::INT8, &[3, 3, 2, 4]);
        p.input("b", DType::INT8, &[3]);
        p.op(Op::BITWISE_NOT, Attribute::None, &["w"], ("weight", DType::INT8, &[3, 3, 2, 4]));
        p.op(Op::CAST, Attribute::None, &["b"], ("bias", DType::INT32, &[3]));
        p.shape("start", &[0; 4]);
        p.shape("size", &[1, 1, 4, 4]);
        p.op(Op::SLICE, Attribute::None, &["x", "start", "size"], ("row", DType::INT8, &[1, 1, 4, 4]));
        transposed(p, ["row", "weight", "bias"], ([-1, 1, 0, -1], [1, 3]), ("y", [1, 3, 10, 3]));
        p.output("y");
    })
}
