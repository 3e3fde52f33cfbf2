//! Dot products of elements that lie in bytes, as leaves have them.

use crate::{DType, Rows};

/// Σ (a − its zero point) · (b − its zero point) over so many rows of so many elements, modulo 2⁶⁴: of two operands, each
/// with its type and the bytes from its first element on. Elements behind the end of the bytes are 0.
#[inline(always)]
pub fn dot(a: (&Rows, DType, &[u8]), b: (&Rows, DType, &[u8]), [rows, len]: [u32; 2]) -> i64 {
    let ((rows_a, dtype_a, bytes_a), (rows_b, dtype_b, bytes_b)) = (a, b);
    let zeros = [rows_a.zero_point, rows_b.zero_point];
    let bytes = |elements: u32, dtype: DType| (elements as usize).wrapping_mul(dtype.bytes());
    let (row_a, row_b) = (bytes(rows_a.row, dtype_a), bytes(rows_b.row, dtype_b));
    let is_of_bytes = rows_a.step == 1 && rows_b.step == 1 && dtype_a.bytes() == 1 && dtype_b.bytes() == 1;
    let (mut at_a, mut at_b, mut sum) = (0usize, 0usize, 0i64);
    for _ in 0..rows {
        let row = |at: usize| at..at.wrapping_add(len as usize);
        sum = sum.wrapping_add(match (bytes_a.get(row(at_a)), bytes_b.get(row(at_b))) {
            (Some(a), Some(b)) if is_of_bytes => of_bytes(a, b, zeros),
            _ => {
                let (a, b) = (bytes_a.get(at_a..).unwrap_or_default(), bytes_b.get(at_b..).unwrap_or_default());
                let steps = [bytes(rows_a.step, dtype_a), bytes(rows_b.step, dtype_b)];
                of_any((dtype_a, a), (dtype_b, b), steps, zeros, len)
            }
        });
        (at_a, at_b) = (at_a.wrapping_add(row_a), at_b.wrapping_add(row_b));
    }
    sum
}

#[inline(never)]
fn of_any(
    (dtype_a, a): (DType, &[u8]),
    (dtype_b, b): (DType, &[u8]),
    [step_a, step_b]: [usize; 2],
    [zero_a, zero_b]: [i64; 2],
    len: u32,
) -> i64 {
    let (mut at_a, mut at_b, mut sum) = (0usize, 0usize, 0i64);
    for _ in 0..len {
        let x = dtype_a.read(a.get(at_a..).unwrap_or_default()).wrapping_sub(zero_a);
        let y = dtype_b.read(b.get(at_b..).unwrap_or_default()).wrapping_sub(zero_b);
        sum = sum.wrapping_add(x.wrapping_mul(y));
        (at_a, at_b) = (at_a.wrapping_add(step_a), at_b.wrapping_add(step_b));
    }
    sum
}

/// Elements of one byte each. Several at once: on a chain a branch costs as much as 14 other instructions.
fn of_bytes(a: &[u8], b: &[u8], zeros: [i64; 2]) -> i64 {
    let ((eights_a, rest_a), (eights_b, rest_b)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let ((fours_a, rest_a), (fours_b, rest_b)) = (rest_a.as_chunks::<4>(), rest_b.as_chunks::<4>());
    let mut sum = 0i64;
    for (a, b) in eights_a.iter().zip(eights_b) {
        sum = sum.wrapping_add(products(a, b, zeros));
    }
    for (a, b) in fours_a.iter().zip(fours_b) {
        sum = sum.wrapping_add(products(a, b, zeros));
    }
    for (a, b) in rest_a.iter().zip(rest_b) {
        sum = sum.wrapping_add(products(&[*a], &[*b], zeros));
    }
    sum
}

#[inline(always)]
fn products<const N: usize>(a: &[u8; N], b: &[u8; N], [zero_a, zero_b]: [i64; 2]) -> i64 {
    let mut sum = 0i64;
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (i64::from(*a as i8).wrapping_sub(zero_a), i64::from(*b as i8).wrapping_sub(zero_b));
        sum = sum.wrapping_add(a.wrapping_mul(b));
    }
    sum
}
