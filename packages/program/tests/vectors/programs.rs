//! Small programs, each with something that weights hang on.

use tequio_program::{Graph, load};
use tequio_tosa::{Attribute, Conv, DType, Op, Program, conv, noise};

pub const SHAPE: [i32; 4] = [1, 4, 4, 4];

pub fn program(build: impl Fn(&mut Program)) -> Graph {
    let mut p = Program::default();
    p.scalars();
    p.input("x", DType::INT8, &SHAPE);
    build(&mut p);
    load(&p.bytes()).unwrap()
}

/// Three layers and a clamp; the second layer reads every other pixel.
pub fn chain() -> Graph {
    program(|p| {
        p.layer(("x", SHAPE), "a", conv(4, 3));
        let wide = p.layer(("a", SHAPE), "b", Conv { channels: 8, kernel: 2, stride: 2, pad: [0, 0] });
        let out = p.layer(("b", wide), "c", conv(8, 1));
        let clamp = Attribute::Clamp { min: vec![0], max: vec![6] };
        p.op(Op::CLAMP, clamp, &["c"], ("relu", DType::INT8, &out));
        p.output("relu");
    })
}

/// Two branches, joined along the channels; a layer reads both.
pub fn branches() -> Graph {
    program(|p| {
        p.layer(("x", SHAPE), "stem", conv(4, 1));
        p.layer(("stem", SHAPE), "left", conv(4, 3));
        p.layer(("stem", SHAPE), "right", conv(2, 1));
        p.op(Op::CONCAT, Attribute::Axis(3), &["left", "right"], ("both", DType::INT8, &[1, 4, 4, 6]));
        p.layer(("both", [1, 4, 4, 6]), "y", conv(3, 1));
        p.output("y");
    })
}

/// A sum of a tensor and of what two layers make of it.
pub fn skip() -> Graph {
    program(|p| {
        p.layer(("x", SHAPE), "a", conv(4, 1));
        p.layer(("a", SHAPE), "b", conv(4, 3));
        p.conv2d(("b", SHAPE), "c", conv(4, 1));
        p.rescale("a", "a_wide", &SHAPE, [DType::INT8, DType::INT32]);
        p.op(Op::ADD, Attribute::None, &["c", "a_wide"], ("sum", DType::INT32, &SHAPE));
        p.rescale("sum", "y", &SHAPE, [DType::INT32, DType::INT8]);
        p.output("y");
    })
}

/// Overlapping windows, then the class of each pixel.
pub fn classes() -> Graph {
    program(|p| {
        p.layer(("x", SHAPE), "a", conv(4, 1));
        let pool = Attribute::Pool { kernel: vec![2, 2], stride: vec![1, 1], pad: vec![0; 4] };
        p.op(Op::MAX_POOL2D, pool, &["a"], ("pool", DType::INT8, &[1, 3, 3, 4]));
        p.layer(("pool", [1, 3, 3, 4]), "scores", conv(5, 1));
        p.op(Op::ARGMAX, Attribute::Axis(3), &["scores"], ("class", DType::INT32, &[1, 3, 3]));
        p.output("class");
    })
}

/// A second input, which only the second half of the channels depends on.
pub fn inputs() -> Graph {
    program(|p| {
        p.input("z", DType::INT8, &SHAPE);
        p.layer(("x", SHAPE), "a", conv(4, 1));
        p.layer(("z", SHAPE), "b", conv(28, 1));
        p.op(Op::CONCAT, Attribute::Axis(3), &["a", "b"], ("both", DType::INT8, &[1, 4, 4, 32]));
        p.layer(("both", [1, 4, 4, 32]), "c", conv(128, 1));
        p.output("c");
    })
}

/// An output that is only a part of what is computed, in another shape.
pub fn reshaped() -> Graph {
    program(|p| {
        for (from, to) in [("x", "a"), ("a", "b"), ("b", "c"), ("c", "d"), ("d", "e"), ("e", "f")] {
            p.layer((from, SHAPE), to, conv(4, 3));
        }
        p.layer(("f", SHAPE), "g", conv(4, 1));
        p.shape("flat", &[16, 4]);
        p.op(Op::RESHAPE, Attribute::None, &["g", "flat"], ("rows", DType::INT8, &[16, 4]));
        p.shape("start", &[3, 0]);
        p.shape("size", &[5, 4]);
        p.op(Op::SLICE, Attribute::None, &["rows", "start", "size"], ("y", DType::INT8, &[5, 4]));
        p.output("y");
        p.output("c");
    })
}

