//! Ordinary programs: no opening is longer than the header says, and the header says little more.

use std::sync::Arc;

use tequio_attestation::Manifest;
use tequio_program::{Plan, compile, load};
use tequio_tosa::{Attribute, Conv, DType, Op, Program, conv, noise};

use super::{evidence::Run, reads::most_reads};

fn within(name: &str, program: &Program) {
    within_with(name, program, &[]);
}

fn within_with(name: &str, program: &Program, job: &[&str]) {
    let manifest = &proposed(&program.bytes(), job);
    let run = Run::new(manifest);
    let (longest, bound) = (run.longest(300), run.bound());
    println!("{name}: longest {longest}, bound {bound}");
    assert!(longest <= bound, "{name}: {longest} bytes, bound {bound}");
    assert!(bound <= 2 * longest, "{name}: the bound {bound} is no use for {longest}");
    reads_within(name, manifest);
}

/// The manifest with the plan that is proposed if these inputs are of job scope.
fn proposed(file: &[u8], job: &[&str]) -> Arc<Manifest> {
    let graph = load(file).unwrap();
    compile(&graph, &Plan::propose_with_job(&graph, job).unwrap()).unwrap().manifest
}

fn reads_within(name: &str, manifest: &Manifest) {
    let (reads, deepest) = most_reads(manifest, 200);
    println!("{name}: reads {reads}, bound {}, depth {deepest}", manifest.header.reads);
    assert!(reads <= manifest.header.reads && deepest <= manifest.header.depth);
    assert!(manifest.header.reads <= 2 * reads);
}

/// Every `.tosa` file of the folder that TEQUIO_MODELS names.
#[test]
#[ignore = "needs TEQUIO_MODELS"]
fn models() {
    let folder = std::env::var("TEQUIO_MODELS").expect("TEQUIO_MODELS names a folder with .tosa files");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "tosa") {
            let (name, file) = (path.display().to_string(), std::fs::read(&path).unwrap());
            let manifest = &proposed(&file, &[]);
            let run = Run::new(manifest);
            let (longest, bound) = (run.longest(100), run.bound());
            println!("{name}: longest {longest}, bound {bound}");
            assert!(longest <= bound);
            reads_within(&name, manifest);
            count += 1;
        }
    }
    assert!(count > 0);
}

fn program(build: impl Fn(&mut Program)) -> Program {
    let mut p = Program::default();
    p.scalars();
    build(&mut p);
    p
}

#[test]
fn convolutions() {
    for (channels, kernel) in [(3, 3), (16, 3), (64, 1), (24, 5)] {
        within(
            "conv2d",
            &program(|p| {
                p.input("x", DType::INT8, &[2, 9, 7, channels]);
                let shape = p.layer(("x", [2, 9, 7, channels]), "a", conv(channels, kernel));
                let strided = Conv { channels: 20, kernel: 3, stride: 2, pad: [1, 1] };
                p.layer(("a", shape), "b", strided);
                p.output("b");
            }),
        );
    }
}

#[test]
fn depthwise_convolutions() {
    for (channels, multiplier) in [(64, 1), (20, 1), (6, 3)] {
        within(
            "depthwise",
            &program(|p| {
                p.input("x", DType::INT8, &[2, 8, 8, channels]);
                let shape = p.layer(("x", [2, 8, 8, channels]), "a", conv(channels, 1));
                let shape = p.depthwise(("a", shape), "sum", conv(multiplier, 3));
                p.rescale("sum", "b", &shape, [DType::INT32, DType::INT8]);
                p.output("b");
            }),
        );
    }
}

#[test]
fn skip_connections_pools_and_reductions() {
    within(
        "residual",
        &program(|p| {
            let shape = [2, 8, 8, 16];
            p.input("x", DType::INT8, &shape);
            p.layer(("x", shape), "a", conv(16, 3));
            p.conv2d(("a", shape), "b", conv(16, 3));
            p.rescale("a", "a_wide", &shape, [DType::INT8, DType::INT32]);
            p.op(Op::ADD, Attribute::None, &["b", "a_wide"], ("sum", DType::INT32, &shape));
            p.rescale("sum", "y", &shape, [DType::INT32, DType::INT8]);
            let pool = Attribute::Pool { kernel: vec![8, 8], stride: vec![8, 8], pad: vec![0; 4] };
            p.op(Op::AVG_POOL2D, pool, &["y", "zero8", "zero8"], ("pooled", DType::INT8, &[2, 1, 1, 16]));
            p.layer(("pooled", [2, 1, 1, 16]), "logits", conv(10, 1));
            p.rescale("logits", "wide", &[2, 1, 1, 10], [DType::INT8, DType::INT32]);
            p.op(Op::REDUCE_MAX, Attribute::Axis(3), &["wide"], ("most", DType::INT32, &[2, 1, 1, 1]));
            p.op(Op::SUB, Attribute::None, &["wide", "most"], ("apart", DType::INT32, &[2, 1, 1, 10]));
            p.op(Op::REDUCE_SUM, Attribute::Axis(3), &["apart"], ("total", DType::INT32, &[2, 1, 1, 1]));
            p.op(Op::MUL, Attribute::None, &["apart", "total", "shift"], ("z", DType::INT32, &[2, 1, 1, 10]));
            p.output("z");
        }),
    );
}

