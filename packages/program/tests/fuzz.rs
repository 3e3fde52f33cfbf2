//! Bytes that nobody meant, as files and as plans.

use tequio_fuzz::{Read, fuzz};
use tequio_program::{Graph, Plan, compile, load, unplanned};
use tequio_tosa::{Attribute, DType, Op, Program, conv};

fn program(build: impl Fn(&mut Program)) -> Vec<u8> {
    let mut p = Program::default();
    p.scalars();
    build(&mut p);
    p.bytes()
}

/// One layer.
fn layer() -> Vec<u8> {
    program(|p| {
        p.input("x", DType::INT8, &[1, 2, 2, 2]);
        p.layer(("x", [1, 2, 2, 2]), "y", conv(2, 3));
        p.output("y");
    })
}

/// Ops with attributes and shapes, and constants to fold.
fn moves() -> Vec<u8> {
    program(|p| {
        p.input("x", DType::INT8, &[2, 3]);
        p.constant("c", DType::INT8, &[2, 3], (0..6).collect());
        p.shape("twice", &[1, 2]);
        p.op(Op::TILE, Attribute::None, &["c", "twice"], ("cc", DType::INT8, &[2, 6]));
        p.op(Op::CONCAT, Attribute::Axis(1), &["x", "x"], ("xx", DType::INT8, &[2, 6]));
        p.op(Op::BITWISE_XOR, Attribute::None, &["xx", "cc"], ("m", DType::INT8, &[2, 6]));
        p.op(Op::TRANSPOSE, Attribute::Perms(vec![1, 0]), &["m"], ("t", DType::INT8, &[6, 2]));
        p.shape("flat", &[12]);
        p.op(Op::RESHAPE, Attribute::None, &["t", "flat"], ("r", DType::INT8, &[12]));
        p.op(Op::CLAMP, Attribute::Clamp { min: vec![0], max: vec![9] }, &["r"], ("y", DType::INT8, &[12]));
        p.op(Op::REDUCE_MAX, Attribute::Axis(0), &["y"], ("z", DType::INT8, &[1]));
        p.output("y");
        p.output("z");
    })
}

fn digits(file: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../models/digits/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn files() {
    let corpus = [layer(), moves(), digits("digits.tosa")];
    fuzz("files", 3_000, &corpus, &[b"TOSA"], |case| {
        let graph = load(case.bytes);
        if let Ok(graph) = &graph {
            assert_eq!(unplanned(graph).outputs().len(), graph.outputs().len());
        }
        Read::from(&graph)
    });
}

/// A plan of another program, or a wrong one, is refused. One that is taken is taken from its own text too.
fn plans_of(name: &str, few: u32, graph: &Graph, plan: &Plan) {
    let words: [&[u8]; 8] = [b"0", b"-1", b",", b"[]", b"null", b"1e9", b"\"", b"{}"];
    fuzz(name, few, &[plan.to_json().into_bytes()], &words, |case| {
        let found = str::from_utf8(case.bytes).ok().and_then(|text| Plan::from_json(text).ok());
        let Some(found) = found else { return Read::Refused };
        assert_eq!(Plan::from_json(&found.to_json()).as_ref(), Ok(&found));
        let compiled = compile(graph, &found);
        if let Ok(compiled) = &compiled {
            assert_eq!(compiled.manifest.header.plan, found.hash());
        }
        Read::from(&compiled)
    });
}

#[test]
fn plans() {
    let graph = load(&layer()).unwrap();
    plans_of("plans", 2_000, &graph, &Plan::propose(&graph).unwrap());
}

#[test]
fn plans_of_many_ops() {
    let graph = load(&moves()).unwrap();
    plans_of("plans of many ops", 1_000, &graph, &Plan::propose(&graph).unwrap());
}