/// Rows chosen by classes and by a constant, and then an element of either.
pub fn chosen() -> Graph {
    program(|p| {
        p.layer(("x", SHAPE), "a", conv(4, 1));
        p.layer(("x", SHAPE), "scores", conv(5, 1));
        p.op(Op::ARGMAX, Attribute::Axis(3), &["scores"], ("class", DType::INT32, &[1, 4, 4]));
        p.shape("list", &[1, 16]);
        p.op(Op::RESHAPE, Attribute::None, &["class", "list"], ("indices", DType::INT32, &[1, 16]));
        p.shape("rows", &[1, 16, 4]);
        clamp(p, ("a", &SHAPE), "low", 3);
        p.op(Op::RESHAPE, Attribute::None, &["low", "rows"], ("values", DType::INT8, &[1, 16, 4]));
        p.op(Op::GATHER, Attribute::None, &["values", "indices"], ("found", DType::INT8, &[1, 16, 4]));
        let rows = (0..16).flat_map(|row: i32| (row * row % 11).to_le_bytes()).collect();
        p.constant("known", DType::INT32, &[1, 16], rows);
        p.op(Op::GATHER, Attribute::None, &["values", "known"], ("moved", DType::INT8, &[1, 16, 4]));
        for (from, to) in [("found", "found32"), ("moved", "moved32")] {
            p.rescale(from, to, &[1, 16, 4], [DType::INT8, DType::INT32]);
        }
        p.op(Op::GREATER, Attribute::None, &["found32", "moved32"], ("is_more", DType::BOOL, &[1, 16, 4]));
        p.op(Op::SELECT, Attribute::None, &["is_more", "found32", "moved32"], ("more", DType::INT32, &[1, 16, 4]));
        p.rescale("more", "y", &[1, 16, 4], [DType::INT32, DType::INT8]);
        p.output("y");
    })
}

/// Of a wide tensor a part is read; a sum whose first operand differs only in part where one input does.
pub fn parts() -> Graph {
    program(|p| {
        p.input("z", DType::INT8, &SHAPE);
        p.layer(("x", SHAPE), "a", conv(4, 1));
        p.layer(("z", SHAPE), "b", conv(4, 1));
        p.op(Op::CONCAT, Attribute::Axis(1), &["a", "b"], ("tall", DType::INT8, &[1, 8, 4, 4]));
        let clamp = Attribute::Clamp { min: vec![0], max: vec![100] };
        p.op(Op::CLAMP, clamp, &["tall"], ("clamped", DType::INT8, &[1, 8, 4, 4]));
        p.rescale("clamped", "wide", &[1, 8, 4, 4], [DType::INT8, DType::INT32]);
        p.shape("start", &[0, 2, 1, 0]);
        p.shape("left", &[0, 0, 1, 0]);
        p.shape("size", &[1, 4, 3, 4]);
        p.op(Op::SLICE, Attribute::None, &["wide", "start", "size"], ("cut", DType::INT32, &[1, 4, 3, 4]));
        p.conv2d(("b", SHAPE), "other", Conv { channels: 4, kernel: 2, stride: 1, pad: [1, 0] });
        p.op(Op::SLICE, Attribute::None, &["other", "left", "size"], ("part", DType::INT32, &[1, 4, 3, 4]));
        p.op(Op::ADD, Attribute::None, &["cut", "part"], ("sum", DType::INT32, &[1, 4, 3, 4]));
        p.rescale("sum", "y", &[1, 4, 3, 4], [DType::INT32, DType::INT8]);
        p.output("y");
    })
}

/// Windows that overlap in part, of one channel and of several, over what a clamp leaves.
pub fn windows() -> Graph {
    program(|p| {
        clamp(p, ("x", &SHAPE), "low", 8);
        p.depthwise(("low", SHAPE), "deep32", Conv { channels: 2, kernel: 3, stride: 1, pad: [1, 1] });
        p.rescale("deep32", "deep", &[1, 4, 4, 8], [DType::INT32, DType::INT8]);
        pool(p, Op::AVG_POOL2D, ("deep", "means"), ([3, 2], [1, 2]), ([0; 4], [1, 2, 2, 8]));
        pool(p, Op::MAX_POOL2D, ("low", "most"), ([3, 3], [2, 1]), ([1, 0, 0, 0], [1, 2, 2, 4]));
        p.shape("first", &[0, 0, 0, 0]);
        p.shape("one", &[1, 2, 2, 1]);
        p.op(Op::SLICE, Attribute::None, &["most", "first", "one"], ("thin", DType::INT8, &[1, 2, 2, 1]));
        p.op(Op::CONCAT, Attribute::Axis(3), &["means", "thin"], ("both", DType::INT8, &[1, 2, 2, 9]));
        p.layer(("both", [1, 2, 2, 9]), "y", conv(3, 1));
        p.output("y");
    })
}

