//! Random operators: valid ones of every kind, and garbage.

use super::Tensors;
use tequio_tensor::{DType, MAX_RANK, Op, Pool2d, Rescale, Resize, Shape, Transposed2d, Type, Window2d, Window3d};

const WORDS: [DType; 3] = [DType::I8, DType::I16, DType::I32];
const SHORT: [DType; 2] = [DType::I8, DType::I16];
const MOVED: [DType; 4] = [DType::Bool, DType::I8, DType::I16, DType::I32];

/// SplitMix64.
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// Uniform in `least..=most`.
    pub fn within(&mut self, least: u32, most: u32) -> u32 {
        least + (self.next() % u64::from(most - least + 1)) as u32
    }

    pub fn flag(&mut self) -> bool {
        self.next() & 1 == 1
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.next() as usize % from.len()]
    }

    pub fn dims(&mut self, rank: usize) -> Vec<u32> {
        (0..rank).map(|_| self.within(1, 4)).collect()
    }

    /// A value of the type, extremes and positions in short lists often.
    pub fn value(&mut self, dtype: DType) -> i64 {
        match self.within(0, 6) {
            0 => dtype.min(),
            1 => dtype.max(),
            2 => 0,
            3 => dtype.wrap(self.within(0, 4).into()),
            _ => dtype.wrap(self.next() as i64),
        }
    }

    pub fn tensors(&mut self, types: &[Type]) -> Tensors {
        let values = types.iter().map(|ty| (0..ty.shape.elements()).map(|_| self.value(ty.dtype)).collect()).collect();
        Tensors::new(types.to_vec(), values)
    }
}

fn ty(dtype: DType, dims: &[u32]) -> Type {
    Type::new(dtype, dims).unwrap()
}

/// An operator with its operands and output.
pub type Node = (Op, Vec<Type>, Type);

/// A node that the check accepts.
pub fn valid(r: &mut Rng) -> Node {
    match r.within(0, 9) {
        9 => conv3d(r),
        8 => resize(r),
        7 => transposed(r),
        0 => conv(r),
        1 => pool_or_matmul(r),
        2 => rescale(r),
        3 => binary(r),
        4 => unary(r),
        5 => reduction(r),
        _ => movement(r),
    }
}

/// Input length, kernel, stride, dilation, pads and output length that fit.
fn window(r: &mut Rng, dilate: bool) -> (u32, u32, u32, u32, [u32; 2], u32) {
    loop {
        let (len, kernel, stride) = (r.within(1, 7), r.within(1, 4), r.within(1, 3));
        let dilation = if dilate { r.within(1, 3) } else { 1 };
        let most = if dilate { 4 } else { kernel - 1 };
        let pad = [r.within(0, most), r.within(0, most)];
        let (padded, reach) = (len + pad[0] + pad[1], (kernel - 1) * dilation + 1);
        if padded >= reach && (padded - reach).is_multiple_of(stride) {
            return (len, kernel, stride, dilation, pad, (padded - reach) / stride + 1);
        }
    }
}

fn conv(r: &mut Rng) -> Node {
    let (ih, kh, sy, dy, py, oh) = window(r, true);
    let (iw, kw, sx, dx, px, ow) = window(r, true);
    let (n, ic, c) = (r.within(1, 2), r.within(1, 4), r.within(1, 4));
    let (input, weight, acc) = r.pick(&[
        (DType::I8, DType::I8, DType::I32),
        (DType::I8, DType::I4, DType::I32),
        (DType::I16, DType::I8, DType::I48),
    ]);
    let window = Window2d { pad: [py[0], py[1], px[0], px[1]], stride: [sy, sx], dilation: [dy, dx] };
    let (op, kernel, oc) = if r.flag() {
        (Op::Conv2d(window), [c, kh, kw, ic], c)
    } else {
        (Op::DepthwiseConv2d(window), [kh, kw, ic, c], ic * c)
    };
    let bias = if r.flag() { 1 } else { oc };
    let ins =
        vec![ty(input, &[n, ih, iw, ic]), ty(weight, &kernel), ty(acc, &[bias]), ty(input, &[1]), ty(weight, &[1])];
    (op, ins, ty(acc, &[n, oh, ow, oc]))
}

