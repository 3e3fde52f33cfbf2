//! Programs of a few random ops on images of int8.

use tequio_tosa::{Attribute, Conv, DType, Op, Program, ResizeMode, conv, noise};

use super::Dice;

type Shape = [i32; 4];

/// Most elements of a tensor.
const MOST: i32 = 20_000;

pub fn program(dice: &mut Dice) -> Program {
    let mut p = Program::default();
    p.scalars();
    let [n, h, w] = [1 + dice.below(2), 2 + dice.below(8), 2 + dice.below(8)].map(|len| len as i32);
    let first = [n, h, w, dice.pick(&[1, 3, 4, 7, 16, 33])];
    p.input("x", DType::INT8, &first);
    let mut known = vec![("x".to_owned(), first)];
    for at in 0..2 + dice.below(9) {
        let last = known.len() - 1;
        let from = if dice.one_in(3) { dice.below(known.len() as u64) as usize } else { last };
        let (from, shape) = known[from].clone();
        let other = known.iter().rev().find(|(name, other)| *other == shape && *name != from).cloned();
        let to = format!("t{at}");
        let made = match dice.below(6) {
            0 => window(&mut p, dice, (&from, shape), &to),
            1 => moved(&mut p, dice, (&from, shape), &to),
            2 => repeated(&mut p, dice, (&from, shape), &to),
            3 => scattered(&mut p, dice, (&from, shape), &to),
            4 => elementwise(&mut p, dice, (&from, shape), &to, other.map(|(name, _)| name)),
            _ => reduced(&mut p, dice, (&from, shape), &to),
        };
        known.extend(made.map(|shape| (to, shape)));
    }
    let (last, shape) = known.last().unwrap().clone();
    p.op(Op::IDENTITY, Attribute::None, &[&last], ("out", DType::INT8, &shape));
    p.output("out");
    p
}

type From<'a> = (&'a str, Shape);

/// Convolutions, with gaps too, pools, and other sizes.
fn window(p: &mut Program, dice: &mut Dice, from: From<'_>, to: &str) -> Option<Shape> {
    let (name, [n, h, w, c]) = from;
    match dice.below(7) {
        0 => Some(p.layer(from, to, conv(dice.pick(&[1, 4, 9, 20]), dice.pick(&[1, 3])))),
        1 => {
            let (kernel, stride) = (2.min(h).min(w), dice.pick(&[1, 2]));
            let fits = (h - kernel) % stride == 0 && (w - kernel) % stride == 0;
            fits.then(|| p.layer(from, to, Conv { channels: 5, kernel, stride, pad: [0, 0] }))
        }
        2 => {
            let sum = format!("{to}_sum");
            let shape = p.depthwise(from, &sum, conv(1 + (c < 8) as i32, 3));
            p.rescale(&sum, to, &shape, [DType::INT32, DType::INT8]);
            Some(shape)
        }
        3 => {
            let kernel = [h.min(1 + dice.below(3) as i32), w.min(1 + dice.below(3) as i32)];
            let pool = Attribute::Pool { kernel: kernel.to_vec(), stride: vec![1; 2], pad: vec![0; 4] };
            let out = [n, h - kernel[0] + 1, w - kernel[1] + 1, c];
            let (op, inputs): (_, &[&str]) = match dice.one_in(2) {
                true => (Op::MAX_POOL2D, &[name]),
                false => (Op::AVG_POOL2D, &[name, "zero8", "zero8"]),
            };
            p.op(op, pool, inputs, (to, DType::INT8, &out));
            Some(out)
        }
        4 => resized(p, dice, from, to),
        5 => volume(p, dice, from, to),
        _ => dilated(p, dice, from, to),
    }
}

/// So many times as large, between the corners, or less, from corner to corner as far as it goes.
fn resized(p: &mut Program, dice: &mut Dice, (from, [n, h, w, c]): From<'_>, to: &str) -> Option<Shape> {
    let [scale, offset, border, sum] = ["scale", "offset", "border", "sum"].map(|name| format!("{to}_{name}"));
    let mut along = |len: i32| {
        let [numerator, denominator] = [1 + dice.below(3), 1 + dice.below(5)].map(|part| part as i32);
        let last = (len - 1) * numerator / denominator;
        ([numerator, denominator], last * denominator - (len - 1) * numerator, last + 1)
    };
    let (y, x) = (along(h), along(w));
    let out = [n, y.2, x.2, c];
    (out.iter().product::<i32>() <= MOST).then_some(())?;
    p.shape(&scale, &[y.0, x.0].concat().into_iter().map(i64::from).collect::<Vec<_>>());
    p.shape(&offset, &[0, 0]);
    p.shape(&border, &[y.1.into(), x.1.into()]);
    let inputs = [from, &scale, &offset, &border];
    if dice.one_in(2) {
        p.op(Op::RESIZE, Attribute::Resize(ResizeMode::NEAREST), &inputs, (to, DType::INT8, &out));
    } else {
        p.op(Op::RESIZE, Attribute::Resize(ResizeMode::BILINEAR), &inputs, (&sum, DType::INT32, &out));
        p.rescale(&sum, to, &out, [DType::INT32, DType::INT8]);
    }
    Some(out)
}

