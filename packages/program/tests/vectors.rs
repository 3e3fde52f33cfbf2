//! `tests/vectors/weights.json`: small programs, their plans, and what a second compiler must make of them.
//!
//! `TEQUIO_BLESS=1 cargo test -p tequio-program --test vectors` writes it anew.

use std::{fs, path::PathBuf};

use serde_json::{Map, Value, json};
use tequio_attestation::{Node, Operand, TensorId};
use tequio_program::{Commit, Graph, Plan, Scenario, Tensor, compile, load};
use tequio_tensor::Op as OpOf;
use tequio_tosa::{Attribute, Conv, DType, Op, Program, conv};

const SHAPE: [i32; 4] = [1, 4, 4, 4];

fn program(build: impl Fn(&mut Program)) -> Graph {
    let mut p = Program::default();
    p.scalars();
    p.input("x", DType::INT8, &SHAPE);
    build(&mut p);
    load(&p.bytes()).unwrap()
}

/// Three layers and a clamp; the second layer reads every other pixel.
fn chain() -> Graph {
    program(|p| {
        p.layer(("x", SHAPE), "a", conv(4, 3));
        let wide = p.layer(("a", SHAPE), "b", Conv { channels: 8, kernel: 2, stride: 2, pad: [0, 0] });
        let out = p.layer(("b", wide), "c", conv(8, 1));
        let clamp = Attribute::Clamp { min: vec![0], max: vec![6] };
        p.op(Op::CLAMP, clamp, &["c"], ("relu", DType::INT8, &out));
        p.output("relu");
    })
}

/// Two branches, joined along the channels; a layer reads both.
fn branches() -> Graph {
    program(|p| {
        p.layer(("x", SHAPE), "stem", conv(4, 1));
        p.layer(("stem", SHAPE), "left", conv(4, 3));
        p.layer(("stem", SHAPE), "right", conv(2, 1));
        p.op(Op::CONCAT, Attribute::Axis(3), &["left", "right"], ("both", DType::INT8, &[1, 4, 4, 6]));
        p.layer(("both", [1, 4, 4, 6]), "y", conv(3, 1));
        p.output("y");
    })
}

/// A sum of a tensor and of what two layers make of it.
fn skip() -> Graph {
    program(|p| {
        p.layer(("x", SHAPE), "a", conv(4, 1));
        p.layer(("a", SHAPE), "b", conv(4, 3));
        p.conv2d(("b", SHAPE), "c", conv(4, 1));
        p.rescale("a", "a_wide", &SHAPE, [DType::INT8, DType::INT32]);
        p.op(Op::ADD, Attribute::None, &["c", "a_wide"], ("sum", DType::INT32, &SHAPE));
        p.rescale("sum", "y", &SHAPE, [DType::INT32, DType::INT8]);
        p.output("y");
    })
}

/// Overlapping windows, then the class of each pixel.
fn classes() -> Graph {
    program(|p| {
        p.layer(("x", SHAPE), "a", conv(4, 1));
        let pool = Attribute::Pool { kernel: vec![2, 2], stride: vec![1, 1], pad: vec![0; 4] };
        p.op(Op::MAX_POOL2D, pool, &["a"], ("pool", DType::INT8, &[1, 3, 3, 4]));
        p.layer(("pool", [1, 3, 3, 4]), "scores", conv(5, 1));
        p.op(Op::ARGMAX, Attribute::Axis(3), &["scores"], ("class", DType::INT32, &[1, 3, 3]));
        p.output("class");
    })
}

/// A second input, which only the second half of the channels depends on.
fn inputs() -> Graph {
    program(|p| {
        p.input("z", DType::INT8, &SHAPE);
        p.layer(("x", SHAPE), "a", conv(4, 1));
        p.layer(("z", SHAPE), "b", conv(28, 1));
        p.op(Op::CONCAT, Attribute::Axis(3), &["a", "b"], ("both", DType::INT8, &[1, 4, 4, 32]));
        p.layer(("both", [1, 4, 4, 32]), "c", conv(128, 1));
        p.output("c");
    })
}

/// An output that is only a part of what is computed, in another shape.
fn reshaped() -> Graph {
    program(|p| {
        for (from, to) in [("x", "a"), ("a", "b"), ("b", "c"), ("c", "d"), ("d", "e"), ("e", "f")] {
            p.layer((from, SHAPE), to, conv(4, 3));
        }
        p.layer(("f", SHAPE), "g", conv(4, 1));
        p.shape("flat", &[16, 4]);
        p.op(Op::RESHAPE, Attribute::None, &["g", "flat"], ("rows", DType::INT8, &[16, 4]));
        p.shape("start", &[3, 0]);
        p.shape("size", &[5, 4]);
        p.op(Op::SLICE, Attribute::None, &["rows", "start", "size"], ("y", DType::INT8, &[5, 4]));
        p.output("y");
        p.output("c");
    })
}