fn conv3d(r: &mut Rng) -> Node {
    let (id, kd, sz, dz, pz, od) = window(r, true);
    let (ih, kh, sy, dy, py, oh) = window(r, true);
    let (iw, kw, sx, dx, px, ow) = window(r, true);
    let (n, ic, oc) = (r.within(1, 2), r.within(1, 2), r.within(1, 3));
    let (input, acc) = r.pick(&[(DType::I8, DType::I32), (DType::I16, DType::I48)]);
    let bias = if r.flag() { 1 } else { oc };
    let ins = vec![
        ty(input, &[n, id, ih, iw, ic]),
        ty(DType::I8, &[oc, kd, kh, kw, ic]),
        ty(acc, &[bias]),
        ty(input, &[1]),
        ty(DType::I8, &[1]),
    ];
    let pad = [pz[0], pz[1], py[0], py[1], px[0], px[1]];
    let op = Op::Conv3d(Window3d { pad, stride: [sz, sy, sx], dilation: [dz, dy, dx] });
    (op, ins, ty(acc, &[n, od, oh, ow, oc]))
}

fn transposed(r: &mut Rng) -> Node {
    let mut side = || {
        loop {
            let (len, kernel, stride) = (r.within(1, 5), r.within(1, 4), r.within(1, 5));
            let pad = [0; 2].map(|_: i32| r.within(0, kernel + 1) as i32 - kernel as i32 + 1);
            let out = ((len - 1) * stride + kernel) as i32 + pad[0] + pad[1];
            if out > 0 {
                return (len, kernel, stride, pad, out as u32);
            }
        }
    };
    let (ih, kh, sy, py, oh) = side();
    let (iw, kw, sx, px, ow) = side();
    let (n, ic, oc) = (r.within(1, 2), r.within(1, 4), r.within(1, 4));
    let (input, acc) = r.pick(&[(DType::I8, DType::I32), (DType::I16, DType::I48)]);
    let bias = if r.flag() { 1 } else { oc };
    let ins = vec![
        ty(input, &[n, ih, iw, ic]),
        ty(DType::I8, &[oc, kh, kw, ic]),
        ty(acc, &[bias]),
        ty(input, &[1]),
        ty(DType::I8, &[1]),
    ];
    let op = Op::TransposeConv2d(Transposed2d { out_pad: [py[0], py[1], px[0], px[1]], stride: [sy, sx] });
    (op, ins, ty(acc, &[n, oh, ow, oc]))
}

fn resize(r: &mut Rng) -> Node {
    // Input length, scale, offset, border, output length.
    let mut side = || {
        loop {
            let (len, out, scale) = (r.within(1, 7), r.within(1, 9), [r.within(1, 6), r.within(1, 15)]);
            let [n, d] = scale.map(|part| part as i32);
            let offset = r.within(0, 4 * n as u32) as i32 - n;
            let border = (out as i32 - 1) * d + offset - (len as i32 - 1) * n;
            if (-16 * n..n).contains(&border) {
                return (len, scale, offset, border, out);
            }
        }
    };
    let (y, x) = (side(), side());
    let (n, c, bilinear, dtype) = (r.within(1, 2), r.within(1, 3), r.flag(), r.pick(&SHORT));
    let out = match dtype {
        _ if !bilinear => dtype,
        DType::I8 => DType::I32,
        _ => DType::I48,
    };
    let op = Op::Resize(Resize { bilinear, scale: [y.1, x.1], offset: [y.2, x.2], border: [y.3, x.3] });
    (op, vec![ty(dtype, &[n, y.0, x.0, c])], ty(out, &[n, y.4, x.4, c]))
}

fn pool_or_matmul(r: &mut Rng) -> Node {
    let (n, c) = (r.within(1, 2), r.within(1, 4));
    if r.within(0, 2) == 0 {
        let (h, w) = (r.within(1, 4), r.within(1, 4));
        let (input, out) = r.pick(&[(DType::I8, DType::I32), (DType::I16, DType::I48)]);
        let ins = vec![ty(input, &[n, h, c]), ty(input, &[n, c, w]), ty(input, &[1]), ty(input, &[1])];
        return (Op::MatMul, ins, ty(out, &[n, h, w]));
    }
    let (ih, kh, sy, _, py, oh) = window(r, false);
    let (iw, kw, sx, _, px, ow) = window(r, false);
    let pool = Pool2d { kernel: [kh, kw], stride: [sy, sx], pad: [py[0], py[1], px[0], px[1]] };
    let dtype = r.pick(&SHORT);
    let (input, out) = (ty(dtype, &[n, ih, iw, c]), ty(dtype, &[n, oh, ow, c]));
    if r.flag() {
        (Op::AvgPool2d(pool), vec![input, ty(dtype, &[1]), ty(dtype, &[1])], out)
    } else {
        (Op::MaxPool2d(pool), vec![input], out)
    }
}

