//! The operators and their attributes, named as TOSA names them.

use crate::types::{DType, MAX_RANK, Type};

/// Padding, stride and dilation of a convolution. `pad` is top, bottom, left, right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window2d {
    pub pad: [u32; 4],
    pub stride: [u32; 2],
    pub dilation: [u32; 2],
}

/// Padding, stride and dilation of a convolution of volumes. `pad` is front, back, top, bottom, left, right; the others are
/// along depth, y and x.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window3d {
    pub pad: [u32; 6],
    pub stride: [u32; 3],
    pub dilation: [u32; 3],
}

/// Padding and stride of a transposed convolution. `out_pad` is top, bottom, left, right; a negative one crops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Transposed2d {
    pub out_pad: [i32; 4],
    pub stride: [u32; 2],
}

/// Kernel, stride and padding of a pool. `pad` is top, bottom, left, right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pool2d {
    pub kernel: [u32; 2],
    pub stride: [u32; 2],
    pub pad: [u32; 4],
}

/// Attributes of RESIZE, each along y and along x. Output position o lies at (o · denominator + offset) / numerator of the
/// input, the last one `border` / numerator behind the last input position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Resize {
    /// The positions around are weighed, with weights that add up to the product of the numerators (else the nearest is
    /// taken).
    pub bilinear: bool,
    /// Numerator and denominator.
    pub scale: [[u32; 2]; 2],
    pub offset: [i32; 2],
    pub border: [i32; 2],
}

/// Attributes of RESCALE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rescale {
    /// Multipliers are int32 (else int16).
    pub scale32: bool,
    /// Extension DOUBLEROUND instead of single rounding.
    pub double_round: bool,
    /// One multiplier and shift for each element of the last axis.
    pub per_channel: bool,
    pub input_unsigned: bool,
    pub output_unsigned: bool,
}

/// One operator with its attributes. What TOSA passes as a `shape` operand is an attribute here; every other operand,
/// zero points, multipliers and shifts included, stays an operand, in TOSA's order (given after each name).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// input (NHWC), weight (OHWI), bias, input zero point, weight zero point. Output: int32, or int48 for int16 input.
    Conv2d(Window2d),
    /// input (NDHWC), weight (ODHWI), bias, input zero point, weight zero point. Output as that of CONV2D.
    Conv3d(Window3d),
    /// input (NHWC), weight (HWCM), bias, input zero point, weight zero point.
    DepthwiseConv2d(Window2d),
    /// Operands and output as those of CONV2D. An input element adds to the outputs from its position times the stride
    /// on.
    TransposeConv2d(Transposed2d),
    /// a (N,H,C), b (N,C,W), a zero point, b zero point.
    MatMul,
    /// input (NHWC), input zero point, output zero point.
    AvgPool2d(Pool2d),
    /// input (NHWC).
    MaxPool2d(Pool2d),
    /// input, multiplier, shift, input zero point, output zero point.
    Rescale(Rescale),
    /// input.
    Clamp {
        min: i64,
        max: i64,
    },
    /// a, b: broadcast against each other, as in all binary operators below.
    Add,
    Sub,
    /// a, b, shift (int8; counts only for int32 operands). Output int32.
    Mul,
    IntDiv,
    Maximum,
    Minimum,
    ArithmeticRightShift {
        round: bool,
    },
    LogicalLeftShift,
    LogicalRightShift,
    BitwiseAnd,
    BitwiseOr,
    BitwiseXor,
    LogicalAnd,
    LogicalOr,
    LogicalXor,
    /// a, b; output bool.
    Equal,
    Greater,
    GreaterEqual,
    /// condition (bool), a, b.
    Select,
    /// input, input zero point, output zero point.
    Negate,
    /// input.
    Abs,
    BitwiseNot,
    LogicalNot,
    Clz,
    /// input, table.
    Table,
    /// input.
    Cast,
    Identity,
    /// input; the reduced axis keeps length 1.
    ReduceSum {
        axis: u8,
    },
    ReduceMax {
        axis: u8,
    },
    ReduceMin {
        axis: u8,
    },
    ReduceProduct {
        axis: u8,
    },
    ReduceAll {
        axis: u8,
    },
    ReduceAny {
        axis: u8,
    },
    /// input; the axis is dropped, output int32, first of equals.
    ArgMax {
        axis: u8,
    },
    /// input, pad value. `before` and `after` per axis; entries past the rank are ignored, here and below.
    Pad {
        before: [u32; MAX_RANK],
        after: [u32; MAX_RANK],
    },
    /// input.
    Reshape,
    /// input. Output axis `i` is input axis `perms[i]`.
    Transpose {
        perms: [u8; MAX_RANK],
    },
    Slice {
        start: [u32; MAX_RANK],
    },
    /// one or more inputs.
    Concat {
        axis: u8,
    },
    Reverse {
        axis: u8,
    },
    /// input. The output shape is the input's times the multiples.
    Tile,
    /// values (N,K,C), indices (N,W) int32. Output (N,W,C).
    Gather,
    /// values (N,K,C), indices (N,W) int32, input (N,W,C). Output (N,K,C): the values, but for rows that an index names
    /// that row of the input.
    Scatter,
    /// input (NHWC). Output of its type; bilinear int32, or int48 for int16 input.
    Resize(Resize),
}

