//! One operator's attributes, and its `shape` operands, which become attributes.

use tequio_tensor::{DType, MAX_RANK, Op, Pool2d, Rescale, Resize, Transposed2d, Type, Window2d, Window3d};
use tequio_tosa::schema::{DType as FileDType, Op as FileOp, ResizeMode, RoundingMode, TosaOperator};

use crate::refused::Refused;

/// An operator where it stands.
pub struct Site<'a> {
    pub operator: &'a TosaOperator<'a>,
    /// Its output's name.
    pub tensor: &'a str,
    pub operands: &'a [Type],
    pub out: &'a Type,
    /// The values of its `shape` operands, in order.
    pub shapes: &'a [&'a [i64]],
}

/// The op, or `None` if there is none like it. Operand types aren't looked at.
pub fn op(s: &Site<'_>) -> Result<Option<Op>, Refused> {
    let file = s.operator;
    let shapes = match file.op() {
        FileOp::RESHAPE | FileOp::TILE | FileOp::PAD => 1,
        FileOp::SLICE => 2,
        FileOp::RESIZE => 3,
        _ => 0,
    };
    let Some(op) = plain(file.op()).map(Ok).or_else(|| with_attributes(s)) else { return Ok(None) };
    let op = op?;
    if s.shapes.len() != shapes {
        let (found, tensor) = (s.shapes.len(), s.tensor.into());
        return Err(Refused::Arity { op: op.name(), tensor, what: "shape operands", found, wanted: shapes });
    }
    Ok(Some(op))
}

fn plain(op: FileOp) -> Option<Op> {
    Some(match op {
        FileOp::MATMUL => Op::MatMul,
        FileOp::ADD => Op::Add,
        FileOp::SUB => Op::Sub,
        FileOp::MUL => Op::Mul,
        FileOp::INTDIV => Op::IntDiv,
        FileOp::MAXIMUM => Op::Maximum,
        FileOp::MINIMUM => Op::Minimum,
        FileOp::LOGICAL_LEFT_SHIFT => Op::LogicalLeftShift,
        FileOp::LOGICAL_RIGHT_SHIFT => Op::LogicalRightShift,
        FileOp::BITWISE_AND => Op::BitwiseAnd,
        FileOp::BITWISE_OR => Op::BitwiseOr,
        FileOp::BITWISE_XOR => Op::BitwiseXor,
        FileOp::LOGICAL_AND => Op::LogicalAnd,
        FileOp::LOGICAL_OR => Op::LogicalOr,
        FileOp::LOGICAL_XOR => Op::LogicalXor,
        FileOp::EQUAL => Op::Equal,
        FileOp::GREATER => Op::Greater,
        FileOp::GREATER_EQUAL => Op::GreaterEqual,
        FileOp::SELECT => Op::Select,
        FileOp::NEGATE => Op::Negate,
        FileOp::ABS => Op::Abs,
        FileOp::BITWISE_NOT => Op::BitwiseNot,
        FileOp::LOGICAL_NOT => Op::LogicalNot,
        FileOp::CLZ => Op::Clz,
        FileOp::TABLE => Op::Table,
        FileOp::CAST => Op::Cast,
        FileOp::IDENTITY => Op::Identity,
        FileOp::GATHER => Op::Gather,
        FileOp::SCATTER => Op::Scatter,
        _ => return None,
    })
}

