//! Small files that would cost whoever reads them gigabytes or minutes are refused before they do.

use flatbuffers::FlatBufferBuilder;
use tequio_program::{Commit, Graph, Plan, Refused, compile, load};
use tequio_tosa::{Attribute, DType, Op, Program, schema};

use super::{
    allocated::most_allocated,
    worst::{self, Worst},
};

/// What refusing any of these may allocate, in bytes; each once took hundreds of times more.
const LITTLE: usize = 4 << 20;

fn program(build: impl FnOnce(&mut Program)) -> Vec<u8> {
    let mut p = Program::default();
    p.scalars();
    build(&mut p);
    p.bytes()
}

fn refused<T>(run: impl FnOnce() -> Result<T, Refused>, most: usize) -> Refused {
    let (refused, allocated) = most_allocated(|| run().err().expect("refused"));
    println!("{refused}: {allocated} bytes");
    assert!(allocated <= most, "{refused}: {allocated} bytes");
    refused
}

/// Repeats a scalar, which compiling does at once.
fn repeated(p: &mut Program, to: &str, from: &str, dtype: DType, times: i32) {
    p.shape(&format!("{to}_times"), &[times.into()]);
    p.op(Op::TILE, Attribute::None, &[from, &format!("{to}_times")], (to, dtype, &[times]));
}

#[test]
fn constants_made_of_nothing() {
    let file = program(|p| {
        repeated(p, "bomb", "zero32", DType::INT32, 1 << 27);
        p.output("bomb");
    });
    let refused = refused(|| load(&file), LITTLE);
    assert!(matches!(refused, Refused::Folding { what: "bytes", limit: 268_435_456, .. }), "{refused}");
}

/// 300 constants of a megabyte, all of them the same one.
fn shared() -> Vec<u8> {
    use schema::*;
    let mut b = FlatBufferBuilder::new();
    let data = b.create_vector(&vec![1u8; 1 << 20]);
    let shape = b.create_vector(&[1i32 << 20]);
    let (mut tensors, mut operators) = (vec![], vec![]);
    for at in 0..300 {
        let name = b.create_string(&format!("c{at}"));
        let (type_, data, shape) = (DType::INT8, Some(data), Some(shape));
        tensors.push(TosaTensor::create(
            &mut b,
            &TosaTensorArgs { name: Some(name), type_, shape, data, ..Default::default() },
        ));
        let (inputs, outputs) =
            (Some(b.create_vector::<flatbuffers::ForwardsUOffset<&str>>(&[])), Some(b.create_vector(&[name])));
        operators.push(TosaOperator::create(
            &mut b,
            &TosaOperatorArgs { op: Op::CONST, inputs, outputs, ..Default::default() },
        ));
    }
    let output = b.create_string("c0");
    let (operators, tensors) = (Some(b.create_vector(&operators)), Some(b.create_vector(&tensors)));
    let outputs = Some(b.create_vector(&[output]));
    let block =
        TosaBasicBlock::create(&mut b, &TosaBasicBlockArgs { operators, tensors, outputs, ..Default::default() });
    let blocks = Some(b.create_vector(&[block]));
    let region = TosaRegion::create(&mut b, &TosaRegionArgs { name: None, blocks });
    let regions = Some(b.create_vector(&[region]));
    let args = VersionArgs { _major: 1, _minor: 0, _patch: 0, _draft: false };
    let version = Some(Version::create(&mut b, &args));
    let graph = TosaGraph::create(&mut b, &TosaGraphArgs { version, regions, ..Default::default() });
    finish_tosa_graph_buffer(&mut b, graph);
    b.finished_data().to_vec()
}

#[test]
fn constants_that_share_their_bytes() {
    let file = shared();
    assert!(file.len() < 2 << 20);
    // Those before the limit are there.
    let refused = refused(|| load(&file), (256 << 20) + LITTLE);
    assert!(matches!(refused, Refused::TooMany { what: "bytes of constants", limit: 268_435_456, .. }), "{refused}");
}