impl Op {
    /// TOSA's name in lower case.
    pub const fn name(&self) -> &'static str {
        match self {
            Op::Conv2d(_) => "conv2d",
            Op::Conv3d(_) => "conv3d",
            Op::DepthwiseConv2d(_) => "depthwise_conv2d",
            Op::TransposeConv2d(_) => "transpose_conv2d",
            Op::MatMul => "matmul",
            Op::AvgPool2d(_) => "avg_pool2d",
            Op::MaxPool2d(_) => "max_pool2d",
            Op::Rescale(_) => "rescale",
            Op::Clamp { .. } => "clamp",
            Op::Add => "add",
            Op::Sub => "sub",
            Op::Mul => "mul",
            Op::IntDiv => "intdiv",
            Op::Maximum => "maximum",
            Op::Minimum => "minimum",
            Op::ArithmeticRightShift { .. } => "arithmetic_right_shift",
            Op::LogicalLeftShift => "logical_left_shift",
            Op::LogicalRightShift => "logical_right_shift",
            Op::BitwiseAnd => "bitwise_and",
            Op::BitwiseOr => "bitwise_or",
            Op::BitwiseXor => "bitwise_xor",
            Op::LogicalAnd => "logical_and",
            Op::LogicalOr => "logical_or",
            Op::LogicalXor => "logical_xor",
            Op::Equal => "equal",
            Op::Greater => "greater",
            Op::GreaterEqual => "greater_equal",
            Op::Select => "select",
            Op::Negate => "negate",
            Op::Abs => "abs",
            Op::BitwiseNot => "bitwise_not",
            Op::LogicalNot => "logical_not",
            Op::Clz => "clz",
            Op::Table => "table",
            Op::Cast => "cast",
            Op::Identity => "identity",
            Op::ReduceSum { .. } => "reduce_sum",
            Op::ReduceMax { .. } => "reduce_max",
            Op::ReduceMin { .. } => "reduce_min",
            Op::ReduceProduct { .. } => "reduce_product",
            Op::ReduceAll { .. } => "reduce_all",
            Op::ReduceAny { .. } => "reduce_any",
            Op::ArgMax { .. } => "argmax",
            Op::Pad { .. } => "pad",
            Op::Reshape => "reshape",
            Op::Transpose { .. } => "transpose",
            Op::Slice { .. } => "slice",
            Op::Concat { .. } => "concat",
            Op::Reverse { .. } => "reverse",
            Op::Tile => "tile",
            Op::Gather => "gather",
            Op::Scatter => "scatter",
            Op::Resize(_) => "resize",
        }
    }

    /// How many operands it takes; `None` for CONCAT, which takes one or more.
    pub const fn operands(&self) -> Option<usize> {
        match self {
            Op::Conv2d(_) | Op::Conv3d(_) | Op::DepthwiseConv2d(_) | Op::TransposeConv2d(_) | Op::Rescale(_) => Some(5),
            Op::MatMul => Some(4),
            Op::AvgPool2d(_) | Op::Mul | Op::Select | Op::Negate | Op::Scatter => Some(3),
            Op::Add
            | Op::Sub
            | Op::IntDiv
            | Op::Maximum
            | Op::Minimum
            | Op::ArithmeticRightShift { .. }
            | Op::LogicalLeftShift
            | Op::LogicalRightShift
            | Op::BitwiseAnd
            | Op::BitwiseOr
            | Op::BitwiseXor
            | Op::LogicalAnd
            | Op::LogicalOr
            | Op::LogicalXor
            | Op::Equal
            | Op::Greater
            | Op::GreaterEqual
            | Op::Table
            | Op::Pad { .. }
            | Op::Gather => Some(2),
            Op::Concat { .. } => None,
            _ => Some(1),
        }
    }

    /// The axis an operator reduces, if it is a reduction (ARGMAX included).
    pub const fn reduced(&self) -> Option<usize> {
        match *self {
            Op::ReduceSum { axis }
            | Op::ReduceMax { axis }
            | Op::ReduceMin { axis }
            | Op::ReduceProduct { axis }
            | Op::ReduceAll { axis }
            | Op::ReduceAny { axis }
            | Op::ArgMax { axis } => Some(axis as usize),
            _ => None,
        }
    }
}