fn with_attributes(s: &Site<'_>) -> Option<Result<Op, Refused>> {
    Some(match s.operator.op() {
        FileOp::CONV2D => conv2d(s),
        FileOp::CONV3D => conv3d(s),
        FileOp::DEPTHWISE_CONV2D => depthwise_conv2d(s),
        FileOp::TRANSPOSE_CONV2D => transpose_conv2d(s),
        FileOp::AVG_POOL2D => avg_pool2d(s),
        FileOp::MAX_POOL2D => max_pool2d(s),
        FileOp::RESCALE => rescale(s),
        FileOp::CLAMP => clamp(s),
        FileOp::ARITHMETIC_RIGHT_SHIFT => {
            let a = s.operator.attribute_as_arithmetic_right_shift_attribute();
            s.some("arithmetic_right_shift", "round", a.map(|a| Op::ArithmeticRightShift { round: a.round() }))
        }
        FileOp::REDUCE_SUM => {
            s.axis("reduce_sum", s.operator.attribute_as_reduce_sum_attribute().map(|a| a.axis()), |axis| {
                Op::ReduceSum { axis }
            })
        }
        FileOp::REDUCE_MAX => {
            s.axis("reduce_max", s.operator.attribute_as_reduce_max_attribute().map(|a| a.axis()), |axis| {
                Op::ReduceMax { axis }
            })
        }
        FileOp::REDUCE_MIN => {
            s.axis("reduce_min", s.operator.attribute_as_reduce_min_attribute().map(|a| a.axis()), |axis| {
                Op::ReduceMin { axis }
            })
        }
        FileOp::REDUCE_PRODUCT => {
            s.axis("reduce_product", s.operator.attribute_as_reduce_product_attribute().map(|a| a.axis()), |axis| {
                Op::ReduceProduct { axis }
            })
        }
        FileOp::REDUCE_ALL => {
            s.axis("reduce_all", s.operator.attribute_as_reduce_all_attribute().map(|a| a.axis()), |axis| {
                Op::ReduceAll { axis }
            })
        }
        FileOp::REDUCE_ANY => {
            s.axis("reduce_any", s.operator.attribute_as_reduce_any_attribute().map(|a| a.axis()), |axis| {
                Op::ReduceAny { axis }
            })
        }
        FileOp::ARGMAX => {
            s.axis("argmax", s.operator.attribute_as_arg_max_attribute().map(|a| a.axis()), |axis| Op::ArgMax { axis })
        }
        FileOp::CONCAT => {
            s.axis("concat", s.operator.attribute_as_concat_attribute().map(|a| a.axis()), |axis| Op::Concat { axis })
        }
        FileOp::REVERSE => s.axis("reverse", s.operator.attribute_as_reverse_attribute().map(|a| a.axis()), |axis| {
            Op::Reverse { axis }
        }),
        FileOp::TRANSPOSE => transpose(s),
        FileOp::RESHAPE => reshape(s),
        FileOp::TILE => tile(s),
        FileOp::SLICE => slice(s),
        FileOp::PAD => pad(s),
        FileOp::RESIZE => resize(s),
        _ => return None,
    })
}

impl Site<'_> {
    fn some<T>(&self, op: &'static str, attribute: &'static str, value: Option<T>) -> Result<T, Refused> {
        value.ok_or_else(|| Refused::Attribute { op, tensor: self.tensor.into(), attribute })
    }

    fn axis(&self, op: &'static str, axis: Option<i32>, make: impl Fn(u8) -> Op) -> Result<Op, Refused> {
        let axis = axis.filter(|axis| (0..MAX_RANK as i32).contains(axis));
        self.some(op, "axis", axis.map(|axis| make(axis as u8)))
    }

    /// Values of a `shape` operand, of which there must be `count`, each a `T`.
    fn shape<T>(&self, op: &'static str, name: &'static str, at: usize, count: usize) -> Result<Vec<T>, Refused>
    where
        T: TryFrom<i64>,
    {
        let values = self.shapes.get(at).filter(|values| values.len() == count);
        let values = values.and_then(|values| values.iter().map(|&value| T::try_from(value).ok()).collect());
        self.some(op, name, values)
    }

    /// The accumulator's type must be the one that follows from the operands'.
    fn accumulator(&self, op: &'static str, found: FileDType, wanted: DType) -> Result<(), Refused> {
        let same = match wanted {
            DType::I48 => found == FileDType::INT48,
            _ => found == FileDType::INT32,
        };
        self.some(op, "acc_type", same.then_some(()))
    }
}

type List<'a> = Option<flatbuffers::Vector<'a, i32>>;

