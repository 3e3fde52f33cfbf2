//! Attributes of operators.

use crate::schema::{self as tosa, Attribute as Kind, DType, Op, ResizeMode, RoundingMode};
use flatbuffers::{FlatBufferBuilder, UnionWIPOffset, WIPOffset};

/// What an operator carries. Which table it becomes follows from the operator.
#[derive(Clone, Debug)]
pub enum Attribute {
    None,
    /// Also of depthwise convolutions, and of those of volumes.
    Conv {
        pad: Vec<i32>,
        stride: Vec<i32>,
        dilation: Vec<i32>,
        acc: DType,
    },
    TransposeConv {
        out_pad: Vec<i32>,
        stride: Vec<i32>,
        acc: DType,
    },
    /// Average and maximum.
    Pool {
        kernel: Vec<i32>,
        stride: Vec<i32>,
        pad: Vec<i32>,
    },
    Clamp {
        min: Vec<u8>,
        max: Vec<u8>,
    },
    Rescale {
        scale32: bool,
        rounding: RoundingMode,
        per_channel: bool,
    },
    /// Reductions, argmax, concat, reverse.
    Axis(i32),
    Perms(Vec<i32>),
    Round(bool),
    Resize(ResizeMode),
}

type Written = (Kind, Option<WIPOffset<UnionWIPOffset>>);

impl Attribute {
    /// An operator that takes no axis gets no attribute.
    pub(super) fn write(&self, b: &mut FlatBufferBuilder<'_>, op: Op) -> Written {
        match self {
            Attribute::None => (Kind::NONE, None),
            Attribute::Conv { pad, stride, dilation, acc } => conv(b, op, [pad, stride, dilation], *acc),
            Attribute::TransposeConv { out_pad, stride, acc } => {
                let (out_pad, stride) = (Some(b.create_vector(out_pad)), Some(b.create_vector(stride)));
                let args = tosa::TransposeConv2dAttributeArgs { out_pad, stride, acc_type: *acc, ..Default::default() };
                let written = tosa::TransposeConv2dAttribute::create(b, &args).as_union_value();
                (Kind::TransposeConv2dAttribute, Some(written))
            }
            Attribute::Pool { kernel, stride, pad } => pool(b, op, [kernel, stride, pad]),
            Attribute::Clamp { min, max } => {
                let (min_val, max_val) = (Some(b.create_vector(min)), Some(b.create_vector(max)));
                let args = tosa::ClampAttributeArgs { min_val, max_val, ..Default::default() };
                (Kind::ClampAttribute, Some(tosa::ClampAttribute::create(b, &args).as_union_value()))
            }
            Attribute::Rescale { scale32, rounding, per_channel } => {
                let args = tosa::RescaleAttributeArgs {
                    scale32: *scale32,
                    rounding_mode: *rounding,
                    per_channel: *per_channel,
                    ..Default::default()
                };
                (Kind::RescaleAttribute, Some(tosa::RescaleAttribute::create(b, &args).as_union_value()))
            }
            Attribute::Axis(axis) => with_axis(b, op, *axis),
            Attribute::Perms(perms) => {
                let perms = Some(b.create_vector(perms));
                let args = tosa::TransposeAttributeArgs { perms };
                (Kind::TransposeAttribute, Some(tosa::TransposeAttribute::create(b, &args).as_union_value()))
            }
            Attribute::Round(round) => {
                let args = tosa::ArithmeticRightShiftAttributeArgs { round: *round };
                let written = tosa::ArithmeticRightShiftAttribute::create(b, &args).as_union_value();
                (Kind::ArithmeticRightShiftAttribute, Some(written))
            }
            Attribute::Resize(mode) => {
                let args = tosa::ResizeAttributeArgs { mode: *mode };
                (Kind::ResizeAttribute, Some(tosa::ResizeAttribute::create(b, &args).as_union_value()))
            }
        }
    }
}

fn conv(b: &mut FlatBufferBuilder<'_>, op: Op, lists: [&Vec<i32>; 3], acc_type: DType) -> Written {
    let [pad, stride, dilation] = lists.map(|list| Some(b.create_vector(list)));
    if op == Op::CONV2D {
        let args = tosa::Conv2dAttributeArgs { pad, stride, dilation, acc_type, ..Default::default() };
        return (Kind::Conv2dAttribute, Some(tosa::Conv2dAttribute::create(b, &args).as_union_value()));
    }
    if op == Op::CONV3D {
        let args = tosa::Conv3dAttributeArgs { pad, stride, dilation, acc_type, ..Default::default() };
        return (Kind::Conv3dAttribute, Some(tosa::Conv3dAttribute::create(b, &args).as_union_value()));
    }
    let args = tosa::DepthwiseConv2dAttributeArgs { pad, stride, dilation, acc_type, ..Default::default() };
    (Kind::DepthwiseConv2dAttribute, Some(tosa::DepthwiseConv2dAttribute::create(b, &args).as_union_value()))
}

fn pool(b: &mut FlatBufferBuilder<'_>, op: Op, lists: [&Vec<i32>; 3]) -> Written {
    let [kernel, stride, pad] = lists.map(|list| Some(b.create_vector(list)));
    if op == Op::AVG_POOL2D {
        let args = tosa::AvgPool2dAttributeArgs { kernel, stride, pad, acc_type: DType::INT32 };
        return (Kind::AvgPool2dAttribute, Some(tosa::AvgPool2dAttribute::create(b, &args).as_union_value()));
    }
    let args = tosa::MaxPool2dAttributeArgs { kernel, stride, pad, ..Default::default() };
    (Kind::MaxPool2dAttribute, Some(tosa::MaxPool2dAttribute::create(b, &args).as_union_value()))
}

macro_rules! axis {
    ($b:expr, $axis:expr, $op:expr, $($name:ident: $table:ident $args:ident),* $(,)?) => {
        match $op {
            $(Op::$name => {
                let args = tosa::$args { axis: $axis, ..Default::default() };
                (Kind::$table, Some(tosa::$table::create($b, &args).as_union_value()))
            })*
            _ => (Kind::NONE, None),
        }
    };
}

#[allow(clippy::needless_update, reason = "some have a second field")]
fn with_axis(b: &mut FlatBufferBuilder<'_>, op: Op, axis: i32) -> Written {
    axis!(
        b, axis, op,
        ARGMAX: ArgMaxAttribute ArgMaxAttributeArgs,
        CONCAT: ConcatAttribute ConcatAttributeArgs,
        REVERSE: ReverseAttribute ReverseAttributeArgs,
        REDUCE_SUM: ReduceSumAttribute ReduceSumAttributeArgs,
        REDUCE_MAX: ReduceMaxAttribute ReduceMaxAttributeArgs,
        REDUCE_MIN: ReduceMinAttribute ReduceMinAttributeArgs,
        REDUCE_PRODUCT: ReduceProductAttribute ReduceProductAttributeArgs,
        REDUCE_ALL: ReduceAllAttribute ReduceAllAttributeArgs,
        REDUCE_ANY: ReduceAnyAttribute ReduceAnyAttributeArgs,
    )
}