/// Rows chosen by classes and by a constant, and then an element of either.
fn chosen() -> Graph {
    program(|p| {
        p.layer(("x", SHAPE), "a", conv(4, 1));
        p.layer(("x", SHAPE), "scores", conv(5, 1));
        p.op(Op::ARGMAX, Attribute::Axis(3), &["scores"], ("class", DType::INT32, &[1, 4, 4]));
        p.shape("list", &[1, 16]);
        p.op(Op::RESHAPE, Attribute::None, &["class", "list"], ("indices", DType::INT32, &[1, 16]));
        p.shape("rows", &[1, 16, 4]);
        p.op(Op::RESHAPE, Attribute::None, &["a", "rows"], ("values", DType::INT8, &[1, 16, 4]));
        p.op(Op::GATHER, Attribute::None, &["values", "indices"], ("found", DType::INT8, &[1, 16, 4]));
        let rows = (0..16).flat_map(|row: i32| (row * row % 11).to_le_bytes()).collect();
        p.constant("known", DType::INT32, &[1, 16], rows);
        p.op(Op::GATHER, Attribute::None, &["values", "known"], ("moved", DType::INT8, &[1, 16, 4]));
        for (from, to) in [("found", "found32"), ("moved", "moved32")] {
            p.rescale(from, to, &[1, 16, 4], [DType::INT8, DType::INT32]);
        }
        p.op(Op::GREATER, Attribute::None, &["found32", "moved32"], ("is_more", DType::BOOL, &[1, 16, 4]));
        p.op(Op::SELECT, Attribute::None, &["is_more", "found32", "moved32"], ("more", DType::INT32, &[1, 16, 4]));
        p.rescale("more", "y", &[1, 16, 4], [DType::INT32, DType::INT8]);
        p.output("y");
    })
}

/// Of a wide tensor a part is read; a sum whose first operand differs only in part where one input does.
fn parts() -> Graph {
    program(|p| {
        p.input("z", DType::INT8, &SHAPE);
        p.layer(("x", SHAPE), "a", conv(4, 1));
        p.layer(("z", SHAPE), "b", conv(4, 1));
        p.op(Op::CONCAT, Attribute::Axis(1), &["a", "b"], ("tall", DType::INT8, &[1, 8, 4, 4]));
        let clamp = Attribute::Clamp { min: vec![0], max: vec![100] };
        p.op(Op::CLAMP, clamp, &["tall"], ("clamped", DType::INT8, &[1, 8, 4, 4]));
        p.rescale("clamped", "wide", &[1, 8, 4, 4], [DType::INT8, DType::INT32]);
        p.shape("start", &[0, 2, 1, 0]);
        p.shape("left", &[0, 0, 1, 0]);
        p.shape("size", &[1, 4, 3, 4]);
        p.op(Op::SLICE, Attribute::None, &["wide", "start", "size"], ("cut", DType::INT32, &[1, 4, 3, 4]));
        p.conv2d(("b", SHAPE), "other", Conv { channels: 4, kernel: 2, stride: 1, pad: [1, 0] });
        p.op(Op::SLICE, Attribute::None, &["other", "left", "size"], ("part", DType::INT32, &[1, 4, 3, 4]));
        p.op(Op::ADD, Attribute::None, &["cut", "part"], ("sum", DType::INT32, &[1, 4, 3, 4]));
        p.rescale("sum", "y", &[1, 4, 3, 4], [DType::INT32, DType::INT8]);
        p.output("y");
    })
}

/// Every tensor that an op computes is committed, with rates of many values.
fn all_committed(graph: &Graph, job: &[&str]) -> Plan {
    let mut plan = Plan::propose_with_job(graph, job).unwrap();
    let commit = |(id, tensor): (TensorId, &Tensor)| {
        let (row, name) = (tensor.ty.shape.elements(), tensor.name.clone());
        tensor.node().map(|_| Commit { tensor: id.0, name, leaf_log2: 6, row, s: 0 })
    };
    plan.committed = graph.iter().filter_map(commit).collect();
    plan.scenarios.iter_mut().for_each(|scenario| scenario.rates = vec![0; plan.committed.len()]);
    with_rates(plan)
}

