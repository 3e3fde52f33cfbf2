//! Small programs, each with something that bounds hang on.

use tequio_program::Graph;
use tequio_tosa::{Attribute, Conv, DType, Op, noise, schema::RoundingMode};

use super::programs::{clamp, pool, program};

/// Boxes that are runs and boxes that aren't, in other shapes; entries of tables and scales, of one element and of many.
/// [`BOXES`] are what may be an output.
pub fn boxes(outputs: &[&str]) -> Graph {
    let shape = [1, 6, 5, 4];
    program(|p| {
        p.input("z", DType::INT8, &shape);
        p.op(Op::CAST, Attribute::None, &["z"], ("short", DType::INT16, &shape));
        p.constant("curve", DType::INT16, &[513], noise(1_026));
        p.op(Op::TABLE, Attribute::None, &["short", "curve"], ("bent", DType::INT32, &shape));
        p.constant("scales", DType::INT32, &[4], [1u32 << 30; 4].iter().flat_map(|m| m.to_le_bytes()).collect());
        p.constant("shifts", DType::INT8, &[4], vec![33; 4]);
        let rounding = RoundingMode::SINGLE_ROUND;
        let attribute = Attribute::Rescale { scale32: true, rounding, per_channel: true };
        let inputs = ["bent", "scales", "shifts", "zero32", "zero8"];
        p.op(Op::RESCALE, attribute, &inputs, ("scaled", DType::INT8, &shape));
        for (name, shape) in [("twelves", [1, 10, 12, 1]), ("fours", [1, 3, 10, 4]), ("long", [1, 1, 5, 24])] {
            p.shape(&format!("{name}_shape"), &shape.map(i64::from));
            let inputs = ["scaled", &format!("{name}_shape")];
            p.op(Op::RESHAPE, Attribute::None, &inputs, (name, DType::INT8, &shape));
        }
        p.op(Op::REDUCE_MAX, Attribute::Axis(2), &["twelves"], ("a", DType::INT8, &[1, 10, 1, 1]));
        p.op(Op::REDUCE_MIN, Attribute::Axis(3), &["fours"], ("b", DType::INT8, &[1, 3, 10, 1]));
        p.op(Op::REDUCE_MAX, Attribute::Axis(3), &["long"], ("c", DType::INT8, &[1, 1, 5, 1]));
        pool(p, Op::MAX_POOL2D, ("fours", "d"), ([2, 10], [1, 1]), ([0; 4], [1, 2, 1, 4]));
        p.op(Op::REDUCE_MAX, Attribute::Axis(3), &["d"], ("e", DType::INT8, &[1, 2, 1, 1]));
        pool(p, Op::MAX_POOL2D, ("scaled", "f"), ([3, 2], [3, 1]), ([0; 4], [1, 2, 4, 4]));
        p.op(Op::REDUCE_MAX, Attribute::Axis(3), &["scaled"], ("g", DType::INT8, &[1, 6, 5, 1]));
        p.shape("times", &[1, 1, 2, 1]);
        p.op(Op::TILE, Attribute::None, &["scaled", "times"], ("tiles", DType::INT8, &[1, 6, 10, 4]));
        pool(p, Op::MAX_POOL2D, ("tiles", "h"), ([2, 2], [1, 1]), ([0; 4], [1, 5, 9, 4]));
        pool(p, Op::MAX_POOL2D, ("f", "i"), ([2, 2], [1, 1]), ([0; 4], [1, 1, 3, 4]));
        p.constant("far", DType::INT8, &[2, 2, 2, 4], noise(32));
        let attribute =
            Attribute::Conv { pad: vec![0; 4], stride: vec![1; 2], dilation: vec![2, 3], acc: DType::INT32 };
        let inputs = ["scaled", "far", "zero32", "zero8", "zero8"];
        p.op(Op::CONV2D, attribute, &inputs, ("j", DType::INT32, &[1, 4, 2, 2]));
        let deep = p.depthwise(("scaled", shape), "deep", Conv { channels: 3, kernel: 3, stride: 1, pad: [1, 1] });
        p.shape("threes_shape", &[1, 30, deep[3] as i64 / 3, 3]);
        p.op(Op::RESHAPE, Attribute::None, &["deep", "threes_shape"], ("threes", DType::INT32, &[1, 30, 4, 3]));
        p.op(Op::REDUCE_MAX, Attribute::Axis(3), &["threes"], ("k", DType::INT32, &[1, 30, 4, 1]));
        p.shape("rows_shape", &[1, 30, 4]);
        p.op(Op::RESHAPE, Attribute::None, &["scaled", "rows_shape"], ("rows", DType::INT8, &[1, 30, 4]));
        p.constant("known", DType::INT32, &[1, 6], (0..6).flat_map(|row: i32| (row * 5).to_le_bytes()).collect());
        p.op(Op::GATHER, Attribute::None, &["rows", "known"], ("found", DType::INT8, &[1, 6, 4]));
        p.op(Op::REDUCE_MAX, Attribute::Axis(1), &["found"], ("l", DType::INT8, &[1, 1, 4]));
        p.op(Op::TRANSPOSE, Attribute::Perms(vec![0, 3, 1, 2]), &["scaled"], ("planes", DType::INT8, &[1, 4, 6, 5]));
        p.op(Op::REDUCE_MAX, Attribute::Axis(3), &["planes"], ("m", DType::INT8, &[1, 4, 6, 1]));
        for name in outputs {
            p.output(name);
        }
    })
}