/// Exactly `N` values, none negative.
fn list<const N: usize>(
    s: &Site<'_>,
    op: &'static str,
    name: &'static str,
    list: List<'_>,
) -> Result<[u32; N], Refused> {
    let values: Option<Vec<u32>> = list.and_then(|list| list.iter().map(|value| u32::try_from(value).ok()).collect());
    s.some(op, name, values.and_then(|values| values.try_into().ok()))
}

fn conv2d(s: &Site<'_>) -> Result<Op, Refused> {
    let op = "conv2d";
    let a = s.some(op, "attribute", s.operator.attribute_as_conv_2d_attribute())?;
    s.accumulator(op, a.acc_type(), s.out.dtype)?;
    let pad = list(s, op, "pad", a.pad())?;
    let (stride, dilation) = (list(s, op, "stride", a.stride())?, list(s, op, "dilation", a.dilation())?);
    Ok(Op::Conv2d(Window2d { pad, stride, dilation }))
}

fn conv3d(s: &Site<'_>) -> Result<Op, Refused> {
    let op = "conv3d";
    let a = s.some(op, "attribute", s.operator.attribute_as_conv_3d_attribute())?;
    s.accumulator(op, a.acc_type(), s.out.dtype)?;
    let pad = list(s, op, "pad", a.pad())?;
    let (stride, dilation) = (list(s, op, "stride", a.stride())?, list(s, op, "dilation", a.dilation())?);
    Ok(Op::Conv3d(Window3d { pad, stride, dilation }))
}

fn depthwise_conv2d(s: &Site<'_>) -> Result<Op, Refused> {
    let op = "depthwise_conv2d";
    let a = s.some(op, "attribute", s.operator.attribute_as_depthwise_conv_2d_attribute())?;
    s.accumulator(op, a.acc_type(), s.out.dtype)?;
    let pad = list(s, op, "pad", a.pad())?;
    let (stride, dilation) = (list(s, op, "stride", a.stride())?, list(s, op, "dilation", a.dilation())?);
    Ok(Op::DepthwiseConv2d(Window2d { pad, stride, dilation }))
}

fn transpose_conv2d(s: &Site<'_>) -> Result<Op, Refused> {
    let op = "transpose_conv2d";
    let a = s.some(op, "attribute", s.operator.attribute_as_transpose_conv_2d_attribute())?;
    s.accumulator(op, a.acc_type(), s.out.dtype)?;
    let out_pad = a.out_pad().and_then(|pad| pad.iter().collect::<Vec<i32>>().try_into().ok());
    Ok(Op::TransposeConv2d(Transposed2d {
        out_pad: s.some(op, "out_pad", out_pad)?,
        stride: list(s, op, "stride", a.stride())?,
    }))
}

fn avg_pool2d(s: &Site<'_>) -> Result<Op, Refused> {
    let op = "avg_pool2d";
    let a = s.some(op, "attribute", s.operator.attribute_as_avg_pool_2d_attribute())?;
    s.accumulator(op, a.acc_type(), DType::I32)?;
    let (kernel, stride) = (list(s, op, "kernel", a.kernel())?, list(s, op, "stride", a.stride())?);
    Ok(Op::AvgPool2d(Pool2d { kernel, stride, pad: list(s, op, "pad", a.pad())? }))
}

fn max_pool2d(s: &Site<'_>) -> Result<Op, Refused> {
    let op = "max_pool2d";
    let a = s.some(op, "attribute", s.operator.attribute_as_max_pool_2d_attribute())?;
    let (kernel, stride) = (list(s, op, "kernel", a.kernel())?, list(s, op, "stride", a.stride())?);
    Ok(Op::MaxPool2d(Pool2d { kernel, stride, pad: list(s, op, "pad", a.pad())? }))
}

fn rescale(s: &Site<'_>) -> Result<Op, Refused> {
    let a = s.some("rescale", "attribute", s.operator.attribute_as_rescale_attribute())?;
    let double_round = match a.rounding_mode() {
        RoundingMode::SINGLE_ROUND => Some(false),
        RoundingMode::DOUBLE_ROUND => Some(true),
        _ => None,
    };
    Ok(Op::Rescale(Rescale {
        scale32: a.scale32(),
        double_round: s.some("rescale", "rounding_mode", double_round)?,
        per_channel: a.per_channel(),
        input_unsigned: a.input_unsigned(),
        output_unsigned: a.output_unsigned(),
    }))
}