#[test]
fn products_and_moved_data() {
    within(
        "matmul",
        &program(|p| {
            p.input("x", DType::INT8, &[2, 12, 40]);
            p.input("y", DType::INT8, &[2, 12, 40]);
            let turned = ("turned", DType::INT8, &[2, 40, 12][..]);
            p.op(Op::TRANSPOSE, Attribute::Perms(vec![0, 2, 1]), &["y"], turned);
            p.op(Op::MATMUL, Attribute::None, &["x", "turned", "zero8", "zero8"], ("sum", DType::INT32, &[2, 12, 12]));
            p.rescale("sum", "scores", &[2, 12, 12], [DType::INT32, DType::INT8]);
            p.op(Op::MATMUL, Attribute::None, &["scores", "y", "zero8", "zero8"], ("out", DType::INT32, &[2, 12, 40]));
            p.op(Op::CONCAT, Attribute::Axis(2), &["out", "out", "sum"], ("both", DType::INT32, &[2, 12, 92]));
            p.op(Op::REVERSE, Attribute::Axis(1), &["both"], ("z", DType::INT32, &[2, 12, 92]));
            p.output("z");
        }),
    );
}

#[test]
fn tables_and_gathers() {
    within(
        "lookup",
        &program(|p| {
            p.input("tokens", DType::INT32, &[1, 30]);
            p.constant("embedding", DType::INT8, &[1, 100, 48], noise(4_800));
            p.op(Op::GATHER, Attribute::None, &["embedding", "tokens"], ("rows", DType::INT8, &[1, 30, 48]));
            p.constant("curve", DType::INT8, &[256], noise(256));
            p.op(Op::TABLE, Attribute::None, &["rows", "curve"], ("bent", DType::INT8, &[1, 30, 48]));
            p.shape("image", &[1, 5, 6, 48]);
            p.op(Op::RESHAPE, Attribute::None, &["bent", "image"], ("pixels", DType::INT8, &[1, 5, 6, 48]));
            p.layer(("pixels", [1, 5, 6, 48]), "y", conv(8, 1));
            p.output("y");
        }),
    );
}

#[test]
fn choices_and_padding() {
    within(
        "select",
        &program(|p| {
            let shape = [1, 6, 6, 8];
            p.input("x", DType::INT8, &shape);
            p.input("which", DType::BOOL, &shape);
            p.layer(("x", shape), "a", conv(8, 3));
            p.shape("around", &[0, 0, 1, 1, 1, 1, 0, 0]);
            p.op(Op::PAD, Attribute::None, &["x", "around", "zero8"], ("framed", DType::INT8, &[1, 8, 8, 8]));
            let valid = Conv { channels: 8, kernel: 3, stride: 1, pad: [0, 0] };
            p.layer(("framed", [1, 8, 8, 8]), "b", valid);
            p.op(Op::SELECT, Attribute::None, &["which", "a", "b"], ("chosen", DType::INT8, &shape));
            let pool = Attribute::Pool { kernel: vec![2, 2], stride: vec![2, 2], pad: vec![0; 4] };
            p.op(Op::MAX_POOL2D, pool, &["chosen"], ("y", DType::INT8, &[1, 3, 3, 8]));
            p.output("y");
        }),
    );
}

#[test]
fn inputs_of_both_scopes() {
    let program = program(|p| {
        p.input("x", DType::INT8, &[1, 24, 40]);
        p.input("weight", DType::INT8, &[1, 40, 16]);
        p.op(Op::MATMUL, Attribute::None, &["x", "weight", "zero8", "zero8"], ("sum", DType::INT32, &[1, 24, 16]));
        p.rescale("sum", "y", &[1, 24, 16], [DType::INT32, DType::INT8]);
        p.output("y");
    });
    for job in [&["weight"][..], &["x"], &[]] {
        within_with("product", &program, job);
    }
}