#[test]
fn leaves_of_one_byte() {
    let graph = load(&program(|p| {
        let many = 1 << 23;
        repeated(p, "weight", "zero8", DType::INT8, many);
        p.input("x", DType::INT8, &[many]);
        p.op(Op::BITWISE_AND, Attribute::None, &["x", "weight"], ("y", DType::INT8, &[many]));
        p.output("y");
    }));
    let graph = graph.unwrap();
    let mut plan = Plan::propose(&graph).unwrap();
    assert!(compile(&graph, &plan).is_ok());
    plan.given.iter_mut().for_each(|given| given.row = 1);
    let refused = refused(|| compile(&graph, &plan), LITTLE);
    assert!(matches!(refused, Refused::TooMany { limit: 4_194_304, .. }), "{refused}");
}

#[test]
fn more_elements_than_flow_is_kept_for() {
    let graph = load(&program(|p| {
        let many = 1 << 25;
        p.input("x", DType::INT8, &[many]);
        p.op(Op::BITWISE_NOT, Attribute::None, &["x"], ("a", DType::INT8, &[many]));
        p.op(Op::BITWISE_NOT, Attribute::None, &["a"], ("y", DType::INT8, &[many]));
        p.output("y");
    }));
    let graph = graph.unwrap();
    let refused = refused(|| Plan::propose(&graph), LITTLE);
    assert!(matches!(refused, Refused::TooMany { limit: 67_108_864, .. }), "{refused}");
}

/// `groups` × 64 tensors that all read the same `deep` × 10 virtual ones.
fn woven(deep: usize, groups: usize) -> Graph {
    let shape = [1, 1];
    let file = program(|p| {
        p.input("x", DType::INT32, &shape);
        let mut ends = vec![];
        for strand in 0..10 {
            let mut at = "x".to_owned();
            for link in 0..deep {
                let to = format!("strand{strand}_{link}");
                p.op(Op::BITWISE_NOT, Attribute::None, &[&at], (&to, DType::INT32, &shape));
                at = to;
            }
            ends.push(at);
        }
        let ends: Vec<&str> = ends.iter().map(String::as_str).collect();
        p.op(Op::CONCAT, Attribute::Axis(1), &ends, ("ends", DType::INT32, &[1, 10]));
        p.op(Op::REDUCE_SUM, Attribute::Axis(1), &["ends"], ("woven", DType::INT32, &shape));
        let mut sums = vec![];
        for group in 0..groups {
            let readers: Vec<_> = (0..64).map(|reader| format!("reader{group}_{reader}")).collect();
            readers
                .iter()
                .for_each(|reader| p.op(Op::ABS, Attribute::None, &["woven"], (reader, DType::INT32, &shape)));
            let (all, sum) = (format!("all{group}"), format!("sum{group}"));
            let readers: Vec<&str> = readers.iter().map(String::as_str).collect();
            p.op(Op::CONCAT, Attribute::Axis(1), &readers, (&all, DType::INT32, &[1, 64]));
            p.op(Op::REDUCE_SUM, Attribute::Axis(1), &[&all], (&sum, DType::INT32, &shape));
            sums.push(sum);
        }
        let sums: Vec<&str> = sums.iter().map(String::as_str).collect();
        p.op(Op::CONCAT, Attribute::Axis(1), &sums, ("y", DType::INT32, &[1, groups as i32]));
        p.output("y");
    });
    load(&file).unwrap()
}

/// The plan that commits to these tensors, in leaves of a whole tensor where they fit.
fn committing(graph: &Graph, is_committed: impl Fn(&str) -> bool) -> Plan {
    let mut plan = worst::plan(graph);
    plan.committed.clear();
    for (tensor, about) in (0..).zip(graph.tensors()).filter(|(_, about)| is_committed(&about.name)) {
        let (name, row) = (about.name.clone(), about.ty.shape.elements());
        plan.committed.push(Commit { tensor, name, leaf_log2: 6, row, s: 0 });
    }
    worst::differ(graph, &mut plan);
    plan
}

#[test]
fn checks_that_compute_the_same_tensors() {
    let graph = woven(90, 64);
    let plan = committing(&graph, |name| name.starts_with("reader") || name == "y");
    let refused = refused(|| compile(&graph, &plan), 64 << 20);
    assert!(matches!(refused, Refused::TooMany { limit: 262_144, .. }), "{refused}");
}

#[test]
fn a_check_that_reads_very_many_tensors() {
    let graph = Worst::new().crowd(130).graph();
    let refused = refused(|| compile(&graph, &worst::plan(&graph)), 16 << 20);
    assert!(matches!(refused, Refused::TooMany { limit: 67_108_864, .. }), "{refused}");
}
