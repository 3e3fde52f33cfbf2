//! Operators that move data, pools and reductions give what the definition gives.

use proptest::prelude::*;
use tequio_backend::Backend;
use tequio_tensor::{DType, Op, Pool2d, Resize};

use super::sketch::{Sketch, agree, bytes, config, noise, scalar};
use DType::{Bool, I8, I16, I32, I48};

fn six<T: Copy + Default>(values: &[T]) -> [T; 6] {
    std::array::from_fn(|at| values.get(at).copied().unwrap_or_default())
}

fn elements(dims: &[u32]) -> usize {
    dims.iter().product::<u32>() as usize
}

pub fn moved(backend: &dyn Backend) {
    proptest!(config(200), |(
        which in 0usize..8,
        ty in prop::sample::select(vec![Bool, I8, I16, I32]),
        dims in prop::collection::vec(1u32..=7, 1..=5),
        first in prop::array::uniform5(0u32..=3),
        second in prop::array::uniform5(0u32..=3),
        order in Just([0u8, 1, 2, 3, 4]).prop_shuffle(),
        at in 0usize..5,
        seed: u64,
    )| {
        let rank = dims.len();
        let axis = (at % rank) as u8;
        let mut s = Sketch::default();
        let x = s.input(ty, &dims);
        let mut inputs = vec![bytes(ty, &noise(ty, elements(&dims), seed))];
        let added = |by: &dyn Fn(usize) -> u32| -> Vec<u32> { (0..rank).map(|at| dims[at] + by(at)).collect() };
        let y = match which {
            0 => {
                let start: Vec<u32> = (0..rank).map(|at| first[at].min(dims[at] - 1)).collect();
                let to: Vec<u32> = (0..rank).map(|at| (dims[at] - start[at]).saturating_sub(second[at]).max(1)).collect();
                s.op(Op::Slice { start: six(&start) }, &[x], ty, &to)
            }
            1 => {
                let value = scalar(ty, if ty == Bool { 1 } else { -7 });
                let to = added(&|at| first[at] + second[at]);
                s.op(Op::Pad { before: six(&first[..rank]), after: six(&second[..rank]) }, &[x, value], ty, &to)
            }
            2 => {
                let perms: Vec<u8> = order.iter().copied().filter(|&at| (at as usize) < rank).collect();
                let to: Vec<u32> = perms.iter().map(|&at| dims[at as usize]).collect();
                s.op(Op::Transpose { perms: six(&perms) }, &[x], ty, &to)
            }
            3 => s.op(Op::Reverse { axis }, &[x], ty, &dims),
            4 => {
                let to: Vec<u32> = (0..rank).map(|at| dims[at] * (1 + first[at] % 3)).collect();
                s.op(Op::Tile, &[x], ty, &to)
            }
            5 => {
                let mut other = dims.clone();
                other[axis as usize] = 1 + first[0];
                let b = s.input(ty, &other);
                inputs.push(bytes(ty, &noise(ty, elements(&other), seed + 1)));
                let mut to = dims.clone();
                to[axis as usize] += other[axis as usize] + dims[axis as usize];
                s.op(Op::Concat { axis }, &[x, b, x], ty, &to)
            }
            6 => s.op(Op::Reshape, &[x], ty, &[dims.iter().product()]),
            _ => s.op(Op::Identity, &[x], ty, &dims),
        };
        s.commit(y);
        agree(backend, &s.manifest(), &inputs.iter().map(Vec::as_slice).collect::<Vec<_>>());
    });
}

pub fn gathered(backend: &dyn Backend) {
    proptest!(config(200), |(
        dims in (1u32..=3, 1u32..=9, 1u32..=9, 1u32..=9),
        ty in prop::sample::select(vec![I8, I16, I32]),
        seed: u64,
    )| {
        let (n, k, c, w) = dims;
        let mut s = Sketch::default();
        let values = s.input(ty, &[n, k, c]);
        let indices = s.input(I32, &[n, w]);
        let y = s.op(Op::Gather, &[values, indices], ty, &[n, w, c]);
        s.commit(y);
        let at: Vec<i64> = noise(I32, (n * w) as usize, seed).iter().enumerate()
            .map(|(at, index)| if at % 2 == 0 { index.rem_euclid(k as i64 + 4) - 2 } else { *index })
            .collect();
        agree(backend, &s.manifest(), &[&bytes(ty, &noise(ty, (n * k * c) as usize, seed)), &bytes(I32, &at)]);
    });
}

pub fn scattered(backend: &dyn Backend) {
    proptest!(config(200), |(
        dims in (1u32..=3, 1u32..=9, 1u32..=9, 1u32..=9),
        ty in prop::sample::select(vec![I8, I16, I32]),
        seed: u64,
    )| {
        let (n, k, c, w) = dims;
        let mut s = Sketch::default();
        let values = s.input(ty, &[n, k, c]);
        let indices = s.input(I32, &[n, w]);
        let input = s.input(ty, &[n, w, c]);
        let y = s.op(Op::Scatter, &[values, indices, input], ty, &[n, k, c]);
        s.commit(y);
        let at: Vec<i64> =
            noise(I32, (n * w) as usize, seed).iter().map(|index| index.rem_euclid(k as i64 + 4) - 2).collect();
        let values = bytes(ty, &noise(ty, (n * k * c) as usize, seed));
        let input = bytes(ty, &noise(ty, (n * w * c) as usize, seed + 1));
        agree(backend, &s.manifest(), &[&values, &bytes(I32, &at), &input]);
    });
}

