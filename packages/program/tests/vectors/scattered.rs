//! A small program with rows that indices put in their places.

use tequio_program::Graph;
use tequio_tosa::{Attribute, DType, Op};

use super::programs::program;

/// By indices that are computed, more than there are rows, and by known ones, of which one names no row and two the same;
/// of the rows some are padding.
pub fn scattered() -> Graph {
    program(|p| {
        p.input("z", DType::INT8, &[1, 3, 3]);
        p.shape("around", &[0, 0, 1, 1, 0, 0]);
        p.op(Op::PAD, Attribute::None, &["z", "around", "zero8"], ("rows", DType::INT8, &[1, 5, 3]));
        p.shape("start", &[0; 4]);
        p.shape("size", &[1, 1, 2, 3]);
        p.op(Op::SLICE, Attribute::None, &["x", "start", "size"], ("corner", DType::INT8, &[1, 1, 2, 3]));
        p.shape("list", &[1, 6]);
        p.op(Op::CAST, Attribute::None, &["corner"], ("wide", DType::INT32, &[1, 1, 2, 3]));
        p.op(Op::RESHAPE, Attribute::None, &["wide", "list"], ("picks", DType::INT32, &[1, 6]));
        p.op(Op::CONCAT, Attribute::Axis(1), &["z", "z"], ("twice", DType::INT8, &[1, 6, 3]));
        p.op(Op::SCATTER, Attribute::None, &["rows", "picks", "twice"], ("placed", DType::INT8, &[1, 5, 3]));
        let places = [4i32, 9, 0, 4].iter().flat_map(|place| place.to_le_bytes()).collect();
        p.constant("places", DType::INT32, &[1, 4], places);
        p.shape("begin", &[0, 1, 0]);
        p.shape("part", &[1, 4, 3]);
        p.op(Op::SLICE, Attribute::None, &["rows", "begin", "part"], ("last", DType::INT8, &[1, 4, 3]));
        p.op(Op::SCATTER, Attribute::None, &["placed", "places", "last"], ("y", DType::INT8, &[1, 5, 3]));
        p.rescale("y", "y32", &[1, 5, 3], [DType::INT8, DType::INT32]);
        p.output("y32");
    })
}