/// Windows over rows, columns and channels.
fn volume(p: &mut Program, dice: &mut Dice, (from, [n, h, w, c]): From<'_>, to: &str) -> Option<Shape> {
    let [deep, weight, sum, narrow, flat] =
        ["deep", "weight", "sum", "narrow", "flat"].map(|name| format!("{to}_{name}"));
    let kernel = [h, w, c].map(|len| len.min(1 + dice.below(3) as i32));
    let out = [n, h - kernel[0] + 1, w - kernel[1] + 1, c - kernel[2] + 1];
    let with_channel = |[n, h, w, c]: Shape| [n, h, w, c, 1];
    let volume = with_channel([n, h, w, c]);
    p.shape(&deep, &volume.map(i64::from));
    p.op(Op::RESHAPE, Attribute::None, &[from, &deep], (&format!("{to}_volume"), DType::INT8, &volume));
    p.constant(
        &weight,
        DType::INT8,
        &[1, kernel[0], kernel[1], kernel[2], 1],
        noise(kernel.iter().product::<i32>() as usize),
    );
    let window = Attribute::Conv { pad: vec![0; 6], stride: vec![1; 3], dilation: vec![1; 3], acc: DType::INT32 };
    let inputs = [&format!("{to}_volume"), &weight, "zero32", "zero8", "zero8"];
    p.op(Op::CONV3D, window, &inputs, (&sum, DType::INT32, &with_channel(out)));
    p.rescale(&sum, &narrow, &with_channel(out), [DType::INT32, DType::INT8]);
    p.shape(&flat, &out.map(i64::from));
    p.op(Op::RESHAPE, Attribute::None, &[&narrow, &flat], (to, DType::INT8, &out));
    Some(out)
}

/// As many taps as fit, some elements apart.
fn dilated(p: &mut Program, dice: &mut Dice, (from, [n, h, w, c]): From<'_>, to: &str) -> Option<Shape> {
    let (apart, weight, sum) = (2 + dice.below(3) as i32, format!("{to}_weight"), format!("{to}_sum"));
    let taps = (w - 1) / apart + 1;
    let (out, shape) = ([n, h, w - (taps - 1) * apart, 1], [1, 1, taps, c]);
    p.constant(&weight, DType::INT8, &shape, noise((taps * c) as usize));
    let dilation = vec![1, apart];
    let window = Attribute::Conv { pad: vec![0; 4], stride: vec![1; 2], dilation, acc: DType::INT32 };
    p.op(Op::CONV2D, window, &[from, &weight, "zero32", "zero8", "zero8"], (&sum, DType::INT32, &out));
    p.rescale(&sum, to, &out, [DType::INT32, DType::INT8]);
    Some(out)
}

/// The same elements elsewhere.
fn moved(p: &mut Program, dice: &mut Dice, (from, shape): From<'_>, to: &str) -> Option<Shape> {
    match dice.below(3) {
        0 => {
            let perms = dice.pick(&[[0, 2, 1, 3], [0, 3, 1, 2], [0, 1, 3, 2], [3, 2, 1, 0]]);
            let out = perms.map(|axis| shape[axis as usize]);
            p.op(Op::TRANSPOSE, Attribute::Perms(perms.to_vec()), &[from], (to, DType::INT8, &out));
            Some(out)
        }
        1 => {
            let mut divisor = |of: i32| {
                let divisors: Vec<i32> = (1..=of.min(40)).filter(|len| of % len == 0).collect();
                dice.pick(&divisors)
            };
            let all: i32 = shape.iter().product();
            let first = divisor(all);
            let second = divisor(all / first);
            let out = [1, first, second, all / first / second];
            p.shape(&format!("{to}_shape"), &out.map(i64::from));
            p.op(Op::RESHAPE, Attribute::None, &[from, &format!("{to}_shape")], (to, DType::INT8, &out));
            Some(out)
        }
        _ => {
            let start = shape.map(|len| if dice.one_in(2) { dice.below(len as u64) as i32 } else { 0 });
            let size: Vec<i32> =
                shape.iter().zip(start).map(|(len, start)| 1 + dice.below((len - start) as u64) as i32).collect();
            let out: Shape = size.try_into().unwrap();
            p.shape(&format!("{to}_start"), &start.map(i64::from));
            p.shape(&format!("{to}_size"), &out.map(i64::from));
            let inputs = [from, &format!("{to}_start"), &format!("{to}_size")];
            p.op(Op::SLICE, Attribute::None, &inputs, (to, DType::INT8, &out));
            Some(out)
        }
    }
}

