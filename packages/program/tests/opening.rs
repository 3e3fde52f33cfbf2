//! No opening is longer than the header says.

use std::collections::BTreeMap;

use tequio_attestation::{
    Digest, Evidence, Inputs, Manifest, Node, Operand, ShardTrace, Source, Statement, Subject, TensorId, open,
    shard_tree, tensor_tree, tree::Tree,
};
use tequio_program::{Plan, compile, load};
use tequio_tensor::{Read, eval};
use tequio_tosa::{Attribute, Conv, DType, Op, Program, conv, noise};

/// Opens `draws` single draws of a program and returns the longest opening against the bound.
fn longest(file: &[u8], job: &[&str], draws: u32) -> (usize, usize) {
    let graph = load(file).unwrap();
    let manifest = compile(&graph, &Plan::propose_with_job(&graph, job).unwrap()).unwrap().manifest;
    let bytes = |keep: fn(&Source) -> bool| -> Vec<Vec<u8>> {
        let kept = manifest.tensors.iter().filter(|tensor| keep(&tensor.source));
        kept.map(|tensor| noise(tensor.ty.bytes())).collect()
    };
    let mut inputs = bytes(|source| matches!(source, Source::Input { .. }));
    for (bytes, tensor) in inputs.iter_mut().zip(manifest.inputs()) {
        let dtype = tensor.ty.dtype;
        if dtype.bits() < 8 {
            bytes.iter_mut().for_each(|byte| *byte = dtype.wrap(*byte as i64) as u8);
        }
    }
    let trace = ShardTrace { slots: bytes(|source| matches!(source, Source::Committed { .. })) };
    let tree = |tensors: &[Vec<u8>], keep: fn(&Source) -> bool| {
        let kept = manifest.tensors.iter().filter(|tensor| keep(&tensor.source));
        let trees = kept.zip(tensors).map(|(tensor, bytes)| tensor_tree(&tensor.ty, tensor.layout().unwrap(), bytes));
        Tree::new(vec![shard_tree(&trees.collect::<Vec<_>>()).root()])
    };
    let inputs = Inputs::new(&manifest, inputs).unwrap();
    let evidence = Evidence {
        manifest: &manifest,
        inputs: &inputs,
        input_tree: &inputs.tree(&manifest),
        tree: &tree(&trace.slots, |source| matches!(source, Source::Committed { .. })),
        traces: BTreeMap::from([(0, trace.clone())]),
    };
    let statement = statement(&manifest, draws);
    let open = |draw| open(&statement, &evidence, draw..draw + 1).unwrap().len();
    let bound = manifest.header.opening_bytes as usize;
    ((0..draws).map(open).max().unwrap(), bound)
}

fn statement(manifest: &Manifest, draws: u32) -> Statement {
    let (none, program_id) = (Digest::default(), manifest.program_id());
    let subject = Subject { program_id, input_root: none, first_shard: 0, count: 1, draws, context: none };
    Statement { subject, root: none, seed: Digest([7; 32]) }
}

fn within(name: &str, program: &Program) {
    within_with(name, program, &[]);
}

fn within_with(name: &str, program: &Program, job: &[&str]) {
    let (longest, bound) = longest(&program.bytes(), job, 300);
    println!("{name}: longest {longest}, bound {bound}");
    assert!(longest <= bound, "{name}: {longest} bytes, bound {bound}");
    assert!(bound <= 2 * longest, "{name}: the bound {bound} is no use for {longest}");
    reads_within(name, &program.bytes());
}

/// Evaluates like a check, each virtual element once, and counts.
struct Counter<'a> {
    manifest: &'a Manifest,
    node: &'a Node,
    memo: BTreeMap<(TensorId, u32), i64>,
    reads: u32,
    depth: u8,
    deepest: u8,
}

impl Counter<'_> {
    fn compute(&mut self, id: TensorId, index: u32) -> i64 {
        let descriptor = self.manifest.descriptor(id);
        let outer = std::mem::replace(&mut self.node, descriptor.node().unwrap());
        let types = self.node.operands.iter().map(|operand| self.manifest.operand_type(operand));
        let (op, types) = (self.node.op, types.collect::<Vec<_>>());
        self.deepest = self.deepest.max(self.depth);
        let Ok(value) = eval(&op, &types, &descriptor.ty, index, self);
        self.node = outer;
        value
    }
}

impl Read for Counter<'_> {
    type Error = std::convert::Infallible;

    fn read(&mut self, operand: usize, index: u32) -> Result<i64, Self::Error> {
        self.reads += 1;
        let id = match self.node.operands[operand] {
            Operand::Scalar { value, .. } => return Ok(value),
            Operand::Tensor(id) => id,
        };
        let descriptor = self.manifest.descriptor(id);
        if !matches!(descriptor.source, Source::Virtual { .. }) {
            let hash = (index ^ id.0.wrapping_mul(0x9e37_79b9)).wrapping_mul(0x85eb_ca6b);
            return Ok(descriptor.ty.dtype.wrap((hash >> 3) as i64));
        }
        if let Some(value) = self.memo.get(&(id, index)) {
            return Ok(*value);
        }
        self.depth += 1;
        let value = self.compute(id, index);
        self.depth -= 1;
        self.memo.insert((id, index), value);
        Ok(value)
    }
}

fn reads_within(name: &str, file: &[u8]) {
    let graph = load(file).unwrap();
    let manifest = compile(&graph, &Plan::propose(&graph).unwrap()).unwrap().manifest;
    let (mut reads, mut deepest) = (0, 0);
    for (id, _) in manifest.committed() {
        let descriptor = manifest.descriptor(id);
        let elements = descriptor.ty.shape.elements();
        for index in (0..elements).step_by(elements.div_ceil(200) as usize) {
            let (memo, node) = (BTreeMap::new(), descriptor.node().unwrap());
            let mut counter = Counter { manifest: &manifest, node, memo, reads: 0, depth: 0, deepest: 0 };
            counter.compute(id, index);
            reads = reads.max(counter.reads);
            deepest = deepest.max(counter.deepest);
        }
    }
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
            let (longest, bound) = longest(&file, &[], 100);
            println!("{name}: longest {longest}, bound {bound}");
            assert!(longest <= bound);
            reads_within(&name, &file);
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