/// Windows of which there is one along an axis, and pools beside something larger.
pub fn pools() -> Graph {
    program(|p| {
        p.input("z", DType::INT8, &SHAPE);
        p.layer(("x", SHAPE), "a", conv(1, 3));
        clamp(p, ("a", &[1, 4, 4, 1]), "low", 7);
        pool(p, Op::AVG_POOL2D, ("low", "means"), ([4, 3], [1, 2]), ([0, 0, 1, 0], [1, 1, 2, 1]));
        pool(p, Op::MAX_POOL2D, ("low", "most"), ([2, 3], [1, 2]), ([0, 0, 1, 0], [1, 3, 2, 1]));
        pool(p, Op::MAX_POOL2D, ("a", "peaks"), ([3, 3], [1, 1]), ([1, 1, 1, 1], [1, 4, 4, 1]));
        p.rescale("means", "means32", &[1, 1, 2, 1], [DType::INT8, DType::INT32]);
        p.rescale("most", "most32", &[1, 3, 2, 1], [DType::INT8, DType::INT32]);
        p.op(Op::ADD, Attribute::None, &["means32", "most32"], ("y", DType::INT32, &[1, 3, 2, 1]));
        p.layer(("z", SHAPE), "large", conv(32, 3));
        clamp(p, ("z", &SHAPE), "cut", 9);
        pool(p, Op::MAX_POOL2D, ("cut", "tops"), ([2, 2], [2, 2]), ([0; 4], [1, 2, 2, 4]));
        pool(p, Op::AVG_POOL2D, ("cut", "middles"), ([2, 2], [2, 2]), ([0; 4], [1, 2, 2, 4]));
        p.shape("twice", &[1, 1, 1, 2]);
        p.op(Op::TILE, Attribute::None, &["cut", "twice"], ("tiles", DType::INT8, &[1, 4, 4, 8]));
        p.op(Op::REVERSE, Attribute::Axis(2), &["cut"], ("back", DType::INT8, &SHAPE));
        clamp(p, ("z", &SHAPE), "small", 5);
        p.op(Op::CONCAT, Attribute::Axis(3), &["small", "z"], ("joined", DType::INT8, &[1, 4, 4, 8]));
        for name in ["y", "peaks", "large", "tops", "middles", "tiles", "back", "joined"] {
            p.output(name);
        }
    })
}

/// The same elements elsewhere, by every op that moves them, some of few bits.
pub fn moved() -> Graph {
    program(|p| {
        p.input("z", DType::INT8, &SHAPE);
        clamp(p, ("x", &SHAPE), "low", 7);
        clamp(p, ("z", &SHAPE), "lower", 1);
        p.op(Op::REVERSE, Attribute::Axis(2), &["low"], ("turned", DType::INT8, &SHAPE));
        p.op(Op::TRANSPOSE, Attribute::Perms(vec![0, 3, 1, 2]), &["turned"], ("planes", DType::INT8, &SHAPE));
        p.shape("twice", &[1, 1, 2, 1]);
        p.op(Op::TILE, Attribute::None, &["planes", "twice"], ("tiles", DType::INT8, &[1, 4, 8, 4]));
        p.shape("border", &[0, 0, 1, 0, 0, 0, 0, 1]);
        p.op(Op::PAD, Attribute::None, &["lower", "border", "zero8"], ("framed", DType::INT8, &[1, 5, 4, 5]));
        p.shape("start", &[0, 1, 0, 1]);
        p.op(Op::CONCAT, Attribute::Axis(2), &["lower", "low"], ("both", DType::INT8, &[1, 4, 8, 4]));
        p.op(Op::CONCAT, Attribute::Axis(1), &["both", "tiles"], ("all", DType::INT8, &[1, 8, 8, 4]));
        p.layer(("all", [1, 8, 8, 4]), "y", conv(2, 1));
        p.layer(("framed", [1, 5, 4, 5]), "v", conv(3, 3));
        p.op(Op::IDENTITY, Attribute::None, &["v"], ("u", DType::INT8, &[1, 5, 4, 3]));
        p.output("y");
        p.output("u");
        p.output("x");
    })
}