/// As proposed, with rates of many values.
fn with_rates(mut plan: Plan) -> Plan {
    for (slot, commit) in (1..).zip(&mut plan.committed) {
        commit.s = (slot * 4_001) % 9_999;
    }
    for (at, scenario) in (1..).zip(&mut plan.scenarios) {
        for (slot, rate) in (1..).zip(&mut scenario.rates) {
            *rate = (60_001 - at) / slot;
        }
    }
    plan.gamma = 1_234;
    plan
}

/// What was measured: that only the second input differs, and that a tensor is the same as a whole.
fn measured(graph: &Graph) -> Plan {
    let mut plan = Plan::propose(graph).unwrap();
    plan.committed.iter_mut().for_each(|commit| commit.s = 0);
    let slots = plan.committed.len();
    let id = |name| graph.iter().find(|(_, tensor)| tensor.name == name).unwrap().0.0;
    let rates = |by: u16| (1..).map(|slot: u16| by / slot).take(slots).collect();
    plan.scenarios = vec![
        Scenario { differs: vec![0, 1], shared: vec![id("a")], routes: vec![], rates: rates(60_000) },
        Scenario { differs: vec![1], shared: vec![], routes: vec![], rates: rates(40_001) },
        Scenario { differs: vec![0], shared: vec![id("a")], routes: vec![], rates: rates(50_002) },
    ];
    plan.scenarios.sort_by(|one, other| one.differs.cmp(&other.differs));
    plan
}

fn case(name: &str, graph: &Graph, plan: &Plan) -> Value {
    let compiled = compile(graph, plan).unwrap();
    let header = &compiled.manifest.header;
    let descriptor = |(id, _)| hex::encode(compiled.manifest.descriptor(id).encode());
    json!({
        "name": name,
        "descriptors": graph.iter().map(descriptor).collect::<Vec<_>>(),
        "indices": indices(graph),
        "outputs": header.outputs.iter().map(|id| id.0).collect::<Vec<_>>(),
        "plan": serde_json::to_value(plan).unwrap(),
        "plan_hash": hex::encode(header.plan),
        "costs": compiled.costs,
        "weights": compiled.weights.iter().map(|w| u64::try_from(*w).unwrap()).collect::<Vec<_>>(),
        "cost": header.cost,
        "delta": header.delta,
        "gamma": header.gamma,
        "depth": header.depth,
    })
}

/// The constants that choose rows of a gather, by id.
fn indices(graph: &Graph) -> Value {
    let gathers = graph.tensors().iter().filter_map(|tensor| tensor.node()).filter(|node| node.op == OpOf::Gather);
    let constant = |node: &Node| match node.operands[1] {
        Operand::Tensor(id) => graph.tensor(id).constant().map(|bytes| (id.0.to_string(), values(bytes))),
        Operand::Scalar { .. } => None,
    };
    Value::Object(gathers.filter_map(constant).collect())
}

fn values(bytes: &[u8]) -> Value {
    bytes.chunks(4).map(|word| i32::from_le_bytes(word.try_into().unwrap())).collect()
}

#[test]
fn weights() {
    let mut cases = vec![];
    for (name, graph) in [
        ("chain", chain()),
        ("branches", branches()),
        ("skip", skip()),
        ("classes", classes()),
        ("inputs", inputs()),
        ("reshaped", reshaped()),
        ("chosen", chosen()),
        ("parts", parts()),
    ] {
        cases.push(case(name, &graph, &Plan::propose(&graph).unwrap()));
        cases.push(case(&format!("{name}, with rates"), &graph, &with_rates(Plan::propose(&graph).unwrap())));
        cases.push(case(&format!("{name}, all committed"), &graph, &all_committed(&graph, &[])));
    }
    cases.push(case("inputs, one of the job", &inputs(), &all_committed(&inputs(), &["z"])));
    cases.push(case("inputs, as measured", &inputs(), &measured(&inputs())));
    cases.push(case("parts, one of the job", &parts(), &all_committed(&parts(), &["x"])));
    cases.push(case("parts, as measured", &parts(), &measured(&parts())));
    let mut top = Map::new();
    top.insert("programs".into(), cases.into());
    golden(&Value::Object(top));
}

/// Fails unless `found` is what the file holds; writes it there if `TEQUIO_BLESS` is set.
fn golden(found: &Value) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/weights.json");
    if std::env::var_os("TEQUIO_BLESS").is_some() {
        fs::write(&path, serde_json::to_string_pretty(found).unwrap() + "\n").unwrap();
    }
    let held: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert!(held == *found, "tests/vectors/weights.json differs; TEQUIO_BLESS=1 writes it anew, if that is meant");
}
