//! The meaning of every TOSA integer operator Tequio knows, one output element at a time.
//!
//! [`eval`] is the only definition: the contract runs it over opened leaves, the CPU backend's fast kernels are tested
//! against it, and it is tested against the TOSA reference model. [`check`] says which operators it is defined for,
//! [`cost`] what an element costs, [`extent`] what it reads. [`evaluate`] does it for all elements of a tensor.
//!
//! # Total
//!
//! What TOSA forbids by `ERROR_IF` on shapes, types and attributes is refused by [`check`]. What it leaves
//! unpredictable by `REQUIRE` (or by `ERROR_IF` on the *value* of an operand) has one value here, so that no input
//! exists on which an honest provider can't open:
//!
//! | where | TOSA requires | otherwise, here |
//! |---|---|---|
//! | CONV2D, CONV3D, DEPTHWISE_CONV2D, TRANSPOSE_CONV2D, MATMUL | accumulator, products and bias sum fit the output type | wrap in two's complement at the output's width |
//! | AVG_POOL2D | sum, scaled sum and sum with the output zero point fit int32 | wrap at int32, then clip |
//! | ADD, SUB, ABS, REDUCE_SUM, REDUCE_PRODUCT | result fits the output type | wraps at its width |
//! | MUL, int32, shift > 0 | 64-bit product with rounding; result fits int32 | product plus rounding wraps at 64 bits, the result at 32 |
//! | MUL, shift | 0 to 63; 0 unless int32 | clamped to 0..=63; ignored (not read) unless int32 |
//! | ARITHMETIC_RIGHT_SHIFT, LOGICAL_*_SHIFT | shift from 0 to bits - 1 | clamped |
//! | INTDIV | divisor isn't 0; result fits | x / 0 = 0; MIN / -1 = MIN |
//! | NEGATE | difference with zero points fits int32 | wraps at int32, then clips to the output type |
//! | RESCALE, shift | 2 to 62 | clamped |
//! | RESCALE, multiplier | not negative | multiplied as it is |
//! | RESCALE, value minus zero point | fits int48, and int32 when scale32 | wraps there |
//! | RESCALE, scaled value; with the output zero point | fits int32 | wraps at int32, then clips to the output type |
//! | zero points | 0 unless int8 (RESCALE: or uint16, 0 or 32768) | used as they are |
//! | TABLE, int16 | neighbours differ by no more than int16 | exact difference |
//! | TABLE, GATHER | index inside | clamped to the nearest inside |
//! | SCATTER | index inside; no two name one row | one outside names no row; the last of several counts |
//! | int4 | −8 doesn't occur | a value like any other |
//! | an operand value outside its type | can't occur | some value, no panic |
//!
//! Where the reference model and the pseudo-code differ, the model counts: an unsigned RESCALE result below 0 becomes 0
//! (the pseudo-code's `apply_clip_u` would compare it as unsigned and give the maximum).
//!
//! Wrapping once at the end is the same as wrapping at every step, so accumulators are `i64` throughout.
#![no_std]
#![deny(unsafe_code)]
#![deny(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used, clippy::panic)]

mod check;
mod cost;
mod dot;
mod elements;
mod eval;
mod extent;
mod op;
mod types;

pub use check::{Invalid, Place, check};
pub use cost::{cost, steps};
pub use dot::dot;
pub use elements::{Elements, evaluate};
pub use eval::{Rows, eval};
pub use extent::extent;
pub use op::{
    Op, Operands, Pool2d, Rescale, Resize, Transposed2d, Window2d, Window3d, ZeroPointOf, changes_nothing,
    constant_operands, is_convolution, is_dense, is_elementwise, is_heavy, zero_points,
};
pub use types::{BadShape, DType, MAX_RANK, Shape, Type};

/// Where operand elements come from.
pub trait Read {
    type Error;
    /// Element `index` (flat, row-major) of operand `operand`, sign-extended.
    fn read(&mut self, operand: usize, index: u32) -> Result<i64, Self::Error>;

    /// Σ (a − its zero point) · (b − its zero point) over so many rows of so many elements, modulo 2⁶⁴: reads one of each in
    /// turns.
    fn dot(&mut self, a: Rows, b: Rows, [rows, len]: [u32; 2]) -> Result<i64, Self::Error> {
        let (mut a, mut b, mut sum) = (a, b, 0i64);
        for _ in 0..rows {
            let (mut x, mut y) = (a, b);
            for _ in 0..len {
                let [x_value, y_value] = [self.read(x.operand, x.start)?, self.read(y.operand, y.start)?];
                sum = sum
                    .wrapping_add(x_value.wrapping_sub(x.zero_point).wrapping_mul(y_value.wrapping_sub(y.zero_point)));
                (x, y) = (x.skip(1), y.skip(1));
            }
            (a, b) = (a.skip_rows(1), b.skip_rows(1));
        }
        Ok(sum)
    }
}