pub fn reduced(backend: &dyn Backend) {
    proptest!(config(200), |(
        which in 0usize..6,
        ty in prop::sample::select(vec![I8, I16, I32]),
        dims in prop::collection::vec(1u32..=9, 1..=4),
        at in 0usize..4,
        seed: u64,
    )| {
        let axis = (at % dims.len()) as u8;
        let short = if ty == I32 { I16 } else { ty };
        let (op, from, to) = match which {
            0 => (Op::ReduceSum { axis }, I32, I32),
            1 => (Op::ReduceMax { axis }, ty, ty),
            2 => (Op::ReduceMin { axis }, ty, ty),
            3 => (Op::ReduceAll { axis }, Bool, Bool),
            4 => (Op::ReduceAny { axis }, Bool, Bool),
            _ => (Op::ArgMax { axis }, short, I32),
        };
        let mut out = dims.clone();
        if which == 5 { out.remove(axis as usize); } else { out[axis as usize] = 1; }
        let mut s = Sketch::default();
        let x = s.input(from, &dims);
        let y = s.op(op, &[x], to, &out);
        s.commit(y);
        agree(backend, &s.manifest(), &[&bytes(from, &noise(from, elements(&dims), seed))]);
    });
}

pub fn pooled(backend: &dyn Backend) {
    proptest!(config(200), |(
        average: bool,
        ty in prop::sample::select(vec![I8, I16]),
        sizes in (1u32..=2, 1u32..=20, prop::array::uniform2(1u32..=5), prop::array::uniform2(1u32..=4)),
        stride in prop::array::uniform2(1u32..=3),
        pad in prop::array::uniform4(0u32..=3),
        zero in prop::array::uniform2(-128i64..=127),
        seed: u64,
    )| {
        let (batch, channels, out, kernel) = sizes;
        let mut pad = pad;
        let mut from = [0; 2];
        for axis in 0..2 {
            let padded = (out[axis] - 1) * stride[axis] + kernel[axis];
            pad[2 * axis] = pad[2 * axis].min(kernel[axis] - 1);
            pad[2 * axis + 1] = pad[2 * axis + 1].min(kernel[axis] - 1).min(padded - 1 - pad[2 * axis]);
            from[axis] = padded - pad[2 * axis] - pad[2 * axis + 1];
        }
        let pool = Pool2d { kernel, stride, pad };
        let dims = [batch, from[0], from[1], channels];
        let to = [batch, out[0], out[1], channels];
        let mut s = Sketch::default();
        let x = s.input(ty, &dims);
        let y = if average {
            s.op(Op::AvgPool2d(pool), &[x, scalar(ty, zero[0]), scalar(ty, zero[1])], ty, &to)
        } else {
            s.op(Op::MaxPool2d(pool), &[x], ty, &to)
        };
        s.commit(y);
        agree(backend, &s.manifest(), &[&bytes(ty, &noise(ty, elements(&dims), seed))]);
    });
}

pub fn resized(backend: &dyn Backend) {
    let side = || (1u32..=6, 1u32..=8, 1u32..=15, -8i32..=8);
    proptest!(config(100), |(
        batch in 1u32..=3,
        sides in prop::array::uniform2(side()),
        channels in 1u32..=40,
        bilinear: bool,
        wide: bool,
        seed: u64,
    )| {
        // As many positions as there are up to the border.
        let sides = sides.map(|(len, numerator, denominator, offset)| {
            let (scale, offset) = ([numerator, denominator.min(16 * numerator - 1)], offset.max(-(numerator as i32)));
            let last = ((len - 1) * scale[0]) as i32;
            let out = (last - offset + scale[0] as i32 - 1).max(0) / scale[1] as i32 + 1;
            let border = (out - 1) * scale[1] as i32 + offset - last;
            (len, scale, offset, border, out as u32)
        });
        prop_assume!(sides.iter().all(|side| side.3 < side.1[0] as i32));
        let resize = Resize {
            bilinear,
            scale: sides.map(|side| side.1),
            offset: sides.map(|side| side.2),
            border: sides.map(|side| side.3),
        };
        let mut s = Sketch::default();
        let from = if wide { I16 } else { I8 };
        let dims = [batch, sides[0].0, sides[1].0, channels];
        let x = s.input(from, &dims);
        let to = match (bilinear, wide) {
            (false, _) => from,
            (true, false) => I32,
            (true, true) => I48,
        };
        let shape = [batch, sides[0].4, sides[1].4, channels];
        let y = s.op(Op::Resize(resize), &[x], to, &shape);
        // Half of the sums with what follows them.
        if to == I32 && seed.is_multiple_of(2) {
            let other = s.constant(I32, &[1, 1, 1, channels], &noise(I32, channels as usize, seed + 1));
            let sum = s.op(Op::Sub, &[y, other], I32, &shape);
            let narrow = s.op(Op::Cast, &[sum], I8, &shape);
            s.commit(narrow);
        } else {
            s.commit(y);
        }
        agree(backend, &s.manifest(), &[&bytes(from, &noise(from, elements(&dims), seed))]);
    });
}