fn repeated(p: &mut Program, dice: &mut Dice, (from, shape): From<'_>, to: &str) -> Option<Shape> {
    let mut out = shape;
    let axis = dice.below(4) as usize;
    if dice.one_in(2) {
        out[axis] *= 2;
        let fits = out.iter().product::<i32>() <= MOST;
        fits.then(|| p.op(Op::CONCAT, Attribute::Axis(axis as i32), &[from, from], (to, DType::INT8, &out)))?;
    } else {
        let times = [1, 1 + dice.below(2), 1 + dice.below(3), 1 + dice.below(2)];
        out.iter_mut().zip(times).for_each(|(len, times)| *len *= times as i32);
        (out.iter().product::<i32>() <= MOST).then_some(())?;
        p.shape(&format!("{to}_times"), &times.map(|times| times as i64));
        p.op(Op::TILE, Attribute::None, &[from, &format!("{to}_times")], (to, DType::INT8, &out));
    }
    Some(out)
}

/// Rows in the places that the largest of their pixels' channels name, before or after they are turned round.
fn scattered(p: &mut Program, dice: &mut Dice, (from, shape): From<'_>, to: &str) -> Option<Shape> {
    let [n, h, w, c] = shape;
    let [rows, turned, at, indices, placed] =
        ["rows", "turned", "at", "indices", "placed"].map(|name| format!("{to}_{name}"));
    let [list, flat, same] = ["list", "flat", "same"].map(|name| format!("{to}_{name}"));
    let lines = [n, h * w, c];
    p.shape(&list, &lines.map(i64::from));
    p.op(Op::RESHAPE, Attribute::None, &[from, &list], (&rows, DType::INT8, &lines));
    p.op(Op::REVERSE, Attribute::Axis(1), &[&rows], (&turned, DType::INT8, &lines));
    p.op(Op::ARGMAX, Attribute::Axis(3), &[from], (&at, DType::INT32, &[n, h, w]));
    p.shape(&flat, &[n.into(), (h * w).into()]);
    p.op(Op::RESHAPE, Attribute::None, &[&at, &flat], (&indices, DType::INT32, &[n, h * w]));
    let [values, input] = if dice.one_in(2) { [&rows, &turned] } else { [&turned, &rows] };
    p.op(Op::SCATTER, Attribute::None, &[values, &indices, input], (&placed, DType::INT8, &lines));
    p.shape(&same, &shape.map(i64::from));
    p.op(Op::RESHAPE, Attribute::None, &[&placed, &same], (to, DType::INT8, &shape));
    Some(shape)
}

fn elementwise(
    p: &mut Program,
    dice: &mut Dice,
    (from, shape): From<'_>,
    to: &str,
    other: Option<String>,
) -> Option<Shape> {
    match other {
        Some(other) if dice.one_in(2) => {
            let [a, b, sum] = ["a", "b", "sum"].map(|name| format!("{to}_{name}"));
            p.rescale(from, &a, &shape, [DType::INT8, DType::INT32]);
            p.rescale(&other, &b, &shape, [DType::INT8, DType::INT32]);
            p.op(Op::ADD, Attribute::None, &[&a, &b], (&sum, DType::INT32, &shape));
            p.rescale(&sum, to, &shape, [DType::INT32, DType::INT8]);
        }
        _ => {
            let curve = format!("{to}_curve");
            p.constant(&curve, DType::INT8, &[256], noise(256));
            p.op(Op::TABLE, Attribute::None, &[from, &curve], (to, DType::INT8, &shape));
        }
    }
    Some(shape)
}

/// What is left after its sum along an axis is taken away.
fn reduced(p: &mut Program, dice: &mut Dice, (from, shape): From<'_>, to: &str) -> Option<Shape> {
    let axis = dice.below(4) as usize;
    let [wide, sum, rest] = ["wide", "sum", "rest"].map(|name| format!("{to}_{name}"));
    let mut one = shape;
    one[axis] = 1;
    p.rescale(from, &wide, &shape, [DType::INT8, DType::INT32]);
    p.op(Op::REDUCE_SUM, Attribute::Axis(axis as i32), &[&wide], (&sum, DType::INT32, &one));
    p.op(Op::SUB, Attribute::None, &[&wide, &sum], (&rest, DType::INT32, &shape));
    p.rescale(&rest, to, &shape, [DType::INT32, DType::INT8]);
    Some(shape)
}