/// Along an axis: sums, the largest, the least, all and any.
pub fn along() -> Graph {
    program(|p| {
        p.layer(("x", SHAPE), "a", conv(4, 1));
        clamp(p, ("a", &SHAPE), "low", 5);
        p.rescale("low", "wide", &SHAPE, [DType::INT8, DType::INT32]);
        p.op(Op::REDUCE_MAX, Attribute::Axis(1), &["low"], ("most", DType::INT8, &[1, 1, 4, 4]));
        p.op(Op::REDUCE_MIN, Attribute::Axis(2), &["low"], ("least", DType::INT8, &[1, 4, 1, 4]));
        p.op(Op::REDUCE_SUM, Attribute::Axis(3), &["wide"], ("sum", DType::INT32, &[1, 4, 4, 1]));
        p.rescale("most", "most32", &[1, 1, 4, 4], [DType::INT8, DType::INT32]);
        p.rescale("least", "least32", &[1, 4, 1, 4], [DType::INT8, DType::INT32]);
        p.op(Op::SUB, Attribute::None, &["most32", "least32"], ("range", DType::INT32, &SHAPE));
        p.op(Op::GREATER, Attribute::None, &["range", "sum"], ("more", DType::BOOL, &SHAPE));
        p.op(Op::REDUCE_ALL, Attribute::Axis(1), &["more"], ("every", DType::BOOL, &[1, 1, 4, 4]));
        p.op(Op::REDUCE_ANY, Attribute::Axis(2), &["more"], ("some", DType::BOOL, &[1, 4, 1, 4]));
        p.op(Op::LOGICAL_AND, Attribute::None, &["every", "some"], ("each", DType::BOOL, &SHAPE));
        p.op(Op::SELECT, Attribute::None, &["each", "range", "wide"], ("y", DType::INT32, &SHAPE));
        p.op(Op::ARGMAX, Attribute::Axis(0), &["low"], ("only", DType::INT32, &[4, 4, 4]));
        p.op(Op::ARGMAX, Attribute::Axis(3), &["a"], ("class", DType::INT32, &[1, 4, 4]));
        clamp(p, ("a", &SHAPE), "lower", 1);
        p.op(Op::ARGMAX, Attribute::Axis(3), &["lower"], ("first", DType::INT32, &[1, 4, 4]));
        for name in ["y", "only", "class", "first"] {
            p.output(name);
        }
    })
}

/// Products of matrices whose rows differ where one input does or the other.
pub fn products() -> Graph {
    program(|p| {
        p.input("z", DType::INT8, &[1, 3, 5]);
        p.shape("rows", &[1, 16, 4]);
        p.op(Op::RESHAPE, Attribute::None, &["x", "rows"], ("a", DType::INT8, &[1, 16, 4]));
        p.shape("start", &[0, 2, 1]);
        p.shape("size", &[1, 1, 4]);
        p.op(Op::SLICE, Attribute::None, &["z", "start", "size"], ("row", DType::INT8, &[1, 1, 4]));
        p.op(Op::CONCAT, Attribute::Axis(1), &["row", "a"], ("left", DType::INT8, &[1, 17, 4]));
        p.op(Op::TRANSPOSE, Attribute::Perms(vec![0, 2, 1]), &["left"], ("right", DType::INT8, &[1, 4, 17]));
        p.op(Op::MATMUL, Attribute::None, &["left", "right", "zero8", "zero8"], ("square", DType::INT32, &[1, 17, 17]));
        p.rescale("square", "narrow", &[1, 17, 17], [DType::INT32, DType::INT8]);
        p.op(Op::MATMUL, Attribute::None, &["narrow", "left", "zero8", "zero8"], ("y", DType::INT32, &[1, 17, 4]));
        p.output("y");
    })
}

