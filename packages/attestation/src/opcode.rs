//! Canonical form of an op and its attributes: one byte for the op, then its attributes in order.

use tequio_tensor::{MAX_RANK, Op, Pool2d, Rescale, Resize, Transposed2d, Window2d, Window3d};

use crate::{
    Malformed,
    codec::{Reader, Writer},
};

/// The ops without attributes and their codes.
const PLAIN: [(u8, Op); 30] = [
    (3, Op::MatMul),
    (8, Op::Add),
    (9, Op::Sub),
    (10, Op::Mul),
    (11, Op::IntDiv),
    (12, Op::Maximum),
    (13, Op::Minimum),
    (15, Op::LogicalLeftShift),
    (16, Op::LogicalRightShift),
    (17, Op::BitwiseAnd),
    (18, Op::BitwiseOr),
    (19, Op::BitwiseXor),
    (20, Op::LogicalAnd),
    (21, Op::LogicalOr),
    (22, Op::LogicalXor),
    (23, Op::Equal),
    (24, Op::Greater),
    (25, Op::GreaterEqual),
    (26, Op::Select),
    (27, Op::Negate),
    (28, Op::Abs),
    (29, Op::BitwiseNot),
    (30, Op::LogicalNot),
    (31, Op::Clz),
    (32, Op::Table),
    (33, Op::Cast),
    (34, Op::Identity),
    (43, Op::Reshape),
    (48, Op::Tile),
    (51, Op::Scatter),
];
const GATHER: u8 = 49;

pub(crate) fn encode_op(w: &mut Writer, op: &Op, rank: usize) {
    if let Some((code, _)) = PLAIN.iter().find(|(_, plain)| plain == op) {
        return w.u8(*code);
    }
    let mut with = |code: u8, attributes: &[u32]| {
        w.u8(code);
        attributes.iter().for_each(|&a| w.varint(a as u64));
    };
    match *op {
        Op::Conv2d(window) => with(1, &window_attributes(&window)),
        Op::DepthwiseConv2d(window) => with(2, &window_attributes(&window)),
        Op::AvgPool2d(pool) => with(4, &pool_attributes(&pool)),
        Op::MaxPool2d(pool) => with(5, &pool_attributes(&pool)),
        Op::Rescale(r) => with(6, &[rescale_flags(&r)]),
        Op::Clamp { min, max } => {
            w.u8(7);
            w.signed(min);
            w.signed(max);
        }
        Op::ArithmeticRightShift { round } => with(14, &[round as u32]),
        Op::ReduceSum { axis } => with(35, &[axis as u32]),
        Op::ReduceMax { axis } => with(36, &[axis as u32]),
        Op::ReduceMin { axis } => with(37, &[axis as u32]),
        Op::ReduceProduct { axis } => with(38, &[axis as u32]),
        Op::ReduceAll { axis } => with(39, &[axis as u32]),
        Op::ReduceAny { axis } => with(40, &[axis as u32]),
        Op::ArgMax { axis } => with(41, &[axis as u32]),
        Op::Pad { before, after } => {
            with(42, &before[..rank]);
            after[..rank].iter().for_each(|&a| w.varint(a as u64));
        }
        Op::Transpose { perms } => with(44, &perms.map(u32::from)[..rank]),
        Op::Slice { start } => with(45, &start[..rank]),
        Op::Concat { axis } => with(46, &[axis as u32]),
        Op::Reverse { axis } => with(47, &[axis as u32]),
        Op::TransposeConv2d(t) => {
            w.u8(50);
            t.out_pad.iter().for_each(|&pad| w.signed(pad.into()));
            t.stride.iter().for_each(|&stride| w.varint(stride.into()));
        }
        Op::Resize(r) => {
            w.u8(52);
            w.u8(r.bilinear.into());
            r.scale.as_flattened().iter().for_each(|&part| w.varint(part.into()));
            r.offset.iter().chain(&r.border).for_each(|&part| w.signed(part.into()));
        }
        Op::Conv3d(w) => {
            let lists = [&w.pad[..], &w.stride, &w.dilation];
            with(53, &lists.concat());
        }
        _ => with(GATHER, &[]),
    }
}

