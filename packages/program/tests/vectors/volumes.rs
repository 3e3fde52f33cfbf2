//! A small program with convolutions of volumes.

use tequio_program::Graph;
use tequio_tosa::{Attribute, DType, Op, Program, noise};

use super::programs::program;

/// Padding, stride and dilation along depth, y and x.
type Window = ([i32; 6], [i32; 3], [i32; 3]);

/// From input, weight and bias.
fn volume(p: &mut Program, [x, weight, bias]: [&str; 3], (pad, stride, dilation): Window, to: (&str, [i32; 5])) {
    let (pad, stride, dilation) = (pad.to_vec(), stride.to_vec(), dilation.to_vec());
    let window = Attribute::Conv { pad, stride, dilation, acc: DType::INT32 };
    p.op(Op::CONV3D, window, &[x, weight, bias, "zero8", "zero8"], (to.0, DType::INT32, &to.1));
}

/// Windows that overlap, then some that leave planes out, of which a part is an output; and one whose weights and bias are
/// computed, of which some windows lie in the padding.
pub fn volumes() -> Graph {
    program(|p| {
        p.input("w", DType::INT8, &[2, 1, 2, 1, 4]);
        p.input("b", DType::INT8, &[2]);
        p.shape("deep", &[1, 4, 2, 2, 4]);
        p.op(Op::RESHAPE, Attribute::None, &["x", "deep"], ("volume", DType::INT8, &[1, 4, 2, 2, 4]));
        p.constant("near", DType::INT8, &[2, 2, 2, 1, 4], noise(32));
        let window = ([1, 0, 0, 1, 0, 0], [1; 3], [1; 3]);
        volume(p, ["volume", "near", "zero32"], window, ("sum", [1, 4, 2, 2, 2]));
        p.rescale("sum", "a", &[1, 4, 2, 2, 2], [DType::INT32, DType::INT8]);
        p.constant("far", DType::INT8, &[3, 2, 1, 1, 2], noise(12));
        volume(p, ["a", "far", "zero32"], ([0, 0, 0, 0, 0, 1], [1, 1, 2], [3, 1, 1]), ("thin", [1, 1, 2, 2, 3]));
        p.output("thin");
        p.shape("start", &[0, 1, 0, 0, 0]);
        p.shape("size", &[1, 2, 1, 2, 2]);
        p.op(Op::SLICE, Attribute::None, &["a", "start", "size"], ("part", DType::INT8, &[1, 2, 1, 2, 2]));
        p.output("part");
        p.op(Op::BITWISE_NOT, Attribute::None, &["w"], ("weight", DType::INT8, &[2, 1, 2, 1, 4]));
        p.op(Op::CAST, Attribute::None, &["b"], ("bias", DType::INT32, &[2]));
        volume(p, ["volume", "weight", "bias"], ([0, 2, 0, 0, 1, 0], [1, 1, 2], [1; 3]), ("y", [1, 6, 1, 2, 2]));
        p.output("y");
    })
}