fn rescale(r: &mut Rng) -> Node {
    let input = r.pick(&[DType::I8, DType::I16, DType::I32, DType::I48]);
    let output = r.pick(&WORDS);
    let scale32 = input != DType::I48 && r.flag();
    let narrow = |dtype| dtype == DType::I8 || dtype == DType::I16;
    let unsigned = narrow(input) && narrow(output) && r.flag();
    let input_unsigned = unsigned && r.flag();
    let rank = r.within(1, 4) as usize;
    let dims = r.dims(rank);
    let rescale = Rescale {
        scale32,
        double_round: scale32 && r.flag(),
        per_channel: r.flag(),
        input_unsigned,
        output_unsigned: unsigned && !input_unsigned,
    };
    let channels = if rescale.per_channel { dims[rank - 1] } else { 1 };
    let multiplier = if scale32 { DType::I32 } else { DType::I16 };
    let ins = vec![
        ty(input, &dims),
        ty(multiplier, &[channels]),
        ty(DType::I8, &[channels]),
        ty(input, &[1]),
        ty(output, &[1]),
    ];
    (Op::Rescale(rescale), ins, ty(output, &dims))
}

fn binary(r: &mut Rng) -> Node {
    let rank = r.within(0, 4) as usize;
    let mut out = r.dims(rank);
    let shapes: Vec<Vec<u32>> =
        (0..3).map(|_| out.iter().map(|&d| if r.within(0, 3) == 0 { 1 } else { d }).collect()).collect();
    let words = r.pick(&WORDS);
    let (op, dtype, to) = r.pick(&[
        (Op::Add, DType::I32, DType::I32),
        (Op::Sub, DType::I32, DType::I32),
        (Op::IntDiv, DType::I32, DType::I32),
        (Op::Maximum, DType::I32, DType::I32),
        (Op::Minimum, DType::I32, DType::I32),
        (Op::Mul, words, DType::I32),
        (Op::ArithmeticRightShift { round: true }, words, words),
        (Op::ArithmeticRightShift { round: false }, words, words),
        (Op::LogicalLeftShift, words, words),
        (Op::LogicalRightShift, words, words),
        (Op::BitwiseAnd, words, words),
        (Op::BitwiseOr, words, words),
        (Op::BitwiseXor, words, words),
        (Op::LogicalAnd, DType::Bool, DType::Bool),
        (Op::LogicalOr, DType::Bool, DType::Bool),
        (Op::LogicalXor, DType::Bool, DType::Bool),
        (Op::Equal, DType::I32, DType::Bool),
        (Op::Greater, DType::I32, DType::Bool),
        (Op::GreaterEqual, DType::I32, DType::Bool),
        (Op::Select, words, words),
    ]);
    let operands = if op == Op::Select { 3 } else { 2 };
    for (axis, dim) in out.iter_mut().enumerate() {
        *dim = shapes[..operands].iter().map(|shape| shape[axis]).max().unwrap();
    }
    let mut ins: Vec<Type> = shapes[..operands].iter().map(|shape| ty(dtype, shape)).collect();
    match op {
        Op::Select => ins[0].dtype = DType::Bool,
        Op::Mul => ins.push(ty(DType::I8, &[1])),
        _ => {}
    }
    (op, ins, ty(to, &out))
}

