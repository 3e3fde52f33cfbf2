//! `tests/vectors/weights.json`: small programs, their plans, and what a second compiler must make of them.
//!
//! `TEQUIO_BLESS=1 cargo test -p tequio-program --test vectors` writes it anew.

mod boxes;
mod dice;
mod plans;
mod programs;
mod resized;
mod scattered;
mod transposed;
mod volumes;

use std::{fs, path::PathBuf};

use serde_json::{Value, json};
use tequio_attestation::{Node, Operand};
use tequio_program::{Graph, Plan, compile};
use tequio_tensor::{DType, Op};

use dice::Dice;

/// Plans made up for each program.
const MADE_UP: usize = 3;

fn case(name: &str, graph: &Graph, plan: &Plan) -> Value {
    let compiled = compile(graph, plan).unwrap();
    let header = &compiled.manifest.header;
    let descriptor = |(id, _)| hex::encode(compiled.manifest.descriptor(id).encode());
    json!({
        "name": name,
        "descriptors": graph.iter().map(descriptor).collect::<Vec<_>>(),
        "constants": constants(graph),
        "outputs": header.outputs.iter().map(|id| id.0).collect::<Vec<_>>(),
        "plan": serde_json::to_value(plan).unwrap(),
        "plan_hash": hex::encode(header.plan),
        "costs": compiled.costs,
        "weights": compiled.weights.iter().map(u128::to_string).collect::<Vec<_>>(),
        "cost": header.cost,
        "delta": header.delta,
        "gamma": header.gamma,
        "depth": header.depth,
        "reads": header.reads,
        "opening_bytes": header.opening_bytes,
    })
}

/// The constants that choose what an op reads, by id.
fn constants(graph: &Graph) -> Value {
    let constant = |node: &Node| {
        let at = match node.op {
            Op::Gather | Op::Scatter => 1,
            Op::Select | Op::Table => 0,
            _ => return None,
        };
        let Operand::Tensor(id) = node.operands[at] else { return None };
        let tensor = graph.tensor(id);
        tensor.constant().map(|bytes| (id.0.to_string(), values(tensor.ty.dtype, bytes)))
    };
    Value::Object(graph.tensors().iter().filter_map(|tensor| constant(tensor.node()?)).collect())
}

fn values(dtype: DType, bytes: &[u8]) -> Value {
    bytes.chunks(dtype.bytes()).map(|element| dtype.read(element)).collect()
}

#[test]
fn weights() {
    use boxes::*;
    use programs::*;
    let (mut cases, dice) = (vec![], &mut Dice(0x9e37_79b9_7f4a_7c15));
    for (name, graph) in [
        ("chain", chain()),
        ("branches", branches()),
        ("skip", skip()),
        ("classes", classes()),
        ("inputs", inputs()),
        ("reshaped", reshaped()),
        ("chosen", chosen()),
        ("parts", parts()),
        ("windows", windows()),
        ("pools", pools()),
        ("moved", moved()),
        ("along", along()),
        ("products", products()),
        ("sides", sides()),
        ("rows", rows()),
        ("boxes", boxes(&BOXES)),
        ("ways", ways()),
        ("deep", deep()),
    ] {
        cases.push(case(name, &graph, &Plan::plain(&graph).unwrap()));
        cases.push(case(&format!("{name}, with rates"), &graph, &plans::with_rates(Plan::plain(&graph).unwrap())));
        cases.push(case(&format!("{name}, all committed"), &graph, &plans::all_committed(&graph, &[])));
        for _ in 0..MADE_UP {
            cases.push(case(&format!("{name}, made up"), &graph, &plans::any(&graph, dice)));
        }
    }
    cases.push(case("deep, one of the job", &deep(), &plans::all_committed(&deep(), &["indices"])));
    cases.push(case("rounded, one of the job", &rounded(), &plans::all_committed(&rounded(), &["indices"])));
    let run = run();
    cases.push(case("run", &run, &plans::last_committed(&run, 35)));
    for (name, graph) in [("12 cuts", cuts(12)), ("13 cuts", cuts(13)), ("12 picks", picks(12))] {
        cases.push(case(name, &graph, &plans::last_committed(&graph, 1)));
    }
    for name in BOXES {
        let graph = boxes(&[name]);
        cases.push(case(&format!("box {name}"), &graph, &plans::last_committed(&graph, 1)));
    }
    // One tensor is worth to the one before as much as that one's own, of another flow and rate.
    let tied = plans::at_rates(plans::all_committed(&single(), &[]), 0, 100);
    cases.push(case("single, tied", &single(), &tied));
    let bare = plans::at_rates(Plan::plain(&single()).unwrap(), 0, 0);
    cases.push(case("single, all caught and nothing", &single(), &Plan { gamma: 1 << 16, ..bare }));
    let twins = twins();
    let tiny = plans::at_rates(plans::all_committed(&twins, &["x"]), 65_535, 65_535);
    cases.push(case("twins, with a tensor that is never drawn by weight", &twins, &tiny));
    cases.push(case("inputs, one of the job", &inputs(), &plans::all_committed(&inputs(), &["z"])));
    cases.push(case("inputs, as measured", &inputs(), &plans::measured(&inputs())));
    cases.push(case("parts, one of the job", &parts(), &plans::all_committed(&parts(), &["x"])));
    cases.push(case("parts, as measured", &parts(), &plans::measured(&parts())));
    for (name, graph) in [("upsampled", transposed::upsampled()), ("learnt", transposed::learnt())] {
        cases.push(case(name, &graph, &Plan::plain(&graph).unwrap()));
        cases.push(case(&format!("{name}, all committed"), &graph, &plans::all_committed(&graph, &[])));
        for _ in 0..2 * MADE_UP {
            cases.push(case(&format!("{name}, made up"), &graph, &plans::any(&graph, dice)));
        }
    }
    cases.push(case(
        "learnt, of the job",
        &transposed::learnt(),
        &plans::all_committed(&transposed::learnt(), &["w", "b"]),
    ));
    for (name, graph) in
        [("scattered", scattered::scattered()), ("resized", resized::resized()), ("volumes", volumes::volumes())]
    {
        cases.push(case(name, &graph, &Plan::propose(&graph).unwrap()));
        cases.push(case(&format!("{name}, all committed"), &graph, &plans::all_committed(&graph, &[])));
        for _ in 0..2 * MADE_UP {
            cases.push(case(&format!("{name}, made up"), &graph, &plans::any(&graph, dice)));
        }
    }
    let scattered = scattered::scattered();
    cases.push(case("scattered, of the job", &scattered, &plans::all_committed(&scattered, &["z"])));
    golden(&cases);
}

/// Fails unless the cases are what the file holds; writes them there, one a line, if `TEQUIO_BLESS` is set.
fn golden(cases: &[Value]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/weights.json");
    let lines: Vec<_> = cases.iter().map(Value::to_string).collect();
    let found = format!("{{\"programs\": [\n{}\n]}}\n", lines.join(",\n"));
    if std::env::var_os("TEQUIO_BLESS").is_some() {
        fs::write(&path, &found).unwrap();
    }
    // As values: the order of a case's fields hangs on what else is built.
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let held = fs::read_to_string(&path).unwrap();
    assert!(
        read(&held) == read(&found),
        "tests/vectors/weights.json differs; TEQUIO_BLESS=1 writes it anew, if that is meant"
    );
}
