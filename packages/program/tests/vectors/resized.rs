//! A small program with images that are made larger and smaller.

use tequio_program::Graph;
use tequio_tosa::{Attribute, Conv, DType, Op, Program, ResizeMode, conv};

use super::programs::{SHAPE, program};

/// Scale, offset and border along y, then along x.
type Along = ([i64; 2], i64, i64);

fn resize(p: &mut Program, x: &str, mode: ResizeMode, [y, z]: [Along; 2], to: (&str, DType, [i32; 4])) {
    let name = |part: &str| format!("{}_{part}", to.0);
    let inputs = ["scale", "offset", "border"].map(name);
    p.shape(&inputs[0], &[y.0, z.0].concat());
    p.shape(&inputs[1], &[y.1, z.1]);
    p.shape(&inputs[2], &[y.2, z.2]);
    let [scale, offset, border] = &inputs;
    p.op(Op::RESIZE, Attribute::Resize(mode), &[x, scale, offset, border], (to.0, to.1, &to.2));
}

/// Twice as large, weighed from half-pixel centres, of which a part is an output; then fewer rows and more columns, the
/// nearest, of which a layer reads some.
pub fn resized() -> Graph {
    program(|p| {
        p.layer(("x", SHAPE), "a", conv(2, 1));
        let twice = ([4, 2], -1, 1);
        resize(p, "a", ResizeMode::BILINEAR, [twice; 2], ("weighed", DType::INT32, [1, 8, 8, 2]));
        p.rescale("weighed", "b", &[1, 8, 8, 2], [DType::INT32, DType::INT8]);
        p.shape("start", &[0, 2, 1, 0]);
        p.shape("size", &[1, 3, 2, 2]);
        p.op(Op::SLICE, Attribute::None, &["b", "start", "size"], ("part", DType::INT8, &[1, 3, 2, 2]));
        p.output("part");
        let sides = [([2, 5], 1, -3), ([4, 3], -4, -2)];
        resize(p, "b", ResizeMode::NEAREST, sides, ("near", DType::INT8, [1, 3, 11, 2]));
        p.layer(("near", [1, 3, 11, 2]), "c", Conv { channels: 2, kernel: 1, stride: 2, pad: [0, 0] });
        p.output("c");
        resize(p, "x", ResizeMode::BILINEAR, [([1, 3], 0, 0), ([3, 1], 0, 0)], ("y", DType::INT32, [1, 2, 10, 4]));
        p.output("y");
    })
}
