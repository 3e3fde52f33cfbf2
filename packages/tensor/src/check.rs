//! What TOSA forbids by `ERROR_IF`, and what the profile allows. This file is the table of contents.

mod elementwise;
mod facts;
mod invalid;
mod layout;
mod profile;
mod resize;
mod window;

use crate::{
    cost::reads,
    op::{Op, Operands},
    types::{DType, Type},
};
use facts::Facts;
pub use invalid::{Invalid, Place};
use profile::{BOOL, I32, MAX_INPUTS, MAX_READS, WORDS};

/// Whether [`crate::eval`] is defined for `op` on operands of types `ins` with a result of type `out`. Looks at types and
/// attributes only, never at values; constant time but for CONCAT, which is linear in its inputs.
///
/// # Errors
/// The first rule broken, with its numbers.
pub fn check(op: &Op, ins: Operands<'_>, out: &Type) -> Result<(), Invalid> {
    let wanted = op.operands().unwrap_or(ins.len().clamp(1, MAX_INPUTS));
    if ins.len() != wanted {
        return Err(Invalid::Operands { found: ins.len(), wanted });
    }
    let f = &Facts { ins, out };
    match op {
        Op::Conv2d(w) => window::conv2d(f, w),
        Op::Conv3d(w) => window::conv3d(f, w),
        Op::DepthwiseConv2d(w) => window::depthwise_conv2d(f, w),
        Op::TransposeConv2d(t) => window::transpose_conv2d(f, t),
        Op::MatMul => window::matmul(f),
        Op::AvgPool2d(p) => window::avg_pool2d(f, p),
        Op::MaxPool2d(p) => window::max_pool2d(f, p),
        Op::Rescale(r) => elementwise::rescale(f, r),

        Op::Add | Op::Sub | Op::IntDiv | Op::Maximum | Op::Minimum => elementwise::binary(f, I32, None),
        Op::Mul => elementwise::mul(f),
        Op::ArithmeticRightShift { .. } | Op::LogicalLeftShift | Op::LogicalRightShift => {
            elementwise::binary(f, WORDS, None)
        }
        Op::BitwiseAnd | Op::BitwiseOr | Op::BitwiseXor => elementwise::binary(f, WORDS, None),
        Op::LogicalAnd | Op::LogicalOr | Op::LogicalXor => elementwise::binary(f, BOOL, None),
        Op::Equal | Op::Greater | Op::GreaterEqual => elementwise::binary(f, I32, Some(DType::Bool)),
        Op::Select => elementwise::select(f),

        Op::Clamp { min, max } => elementwise::clamp(f, *min, *max),
        Op::Negate => elementwise::negate(f),
        Op::Abs | Op::Clz => elementwise::unary(f, I32),
        Op::BitwiseNot => elementwise::unary(f, WORDS),
        Op::LogicalNot => elementwise::unary(f, BOOL),
        Op::Cast => elementwise::cast(f),
        Op::Identity => elementwise::unary(f, &DType::ALL),
        Op::Table => elementwise::table(f),

        Op::ReduceSum { axis } => layout::reduce(f, I32, *axis),
        // TOSA has REDUCE_PRODUCT for floating point only.
        Op::ReduceProduct { axis } => layout::reduce(f, &[], *axis),
        Op::ReduceMax { axis } | Op::ReduceMin { axis } => layout::reduce(f, WORDS, *axis),
        Op::ReduceAll { axis } | Op::ReduceAny { axis } => layout::reduce(f, BOOL, *axis),
        Op::ArgMax { axis } => layout::argmax(f, *axis),

        Op::Pad { before, after } => layout::pad(f, before, after),
        Op::Reshape => layout::reshape(f),
        Op::Transpose { perms } => layout::transpose(f, perms),
        Op::Slice { start } => layout::slice(f, start),
        Op::Concat { axis } => layout::concat(f, *axis),
        Op::Reverse { axis } => layout::reverse(f, *axis),
        Op::Tile => layout::tile(f),
        Op::Gather => layout::gather(f),
        Op::Scatter => layout::scatter(f),
        Op::Resize(r) => resize::resize(f, r),
    }?;
    let found = reads(op, ins);
    if found > MAX_READS { Err(Invalid::Reads { found, most: MAX_READS }) } else { Ok(()) }
}