fn clamp(s: &Site<'_>) -> Result<Op, Refused> {
    let a = s.some("clamp", "attribute", s.operator.attribute_as_clamp_attribute())?;
    let bound = |name, value: Option<flatbuffers::Vector<'_, u8>>| {
        let width = s.out.dtype.bytes();
        let bytes = value.map_or(&[][..], |value| value.bytes());
        let bytes = bytes.get(..width).filter(|_| bytes.len() <= width.next_multiple_of(8));
        s.some("clamp", name, bytes.map(|bytes| s.out.dtype.read(bytes)))
    };
    Ok(Op::Clamp { min: bound("min_val", a.min_val())?, max: bound("max_val", a.max_val())? })
}

fn transpose(s: &Site<'_>) -> Result<Op, Refused> {
    let list = s.operator.attribute_as_transpose_attribute().and_then(|a| a.perms());
    let mut perms = [0; MAX_RANK];
    let list = s.some("transpose", "perms", list.filter(|list| list.len() == s.out.shape.rank()))?;
    for (slot, perm) in perms.iter_mut().zip(list) {
        *slot = s.some("transpose", "perms", u8::try_from(perm).ok())?;
    }
    Ok(Op::Transpose { perms })
}

fn reshape(s: &Site<'_>) -> Result<Op, Refused> {
    let shape: Vec<u32> = s.shape("reshape", "shape", 0, s.out.shape.rank())?;
    s.some("reshape", "shape", (shape == s.out.shape.dims()).then_some(Op::Reshape))
}

fn tile(s: &Site<'_>) -> Result<Op, Refused> {
    let multiples: Vec<u32> = s.shape("tile", "multiples", 0, s.out.shape.rank())?;
    let input = s.operands.first().map_or(&[][..], |ty| ty.shape.dims());
    let fits = |((&multiple, &len), &out): ((&u32, &u32), &u32)| len.checked_mul(multiple) == Some(out);
    let fits = input.len() == multiples.len() && multiples.iter().zip(input).zip(s.out.shape.dims()).all(fits);
    s.some("tile", "multiples", fits.then_some(Op::Tile))
}

fn slice(s: &Site<'_>) -> Result<Op, Refused> {
    let rank = s.out.shape.rank();
    let mut start = [0; MAX_RANK];
    start[..rank].copy_from_slice(&s.shape("slice", "start", 0, rank)?);
    let size: Vec<u32> = s.shape("slice", "size", 1, rank)?;
    s.some("slice", "size", (size == s.out.shape.dims()).then_some(Op::Slice { start }))
}

fn pad(s: &Site<'_>) -> Result<Op, Refused> {
    let rank = s.out.shape.rank();
    let (mut before, mut after) = ([0; MAX_RANK], [0; MAX_RANK]);
    for (axis, pair) in s.shape("pad", "padding", 0, 2 * rank)?.chunks(2).enumerate() {
        (before[axis], after[axis]) = (pair[0], pair[1]);
    }
    Ok(Op::Pad { before, after })
}

fn resize(s: &Site<'_>) -> Result<Op, Refused> {
    let op = "resize";
    let bilinear = match s.operator.attribute_as_resize_attribute().map(|a| a.mode()) {
        Some(ResizeMode::NEAREST) => Some(false),
        Some(ResizeMode::BILINEAR) => Some(true),
        _ => None,
    };
    let bilinear = s.some(op, "mode", bilinear)?;
    let mut resize = Resize { bilinear, scale: [[0; 2]; 2], offset: [0; 2], border: [0; 2] };
    resize.scale.as_flattened_mut().copy_from_slice(&s.shape(op, "scale", 0, 4)?);
    resize.offset.copy_from_slice(&s.shape(op, "offset", 1, 2)?);
    resize.border.copy_from_slice(&s.shape(op, "border", 2, 2)?);
    Ok(Op::Resize(resize))
}