fn unary(r: &mut Rng) -> Node {
    let rank = r.within(0, 4) as usize;
    let dims = r.dims(rank);
    let (short, words) = (r.pick(&SHORT), r.pick(&WORDS));
    let (from, to) = loop {
        let (from, to) = (r.pick(&MOVED), r.pick(&MOVED));
        if from != to {
            break (from, to);
        }
    };
    let (a, b) = (r.value(short), r.value(short));
    let table = if short == DType::I8 { DType::I8 } else { DType::I32 };
    let any = r.pick(&DType::ALL);
    let (op, dtype, out) = r.pick(&[
        (Op::Clamp { min: a.min(b), max: a.max(b) }, short, short),
        (Op::Negate, words, words),
        (Op::Abs, DType::I32, DType::I32),
        (Op::Clz, DType::I32, DType::I32),
        (Op::BitwiseNot, words, words),
        (Op::LogicalNot, DType::Bool, DType::Bool),
        (Op::Table, short, table),
        (Op::Cast, from, to),
        (Op::Identity, any, any),
    ]);
    let mut ins = vec![ty(dtype, &dims)];
    match op {
        Op::Negate => ins.extend([ty(dtype, &[1]); 2]),
        Op::Table => ins.push(ty(dtype, &[if dtype == DType::I8 { 256 } else { 513 }])),
        _ => {}
    }
    (op, ins, ty(out, &dims))
}

fn reduction(r: &mut Rng) -> Node {
    let rank = r.within(1, 5) as usize;
    let mut dims = r.dims(rank);
    let axis = r.within(0, rank as u32 - 1) as u8;
    let (words, short) = (r.pick(&WORDS), r.pick(&SHORT));
    let (op, dtype, to) = r.pick(&[
        (Op::ReduceSum { axis }, DType::I32, DType::I32),
        (Op::ReduceMax { axis }, words, words),
        (Op::ReduceMin { axis }, words, words),
        (Op::ReduceAll { axis }, DType::Bool, DType::Bool),
        (Op::ReduceAny { axis }, DType::Bool, DType::Bool),
        (Op::ArgMax { axis }, short, DType::I32),
    ]);
    let ins = vec![ty(dtype, &dims)];
    if let Op::ArgMax { .. } = op {
        dims.remove(axis as usize);
    } else {
        dims[axis as usize] = 1;
    }
    (op, ins, ty(to, &dims))
}

fn movement(r: &mut Rng) -> Node {
    let rank = r.within(1, 5) as usize;
    let dims = r.dims(rank);
    let axis = r.within(0, rank as u32 - 1) as u8;
    let dtype = r.pick(&MOVED);
    let x = ty(dtype, &dims);
    match r.within(0, 8) {
        0 => {
            let mut sides = [[0; MAX_RANK]; 2];
            let mut out = dims.clone();
            for (side, axis) in (0..2 * rank).map(|n| (n % 2, n / 2)) {
                sides[side][axis] = r.within(0, 2);
                out[axis] += sides[side][axis];
            }
            let [before, after] = sides;
            (Op::Pad { before, after }, vec![x, ty(dtype, &[1])], ty(dtype, &out))
        }
        1 => (Op::Reshape, vec![x], ty(dtype, &refactored(r, x.shape.elements()))),
        2 => {
            let mut perms = [0; MAX_RANK];
            for i in 0..rank {
                let j = r.within(0, i as u32) as usize;
                perms[i] = perms[j];
                perms[j] = i as u8;
            }
            let out: Vec<u32> = perms[..rank].iter().map(|&p| dims[p as usize]).collect();
            (Op::Transpose { perms }, vec![x], ty(dtype, &out))
        }
        3 => {
            let mut start = [0; MAX_RANK];
            let mut out = dims.clone();
            for axis in 0..rank {
                start[axis] = r.within(0, dims[axis] - 1);
                out[axis] = r.within(1, dims[axis] - start[axis]);
            }
            (Op::Slice { start }, vec![x], ty(dtype, &out))
        }
        4 => {
            let mut out = dims.clone();
            out[axis as usize] = 0;
            let mut ins = Vec::new();
            for _ in 0..r.within(1, 4) {
                let mut part = dims.clone();
                part[axis as usize] = r.within(1, 3);
                out[axis as usize] += part[axis as usize];
                ins.push(ty(dtype, &part));
            }
            (Op::Concat { axis }, ins, ty(dtype, &out))
        }
        5 => (Op::Reverse { axis }, vec![x], x),
        6 => {
            let out: Vec<u32> = dims.iter().map(|&d| d * r.within(1, 3)).collect();
            (Op::Tile, vec![x], ty(dtype, &out))
        }
        7 => {
            let (n, k, w, c) = (r.within(1, 3), r.within(1, 5), r.within(1, 5), r.within(1, 3));
            let ins = vec![ty(dtype, &[n, k, c]), ty(DType::I32, &[n, w])];
            (Op::Gather, ins, ty(dtype, &[n, w, c]))
        }
        _ => {
            let (n, k, w, c) = (r.within(1, 3), r.within(1, 5), r.within(1, 5), r.within(1, 3));
            let ins = vec![ty(dtype, &[n, k, c]), ty(DType::I32, &[n, w]), ty(dtype, &[n, w, c])];
            (Op::Scatter, ins, ty(dtype, &[n, k, c]))
        }
    }
}