/// Whether an output element reads many operand elements: convolutions, matmul, pools, reductions, argmax.
pub const fn is_heavy(op: &Op) -> bool {
    use Op::*;
    matches!(op, AvgPool2d(_) | MaxPool2d(_)) || is_dense(op) || op.reduced().is_some()
}

/// Whether an output element multiplies and adds many elements of two operands: convolutions and matmul.
pub const fn is_dense(op: &Op) -> bool {
    is_convolution(op) || matches!(op, Op::MatMul)
}

/// Whether an output element reads a window of an input, weights and a bias.
pub const fn is_convolution(op: &Op) -> bool {
    matches!(op, Op::Conv2d(_) | Op::Conv3d(_) | Op::DepthwiseConv2d(_) | Op::TransposeConv2d(_))
}

/// Whether an op's elements, which are of this type, are those of its first operand, whichever of the type they are.
pub const fn changes_nothing(op: &Op, dtype: DType) -> bool {
    match *op {
        Op::Identity => true,
        Op::Clamp { min, max } => min <= dtype.min() && max >= dtype.max(),
        _ => false,
    }
}

/// Whether an output element depends on nothing but the elements of its operands at its own (broadcast) position,
/// and on constants.
pub const fn is_elementwise(op: &Op) -> bool {
    use Op::*;
    let moves = matches!(
        op,
        Pad { .. }
            | Reshape
            | Transpose { .. }
            | Slice { .. }
            | Concat { .. }
            | Reverse { .. }
            | Tile
            | Gather
            | Scatter
    );
    !moves && !matches!(op, Op::Resize(_)) && !is_heavy(op)
}

/// What a zero point is subtracted from, or added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZeroPointOf {
    Operand(usize),
    Output,
}

/// The operands that are zero points.
pub const fn zero_points(op: &Op) -> &'static [(usize, ZeroPointOf)] {
    use ZeroPointOf::{Operand, Output};
    match op {
        op if is_convolution(op) => &[(3, Operand(0)), (4, Operand(1))],
        Op::MatMul => &[(2, Operand(0)), (3, Operand(1))],
        Op::AvgPool2d(_) | Op::Negate => &[(1, Operand(0)), (2, Output)],
        Op::Rescale(_) => &[(3, Operand(0)), (4, Output)],
        _ => &[],
    }
}

/// The operands that TOSA requires to be compile-time constants.
pub const fn constant_operands(op: &Op) -> &'static [usize] {
    match op {
        op if is_convolution(op) => &[3, 4],
        Op::MatMul => &[2, 3],
        Op::AvgPool2d(_) | Op::Negate => &[1, 2],
        Op::Rescale(_) => &[1, 2, 3, 4],
        Op::Mul => &[2],
        Op::Table | Op::Pad { .. } => &[1],
        _ => &[],
    }
}

/// An operand as [`crate::eval`] sees it: just its type. Values come through the reader.
pub type Operands<'a> = &'a [Type];
