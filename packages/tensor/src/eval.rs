//! One output element as a function of input elements. This file is the table of contents.

mod conv;
mod elementwise;
mod layout;
mod matmul;
mod pool;
mod reduce;
mod rescale;
mod resize;
mod site;
mod table;
mod transposed;

pub use site::Rows;

use crate::{
    Read,
    op::{Op, Operands},
    types::Type,
};
use elementwise as el;
use site::Site;

/// Element `index` (flat, row-major) of the output of `op`, sign-extended, with the arithmetic that TOSA's
/// pseudo-code writes and the rules of the crate's table where it says nothing.
///
/// Reads every operand element it needs through `read` once, and no other. The only errors are the reader's.
///
/// [`crate::check`] must have accepted (`op`, `ins`, `out`), and `index` must be below the output's elements. Else the
/// result is still some value of the output's type and never a panic, but reads may lie outside the operands and there
/// may be billions of them.
pub fn eval<R: Read + ?Sized>(
    op: &Op,
    ins: Operands<'_>,
    out: &Type,
    index: u32,
    read: &mut R,
) -> Result<i64, R::Error> {
    let mut site = Site { ins, out, index, read };
    let s = &mut site;
    let value = match op {
        Op::Conv2d(window) => conv::conv2d(s, window),
        Op::Conv3d(window) => conv::conv3d(s, window),
        Op::DepthwiseConv2d(window) => conv::depthwise_conv2d(s, window),
        Op::TransposeConv2d(t) => transposed::transpose_conv2d(s, t),
        Op::MatMul => matmul::matmul(s),
        Op::AvgPool2d(pool) => pool::avg_pool2d(s, pool),
        Op::MaxPool2d(pool) => pool::max_pool2d(s, pool),
        Op::Rescale(rescale) => rescale::rescale(s, rescale),

        Op::Add => el::binary(s, el::add),
        Op::Sub => el::binary(s, el::sub),
        Op::Mul => el::mul(s),
        Op::IntDiv => el::binary(s, el::intdiv),
        Op::Maximum => el::binary(s, el::maximum),
        Op::Minimum => el::binary(s, el::minimum),
        Op::ArithmeticRightShift { round: false } => el::binary(s, el::arithmetic_right_shift),
        Op::ArithmeticRightShift { round: true } => el::binary(s, el::arithmetic_right_shift_round),
        Op::LogicalLeftShift => el::binary(s, el::logical_left_shift),
        Op::LogicalRightShift => el::binary(s, el::logical_right_shift),
        Op::BitwiseAnd | Op::LogicalAnd => el::binary(s, el::and),
        Op::BitwiseOr | Op::LogicalOr => el::binary(s, el::or),
        Op::BitwiseXor | Op::LogicalXor => el::binary(s, el::xor),
        Op::Equal => el::binary(s, el::equal),
        Op::Greater => el::binary(s, el::greater),
        Op::GreaterEqual => el::binary(s, el::greater_equal),
        Op::Select => el::select(s),

        Op::Clamp { min, max } => el::clamp(s, *min, *max),
        Op::Negate => el::negate(s),
        Op::Abs => el::unary(s, el::abs),
        Op::BitwiseNot => el::unary(s, el::bitwise_not),
        Op::LogicalNot => el::unary(s, el::logical_not),
        Op::Clz => el::unary(s, el::clz),
        Op::Cast => el::cast(s),
        Op::Table => table::table(s),

        Op::ReduceSum { axis } => reduce::fold(s, *axis, 0, reduce::sum),
        Op::ReduceProduct { axis } => reduce::fold(s, *axis, 1, reduce::product),
        Op::ReduceMax { axis } => reduce::fold(s, *axis, i64::MIN, i64::max),
        Op::ReduceMin { axis } => reduce::fold(s, *axis, i64::MAX, i64::min),
        Op::ReduceAll { axis } => reduce::fold(s, *axis, 1, reduce::all),
        Op::ReduceAny { axis } => reduce::fold(s, *axis, 0, reduce::any),
        Op::ArgMax { axis } => reduce::argmax(s, *axis),

        Op::Identity | Op::Reshape => layout::same(s),
        Op::Pad { before, .. } => layout::pad(s, before),
        Op::Transpose { perms } => layout::transpose(s, perms),
        Op::Slice { start } => layout::slice(s, start),
        Op::Concat { axis } => layout::concat(s, *axis),
        Op::Reverse { axis } => layout::reverse(s, *axis),
        Op::Tile => layout::tile(s),
        Op::Gather => layout::gather(s),
        Op::Scatter => layout::scatter(s),
        Op::Resize(r) => resize::resize(s, r),
    }?;
    Ok(out.dtype.wrap(value))
}