/// Sides chosen by a constant, by what differs and by what doesn't; rows and entries likewise.
pub fn sides() -> Graph {
    program(|p| {
        p.input("z", DType::INT8, &SHAPE);
        let mask = noise(64).iter().map(|byte| byte & 1).collect();
        p.constant("mask", DType::BOOL, &SHAPE, mask);
        for (from, to) in [("x", "x32"), ("z", "z32"), ("x", "left"), ("z", "right")] {
            p.conv2d((from, SHAPE), to, conv(4, 1));
        }
        p.op(Op::SELECT, Attribute::None, &["mask", "left", "right"], ("known", DType::INT32, &SHAPE));
        p.constant("nothing", DType::INT32, &[1; 4], vec![0; 4]);
        p.op(Op::GREATER, Attribute::None, &["z32", "nothing"], ("above", DType::BOOL, &SHAPE));
        p.op(Op::SELECT, Attribute::None, &["above", "known", "x32"], ("chosen", DType::INT32, &SHAPE));
        p.shape("start", &[0, 0, 0, 1]);
        p.shape("size", &[1, 4, 4, 2]);
        p.op(Op::SLICE, Attribute::None, &["chosen", "start", "size"], ("cut", DType::INT32, &[1, 4, 4, 2]));
        p.op(Op::CONCAT, Attribute::Axis(3), &["cut", "z32"], ("wide", DType::INT32, &[1, 4, 4, 6]));
        p.rescale("wide", "y", &[1, 4, 4, 6], [DType::INT32, DType::INT8]);
        p.constant("curve", DType::INT8, &[256], noise(256));
        p.op(Op::TABLE, Attribute::None, &["y", "curve"], ("bent", DType::INT8, &[1, 4, 4, 6]));
        p.op(Op::CONCAT, Attribute::Axis(1), &["x32", "z32"], ("tall", DType::INT32, &[1, 8, 4, 4]));
        p.shape("middle", &[0, 2, 0, 0]);
        p.shape("same", &[1, 4, 4, 4]);
        p.op(Op::SLICE, Attribute::None, &["tall", "middle", "same"], ("mixed", DType::INT32, &SHAPE));
        p.op(Op::GREATER, Attribute::None, &["mixed", "nothing"], ("half", DType::BOOL, &SHAPE));
        p.op(Op::SELECT, Attribute::None, &["half", "left", "x32"], ("either", DType::INT32, &SHAPE));
        p.output("either");
        p.layer(("bent", [1, 4, 4, 6]), "deepened", conv(2, 3));
        p.output("deepened");
        p.output("cut");
    })
}

/// Indices of fewer bits than there are rows, and of more.
pub fn rows() -> Graph {
    program(|p| {
        p.input("z", DType::INT8, &[1, 16, 3]);
        clamp(p, ("x", &SHAPE), "low", 1);
        p.shape("list", &[1, 64]);
        for (from, wide, indices) in [("low", "few", "picks"), ("x", "many", "wraps")] {
            p.op(Op::CAST, Attribute::None, &[from], (wide, DType::INT32, &SHAPE));
            p.op(Op::RESHAPE, Attribute::None, &[wide, "list"], (indices, DType::INT32, &[1, 64]));
        }
        p.shape("start", &[0, 1, 0]);
        p.shape("size", &[1, 4, 3]);
        p.op(Op::SLICE, Attribute::None, &["z", "start", "size"], ("short", DType::INT8, &[1, 4, 3]));
        p.op(Op::GATHER, Attribute::None, &["z", "picks"], ("y", DType::INT8, &[1, 64, 3]));
        p.op(Op::GATHER, Attribute::None, &["short", "wraps"], ("v", DType::INT8, &[1, 64, 3]));
        p.rescale("y", "y32", &[1, 64, 3], [DType::INT8, DType::INT32]);
        p.rescale("v", "v32", &[1, 64, 3], [DType::INT8, DType::INT32]);
        p.output("y32");
        p.output("v32");
    })
}

/// A long way and a short one from one tensor to another.
pub fn ways() -> Graph {
    program(|p| {
        p.rescale("x", "base", &SHAPE, [DType::INT8, DType::INT32]);
        p.op(Op::ABS, Attribute::None, &["base"], ("short", DType::INT32, &SHAPE));
        p.op(Op::BITWISE_NOT, Attribute::None, &["base"], ("turned", DType::INT32, &SHAPE));
        p.op(Op::CLZ, Attribute::None, &["turned"], ("zeros", DType::INT32, &SHAPE));
        p.op(Op::ADD, Attribute::None, &["short", "zeros"], ("sum", DType::INT32, &SHAPE));
        p.op(Op::ADD, Attribute::None, &["sum", "base"], ("y", DType::INT32, &SHAPE));
        p.output("y");
    })
}

