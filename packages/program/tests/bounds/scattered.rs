//! Scatters of which each element looks at many indices: nothing is looked at before the limit.

use tequio_program::{Plan, Refused, load};
use tequio_tosa::{Attribute, DType, Op, Program};

use super::allocated::most_allocated;

/// 2²² elements, each of which reads 2¹⁶ indices.
const ROWS: [i32; 3] = [1, 1 << 16, 64];

fn scatter(indices: impl FnOnce(&mut Program)) -> Refused {
    let mut p = Program::default();
    p.input("x", DType::INT8, &ROWS);
    p.input("rows", DType::INT8, &ROWS);
    indices(&mut p);
    p.op(Op::SCATTER, Attribute::None, &["x", "indices", "rows"], ("y", DType::INT8, &ROWS));
    p.output("y");
    let graph = load(&p.bytes()).unwrap();
    let (refused, allocated) = most_allocated(|| Plan::propose(&graph).unwrap_err());
    assert!(allocated < 1 << 20, "{refused}: {allocated} bytes");
    refused
}

#[test]
fn wide_ones_are_refused_before_any_work() {
    let computed = scatter(|p| p.input("indices", DType::INT32, &ROWS[..2]));
    let known = scatter(|p| p.constant("indices", DType::INT32, &ROWS[..2], vec![1; 4 << 16]));
    for refused in [computed, known] {
        assert!(matches!(refused, Refused::TooMany { limit: 4_294_967_296, .. }), "{refused}");
    }
}

/// Of constants it is the looking that counts, not what is moved.
#[test]
fn of_constants_they_are_refused_before_any_work() {
    let mut p = Program::default();
    p.input("x", DType::INT8, &ROWS);
    p.constant("zero", DType::INT8, &ROWS, vec![0; 4 << 20]);
    p.constant("indices", DType::INT32, &ROWS[..2], vec![1; 4 << 16]);
    p.op(Op::SCATTER, Attribute::None, &["zero", "indices", "zero"], ("placed", DType::INT8, &ROWS));
    p.op(Op::BITWISE_XOR, Attribute::None, &["x", "placed"], ("y", DType::INT8, &ROWS));
    p.output("y");
    let refused = load(&p.bytes()).unwrap_err();
    assert!(matches!(refused, Refused::Folding { what: "operations", .. }), "{refused}");
}
