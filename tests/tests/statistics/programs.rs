//! Programs on which the promise was once broken.

use tequio_tosa::{Attribute, DType, Op, Program, conv, noise};

type Shape = [i32; 4];

/// With a rescale that keeps most of what `shift` says inside int8.
pub fn scaled(shift: u8) -> Program {
    let mut p = Program::default();
    p.constant("zero8", DType::INT8, &[1], vec![0]);
    p.constant("zero32", DType::INT32, &[1], vec![0; 4]);
    p.constant("multiplier", DType::INT32, &[1], (1i32 << 30).to_le_bytes().to_vec());
    p.constant("shift", DType::INT8, &[1], vec![shift]);
    p.constant("shift_one", DType::INT8, &[1], vec![30]);
    p.constant("shift_half", DType::INT8, &[1], vec![31]);
    p
}

/// `layers` convolutions, named after `name`; the last one's name.
pub fn chain(p: &mut Program, from: &str, name: &str, shape: Shape, layers: usize) -> String {
    let mut at = from.to_owned();
    for layer in 0..layers {
        let to = format!("{name}{layer}");
        p.layer((&at, shape), &to, conv(shape[3], 3));
        at = to;
    }
    at
}

/// Half of the sum of two tensors, the second one broadcast.
pub fn mean(p: &mut Program, [one, other]: [&str; 2], to: &str, shape: Shape, narrow: Shape) {
    let (a, b, sum) = (format!("{to}_a"), format!("{to}_b"), format!("{to}_sum"));
    rescale(p, one, &a, "shift_one", &shape, [DType::INT8, DType::INT32]);
    rescale(p, other, &b, "shift_one", &narrow, [DType::INT8, DType::INT32]);
    p.op(Op::ADD, Attribute::None, &[&a, &b], (&sum, DType::INT32, &shape));
    rescale(p, &sum, to, "shift_half", &shape, [DType::INT32, DType::INT8]);
}

fn rescale(p: &mut Program, from: &str, to: &str, shift: &str, shape: &[i32], dtypes: [DType; 2]) {
    let zero = |dtype| if dtype == DType::INT8 { "zero8" } else { "zero32" };
    let rounding = tequio_tosa::RoundingMode::DOUBLE_ROUND;
    let attribute = Attribute::Rescale { scale32: true, rounding, per_channel: false };
    p.op(
        Op::RESCALE,
        attribute,
        &[from, "multiplier", shift, zero(dtypes[0]), zero(dtypes[1])],
        (to, dtypes[1], shape),
    );
}

/// Products of `x` with one weight input after the other.
pub fn products(layers: usize) -> Program {
    let mut p = scaled(38);
    p.input("x", DType::INT8, &[1, 16, 16]);
    let mut from = "x".to_string();
    for layer in 0..layers {
        let (weight, sum, to) = (format!("w{layer}"), format!("sum{layer}"), format!("y{layer}"));
        p.input(&weight, DType::INT8, &[1, 16, 16]);
        p.op(Op::MATMUL, Attribute::None, &[&from, &weight, "zero8", "zero8"], (&sum, DType::INT32, &[1, 16, 16]));
        p.rescale(&sum, &to, &[1, 16, 16], [DType::INT32, DType::INT8]);
        from = to;
    }
    p.output(&from);
    p
}

/// f(x) + g(style), and a heavy chain behind.
pub fn styled() -> Program {
    let (mut p, shape) = (scaled(36), [1, 8, 8, 8]);
    p.input("x", DType::INT8, &shape);
    p.input("style", DType::INT8, &shape);
    let f = chain(&mut p, "x", "f", shape, 3);
    p.layer(("style", shape), "g", conv(8, 1));
    mean(&mut p, [&f, "g"], "h", shape, shape);
    let last = chain(&mut p, "h", "h", shape, 8);
    p.output(&last);
    p
}

/// A heavy function of the style, a cheap one of x, and a heavy chain behind.
pub fn styles() -> Program {
    let (mut p, shape) = (scaled(39), [1, 8, 8, 8]);
    p.input("x", DType::INT8, &shape);
    p.input("style", DType::INT8, &shape);
    let g = chain(&mut p, "style", "g", shape, 4);
    mean(&mut p, ["x", &g], "h", shape, shape);
    let last = chain(&mut p, "h", "h", shape, 8);
    p.output(&last);
    p
}