/// Single elements, of few bits and of many.
pub fn single() -> Graph {
    program(|p| {
        p.input("z", DType::INT8, &[1]);
        clamp(p, ("z", &[1]), "a", 127);
        clamp(p, ("a", &[1]), "b", 1);
        p.op(Op::BITWISE_XOR, Attribute::None, &["b", "z"], ("c", DType::INT8, &[1]));
        p.output("c");
    })
}

/// Two convolutions of the same cost, nearly all of it padding, beside what may be the same in all shards.
pub fn twins() -> Graph {
    program(|p| {
        p.input("z", DType::INT8, &[1, 1, 1, 4]);
        for name in ["left", "right"] {
            p.conv2d(("z", [1, 1, 1, 4]), name, Conv { channels: 5, kernel: 12, stride: 1, pad: [11, 11] });
            p.output(name);
        }
        p.rescale("x", "wide", &SHAPE, [DType::INT8, DType::INT32]);
        p.op(Op::ADD, Attribute::None, &["wide", "wide"], ("y", DType::INT32, &SHAPE));
        p.output("y");
    })
}

/// Rows chosen by the same indices over and over: every row gets all that each of them got.
pub fn deep() -> Graph {
    program(|p| {
        p.input("z", DType::INT8, &[1, 65]);
        p.shape("rows", &[1, 64, 1]);
        p.op(Op::RESHAPE, Attribute::None, &["x", "rows"], ("row0", DType::INT8, &[1, 64, 1]));
        p.input("indices", DType::INT32, &[1, 64]);
        for at in 0..18 {
            let (from, to) = (format!("row{at}"), format!("row{}", at + 1));
            p.op(Op::GATHER, Attribute::None, &[&from, "indices"], (&to, DType::INT8, &[1, 64, 1]));
        }
        p.op(Op::REVERSE, Attribute::Axis(1), &["row18"], ("y", DType::INT8, &[1, 64, 1]));
        p.rescale("y", "y32", &[1, 64, 1], [DType::INT8, DType::INT32]);
        p.op(Op::REVERSE, Attribute::Axis(1), &["z"], ("turned", DType::INT8, &[1, 65]));
        p.shape("times", &[1, 3]);
        p.op(Op::TILE, Attribute::None, &["turned", "times"], ("thrice", DType::INT8, &[1, 195]));
        for name in ["y32", "thrice"] {
            p.output(name);
        }
    })
}

/// A product whose columns each round what their sum doesn't, of rows that are chosen often enough to show it.
pub fn rounded() -> Graph {
    program(|p| {
        p.input("row0", DType::INT8, &[1, 16, 3]);
        p.input("indices", DType::INT32, &[1, 16]);
        for at in 0..6 {
            let (from, to) = (format!("row{at}"), format!("row{}", at + 1));
            p.op(Op::GATHER, Attribute::None, &[&from, "indices"], (&to, DType::INT8, &[1, 16, 3]));
        }
        p.constant("columns", DType::INT8, &[1, 3, 3], noise(9));
        let inputs = ["row6", "columns", "zero8", "zero8"];
        p.op(Op::MATMUL, Attribute::None, &inputs, ("product", DType::INT32, &[1, 16, 3]));
        p.rescale("product", "y", &[1, 16, 3], [DType::INT32, DType::INT8]);
        p.output("y");
    })
}

pub fn clamp(p: &mut Program, from: (&str, &[i32]), to: &str, most: u8) {
    p.op(Op::CLAMP, Attribute::Clamp { min: vec![0], max: vec![most] }, &[from.0], (to, DType::INT8, from.1));
}

pub fn pool(p: &mut Program, op: Op, names: (&str, &str), window: ([i32; 2], [i32; 2]), ends: ([i32; 4], [i32; 4])) {
    let attribute = Attribute::Pool { kernel: window.0.to_vec(), stride: window.1.to_vec(), pad: ends.0.to_vec() };
    let inputs: &[&str] = if op == Op::AVG_POOL2D { &[names.0, "zero8", "zero8"] } else { &[names.0] };
    p.op(op, attribute, inputs, (names.1, DType::INT8, &ends.1));
}