pub const BOXES: [&str; 12] = ["a", "b", "c", "e", "f", "g", "h", "i", "j", "k", "l", "m"];

/// A part that ends and begins somewhere in the rows of a longer tensor.
pub fn run() -> Graph {
    program(|p| {
        p.input("z", DType::INT32, &[1, 105]);
        p.shape("start", &[0, 33]);
        p.shape("size", &[1, 50]);
        p.op(Op::SLICE, Attribute::None, &["z", "start", "size"], ("part", DType::INT32, &[1, 50]));
        p.op(Op::REDUCE_SUM, Attribute::Axis(1), &["part"], ("y", DType::INT32, &[1, 1]));
        p.output("y");
    })
}

/// One element of few, so many times.
pub fn picks(count: i32) -> Graph {
    program(|p| {
        p.input("z", DType::INT8, &[1, 1, 1, 8]);
        clamp(p, ("z", &[1, 1, 1, 8]), "base", 9);
        p.shape("size", &[1; 4]);
        let names: Vec<_> = (0..count).map(|at| format!("pick{at}")).collect();
        for (at, name) in (0..).zip(&names) {
            p.shape(&format!("{name}_start"), &[0, 0, 0, at % 8]);
            let inputs = ["base", &format!("{name}_start"), "size"];
            p.op(Op::SLICE, Attribute::None, &inputs, (name, DType::INT8, &[1; 4]));
        }
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        p.op(Op::CONCAT, Attribute::Axis(3), &names, ("y", DType::INT8, &[1, 1, 1, count]));
        p.output("y");
    })
}

/// So many parts of one tensor, beside each other.
pub fn cuts(count: i32) -> Graph {
    program(|p| {
        p.shape("size", &[1, 4, 4, 1]);
        let names: Vec<_> = (0..count).map(|at| format!("cut{at}")).collect();
        for (at, name) in (0..).zip(&names) {
            p.shape(&format!("{name}_start"), &[0, 0, 0, at % 4]);
            let inputs = ["x", &format!("{name}_start"), "size"];
            p.op(Op::SLICE, Attribute::None, &inputs, (name, DType::INT8, &[1, 4, 4, 1]));
        }
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        p.op(Op::CONCAT, Attribute::Axis(3), &names, ("y", DType::INT8, &[1, 4, 4, count]));
        p.output("y");
    })
}