/// A random shape of `elements` elements.
fn refactored(r: &mut Rng, elements: u32) -> Vec<u32> {
    let mut left = elements;
    let mut dims = Vec::new();
    for _ in 0..4 {
        let divisors: Vec<u32> = (1..=left).filter(|d| left.is_multiple_of(*d)).collect();
        let dim = r.pick(&divisors);
        dims.push(dim);
        left /= dim;
    }
    dims.push(left);
    dims
}

/// Any operator with any attributes over any small types.
pub fn garbage(r: &mut Rng) -> Node {
    let (mut op, mut ins, mut out) = valid(r);
    for _ in 0..r.within(1, 3) {
        let (other, other_ins, other_out) = valid(r);
        match r.within(0, 6) {
            0 => op = other,
            1 => ins = other_ins,
            2 => out = other_out,
            3 => drop(ins.pop()),
            4 => ins.push(other_out),
            5 => {
                if let Some(slot) = ins.first_mut() {
                    *slot = other_out;
                }
            }
            _ => op = wild(r, op),
        }
    }
    (op, ins, out)
}

/// The operator with wild attributes.
fn wild(r: &mut Rng, op: Op) -> Op {
    let mut n = || match r.within(0, 3) {
        0 => u32::MAX,
        1 => 0,
        2 => r.within(0, 9),
        _ => r.next() as u32,
    };
    match op {
        Op::Conv2d(_) => Op::Conv2d(Window2d { pad: [n(), n(), n(), n()], stride: [n(), n()], dilation: [n(), n()] }),
        Op::Conv3d(_) => Op::Conv3d(Window3d {
            pad: [n(), n(), n(), n(), n(), n()],
            stride: [n(), n(), n()],
            dilation: [n(), n(), n()],
        }),
        Op::DepthwiseConv2d(_) => {
            Op::DepthwiseConv2d(Window2d { pad: [n(), n(), n(), n()], stride: [n(), n()], dilation: [n(), n()] })
        }
        Op::TransposeConv2d(_) => Op::TransposeConv2d(Transposed2d {
            out_pad: [n() as i32, n() as i32, n() as i32, n() as i32],
            stride: [n(), n()],
        }),
        Op::AvgPool2d(_) => Op::AvgPool2d(Pool2d { kernel: [n(), n()], stride: [n(), n()], pad: [n(), n(), n(), n()] }),
        Op::MaxPool2d(_) => Op::MaxPool2d(Pool2d { kernel: [n(), n()], stride: [n(), n()], pad: [n(), n(), n(), n()] }),
        Op::Resize(Resize { bilinear, .. }) => Op::Resize(Resize {
            bilinear,
            scale: [[n(), n()], [n(), n()]],
            offset: [n() as i32, n() as i32],
            border: [n() as i32, n() as i32],
        }),
        Op::Pad { .. } => Op::Pad { before: [n(); MAX_RANK], after: [n(); MAX_RANK] },
        Op::Slice { .. } => Op::Slice { start: [n(); MAX_RANK] },
        Op::Transpose { .. } => Op::Transpose { perms: [n() as u8; MAX_RANK] },
        Op::Concat { .. } => Op::Concat { axis: n() as u8 },
        Op::Reverse { .. } => Op::Reverse { axis: n() as u8 },
        Op::ReduceSum { .. } => Op::ReduceSum { axis: n() as u8 },
        Op::ArgMax { .. } => Op::ArgMax { axis: n() as u8 },
        Op::Clamp { .. } => Op::Clamp { min: i64::MAX, max: i64::MIN },
        _ => op,
    }
}

/// Lengths of a box inside `shape`.
pub fn part(r: &mut Rng, shape: &Shape) -> Shape {
    let dims: Vec<u32> =
        shape.dims().iter().map(|&dim| if r.within(0, 2) == 0 { dim } else { r.within(1, dim) }).collect();
    Shape::new(&dims).unwrap()
}