pub(crate) fn decode_op(r: &mut Reader, rank: usize) -> Result<Op, Malformed> {
    let code = r.u8()?;
    if let Some((_, op)) = PLAIN.iter().find(|(plain, _)| *plain == code) {
        return Ok(*op);
    }
    Ok(match code {
        1 => Op::Conv2d(decode_window(r)?),
        2 => Op::DepthwiseConv2d(decode_window(r)?),
        4 => Op::AvgPool2d(decode_pool(r)?),
        5 => Op::MaxPool2d(decode_pool(r)?),
        6 => Op::Rescale(decode_rescale(r)?),
        7 => Op::Clamp { min: r.signed()?, max: r.signed()? },
        14 => Op::ArithmeticRightShift { round: decode_flag(r)? },
        35 => Op::ReduceSum { axis: decode_axis(r)? },
        36 => Op::ReduceMax { axis: decode_axis(r)? },
        37 => Op::ReduceMin { axis: decode_axis(r)? },
        38 => Op::ReduceProduct { axis: decode_axis(r)? },
        39 => Op::ReduceAll { axis: decode_axis(r)? },
        40 => Op::ReduceAny { axis: decode_axis(r)? },
        41 => Op::ArgMax { axis: decode_axis(r)? },
        42 => Op::Pad { before: decode_dims(r, rank)?, after: decode_dims(r, rank)? },
        44 => {
            let mut perms = [0; MAX_RANK];
            for perm in &mut perms[..rank] {
                *perm = decode_axis(r)?;
            }
            Op::Transpose { perms }
        }
        45 => Op::Slice { start: decode_dims(r, rank)? },
        46 => Op::Concat { axis: decode_axis(r)? },
        47 => Op::Reverse { axis: decode_axis(r)? },
        GATHER => Op::Gather,
        50 => Op::TransposeConv2d(Transposed2d { out_pad: decode_signed(r)?, stride: decode_list(r)? }),
        52 => Op::Resize(Resize {
            bilinear: decode_flag(r)?,
            scale: [decode_list(r)?, decode_list(r)?],
            offset: decode_signed(r)?,
            border: decode_signed(r)?,
        }),
        53 => Op::Conv3d(Window3d { pad: decode_list(r)?, stride: decode_list(r)?, dilation: decode_list(r)? }),
        tag => return Err(Malformed::Tag { tag }),
    })
}

fn window_attributes(w: &Window2d) -> [u32; 8] {
    let ([t, b, l, r], [sy, sx], [dy, dx]) = (w.pad, w.stride, w.dilation);
    [t, b, l, r, sy, sx, dy, dx]
}

fn decode_window(r: &mut Reader) -> Result<Window2d, Malformed> {
    Ok(Window2d { pad: decode_list(r)?, stride: decode_list(r)?, dilation: decode_list(r)? })
}

fn pool_attributes(p: &Pool2d) -> [u32; 8] {
    let ([ky, kx], [sy, sx], [t, b, l, r]) = (p.kernel, p.stride, p.pad);
    [ky, kx, sy, sx, t, b, l, r]
}

fn decode_pool(r: &mut Reader) -> Result<Pool2d, Malformed> {
    Ok(Pool2d { kernel: decode_list(r)?, stride: decode_list(r)?, pad: decode_list(r)? })
}

fn rescale_flags(r: &Rescale) -> u32 {
    [r.scale32, r.double_round, r.per_channel, r.input_unsigned, r.output_unsigned]
        .iter()
        .rev()
        .fold(0, |flags, &bit| flags << 1 | bit as u32)
}

fn decode_rescale(r: &mut Reader) -> Result<Rescale, Malformed> {
    let flags = r.u8()?;
    if flags >= 1 << 5 {
        return Err(Malformed::Tag { tag: flags });
    }
    let bit = |n: u8| flags >> n & 1 == 1;
    Ok(Rescale {
        scale32: bit(0),
        double_round: bit(1),
        per_channel: bit(2),
        input_unsigned: bit(3),
        output_unsigned: bit(4),
    })
}

fn decode_flag(r: &mut Reader) -> Result<bool, Malformed> {
    match r.u8()? {
        0 => Ok(false),
        1 => Ok(true),
        tag => Err(Malformed::Tag { tag }),
    }
}

fn decode_axis(r: &mut Reader) -> Result<u8, Malformed> {
    let axis = r.u8()?;
    if axis as usize >= MAX_RANK { Err(Malformed::Tag { tag: axis }) } else { Ok(axis) }
}

fn decode_list<const N: usize>(r: &mut Reader) -> Result<[u32; N], Malformed> {
    let mut list = [0; N];
    for item in &mut list {
        *item = r.varint32()?;
    }
    Ok(list)
}

fn decode_signed<const N: usize>(r: &mut Reader) -> Result<[i32; N], Malformed> {
    let mut list = [0; N];
    for item in &mut list {
        *item = i32::try_from(r.signed()?).map_err(|_| Malformed::Varint)?;
    }
    Ok(list)
}

fn decode_dims(r: &mut Reader, rank: usize) -> Result<[u32; MAX_RANK], Malformed> {
    let mut dims = [0; MAX_RANK];
    for dim in &mut dims[..rank] {
        *dim = r.varint32()?;
    }
    Ok(dims)
}