/// `blocks` residual blocks of `layers`, then nine convolutions with kernels of `kernel`.
pub fn residuals(blocks: usize, layers: usize, kernel: i32) -> Program {
    let (mut p, shape) = (scaled(39), [1, 12, 12, 8]);
    p.input("x", DType::INT8, &shape);
    let mut at = "x".to_string();
    for block in 0..blocks {
        let last = chain(&mut p, &at, &format!("f{block}_"), shape, layers);
        let to = format!("res{block}");
        mean(&mut p, [&last, &at], &to, shape, shape);
        at = to;
    }
    let relu = Attribute::Clamp { min: vec![0], max: vec![0x7f] };
    for layer in 0..9 {
        let (open, to) = (format!("h{layer}"), format!("r{layer}"));
        p.layer((&at, shape), &open, conv(8, kernel));
        p.op(Op::CLAMP, relu.clone(), &[&open], (&to, DType::INT8, &shape));
        at = to;
    }
    p.output(&at);
    p
}

/// `count` branches of `depth` convolutions joined by a concat, and a heavy chain behind.
pub fn branches(count: i32, depth: usize) -> Program {
    let mut p = scaled(38);
    let shape = [1, 8, 8, 16];
    p.input("x", DType::INT8, &shape);
    let mut names = vec![];
    for branch in 0..count {
        let mut from = ("x".to_string(), shape);
        for layer in 0..depth {
            let to = format!("b{branch}_{layer}");
            let out = p.layer((&from.0, from.1), &to, conv(32 / count, 3));
            from = (to, out);
        }
        names.push(from.0);
    }
    let wide = [1, 8, 8, 32];
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    p.op(Op::CONCAT, Attribute::Axis(3), &names, ("joined", DType::INT8, &wide));
    let last = chain(&mut p, "joined", "h", wide, 6);
    p.output(&last);
    p
}

/// Logits, an argmax of each pixel, a codebook and a heavy decoder; `cheap` commits to a clamp between.
pub fn codes(cheap: bool) -> Program {
    let mut p = scaled(39);
    p.input("x", DType::INT8, &[1, 8, 8, 16]);
    p.layer(("x", [1, 8, 8, 16]), "raw", conv(256, 1));
    let mut logits = "raw";
    if cheap {
        p.output("raw");
        let clamp = Attribute::Clamp { min: vec![0xf0], max: vec![0x7f] };
        p.op(Op::CLAMP, clamp, &["raw"], ("logits", DType::INT8, &[1, 8, 8, 256]));
        p.output("logits");
        logits = "logits";
    }
    p.op(Op::ARGMAX, Attribute::Axis(3), &[logits], ("code", DType::INT32, &[1, 8, 8]));
    p.shape("flat", &[1, 64]);
    p.op(Op::RESHAPE, Attribute::None, &["code", "flat"], ("codes", DType::INT32, &[1, 64]));
    p.constant("book", DType::INT8, &[1, 256, 32], noise(256 * 32));
    p.op(Op::GATHER, Attribute::None, &["book", "codes"], ("rows", DType::INT8, &[1, 64, 32]));
    let wide = [1, 8, 8, 32];
    p.shape("image", &wide.map(i64::from));
    p.op(Op::RESHAPE, Attribute::None, &["rows", "image"], ("picture", DType::INT8, &wide));
    let last = chain(&mut p, "picture", "h", wide, 6);
    p.output(&last);
    p
}

/// f(x) and a gate that most inputs open all the way, and a heavy chain behind. `committed` or not.
pub fn gated(committed: bool) -> Program {
    let (mut p, shape) = (scaled(39), [1, 8, 8, 8]);
    p.input("x", DType::INT8, &shape);
    let f = chain(&mut p, "x", "f", shape, 4);
    p.op(Op::REDUCE_MAX, Attribute::Axis(1), &["x"], ("rows", DType::INT8, &[1, 1, 8, 8]));
    p.op(Op::REDUCE_MAX, Attribute::Axis(2), &["rows"], ("most", DType::INT8, &[1, 1, 1, 8]));
    let clamp = Attribute::Clamp { min: vec![0], max: vec![0x20] };
    p.op(Op::CLAMP, clamp, &["most"], ("gate", DType::INT8, &[1, 1, 1, 8]));
    if committed {
        p.output("gate");
    }
    mean(&mut p, [&f, "gate"], "h", shape, [1, 1, 1, 8]);
    let last = chain(&mut p, "h", "h", shape, 8);
    p.output(&last);
    p
}
