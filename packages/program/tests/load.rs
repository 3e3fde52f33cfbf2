//! What loading makes of a file.

use tequio_attestation::{Operand, TensorId};
use tequio_program::{Graph, Plan, Refused, TensorSource, compile, load};
use tequio_tensor::{DType as Element, Op};
use tequio_tosa::{Attribute, DType, Op as FileOp, Program, conv, noise};

fn graph(build: impl Fn(&mut Program)) -> Graph {
    let mut p = Program::default();
    p.scalars();
    build(&mut p);
    load(&p.bytes()).unwrap()
}

fn names(graph: &Graph) -> Vec<&str> {
    graph.tensors().iter().map(|tensor| tensor.name.as_str()).collect()
}

fn constant<'a>(graph: &'a Graph, name: &str) -> &'a [u8] {
    graph.tensors().iter().find(|tensor| tensor.name == name).and_then(|tensor| tensor.constant()).unwrap()
}

#[test]
fn inputs_first_and_constants_before_their_reader() {
    let graph = graph(|p| {
        p.input("x", DType::INT8, &[1, 4, 4, 2]);
        p.layer(("x", [1, 4, 4, 2]), "a", conv(2, 1));
        p.input("late", DType::INT8, &[1]);
        p.layer(("a", [1, 4, 4, 2]), "b", conv(2, 1));
        p.output("b");
    });
    let expected =
        ["x", "late", "a_sum_weight", "a_sum_bias", "a_sum", "a", "b_sum_weight", "b_sum_bias", "b_sum", "b"];
    assert_eq!((names(&graph), graph.inputs()), (expected.to_vec(), 2));
    assert_eq!(graph.outputs(), [TensorId(9)]);
}

#[test]
fn one_element_is_written_where_it_is_read() {
    let graph = graph(|p| {
        p.constant("seven", DType::INT32, &[1, 1], vec![249, 255, 255, 255]);
        p.input("x", DType::INT32, &[2, 3]);
        p.op(FileOp::ADD, Attribute::None, &["x", "seven"], ("y", DType::INT32, &[2, 3]));
        p.output("y");
    });
    let node = graph.tensor(TensorId(1)).node().unwrap();
    let seven = Operand::Scalar { dtype: Element::I32, rank: 2, value: -7 };
    assert_eq!((node.op, &node.operands[..]), (Op::Add, &[Operand::Tensor(TensorId(0)), seven][..]));
}

#[test]
fn constants_are_folded_and_the_dead_dropped() {
    let graph = graph(|p| {
        p.constant("flat", DType::INT32, &[4], (1..=4i32).flat_map(i32::to_le_bytes).collect());
        p.shape("square", &[2, 2]);
        p.op(FileOp::RESHAPE, Attribute::None, &["flat", "square"], ("folded", DType::INT32, &[2, 2]));
        p.op(FileOp::TRANSPOSE, Attribute::Perms(vec![1, 0]), &["folded"], ("turned", DType::INT32, &[2, 2]));
        p.input("x", DType::INT32, &[2, 2]);
        p.op(FileOp::ADD, Attribute::None, &["x", "turned"], ("y", DType::INT32, &[2, 2]));
        p.op(FileOp::SUB, Attribute::None, &["x", "turned"], ("dead", DType::INT32, &[2, 2]));
        p.output("y");
    });
    assert_eq!(names(&graph), ["x", "turned", "y"]);
    let turned: Vec<u8> = [1i32, 3, 2, 4].into_iter().flat_map(i32::to_le_bytes).collect();
    assert_eq!(constant(&graph, "turned"), turned);
}

#[test]
fn narrow_and_wide_constants() {
    let packed = vec![0xf1, 0x8e, 0x07, 0, 0, 0, 0, 0];
    let graph = graph(|p| {
        p.constant("weight", DType::INT4, &[1, 1, 1, 5], packed.clone());
        p.constant("bias", DType::INT32, &[1], vec![0; 8]);
        p.constant("zero4", DType::INT4, &[1], vec![0]);
        p.input("x", DType::INT8, &[1, 1, 1, 5]);
        let attribute =
            Attribute::Conv { pad: vec![0; 4], stride: vec![1; 2], dilation: vec![1; 2], acc: DType::INT32 };
        let operands = ["x", "weight", "bias", "zero8", "zero4"];
        p.op(FileOp::CONV2D, attribute, &operands, ("y", DType::INT32, &[1, 1, 1, 1]));
        p.constant("flags", DType::BOOL, &[3], vec![0, 1, 255, 0, 0, 0, 0, 0]);
        p.input("choice", DType::BOOL, &[3]);
        p.op(FileOp::LOGICAL_AND, Attribute::None, &["choice", "flags"], ("z", DType::BOOL, &[3]));
        p.constant("long", DType::INT48, &[2], noise(12));
        p.output("y");
        p.output("z");
        p.output("long");
    });
    // 1, -1, -2, -8, 7: the low nibble first.
    assert_eq!(constant(&graph, "weight"), [1, 255, 254, 248, 7]);
    assert_eq!(constant(&graph, "flags"), [0, 1, 1]);
    assert_eq!(constant(&graph, "long"), noise(12));
}

#[test]
fn an_output_that_nothing_computes_is_copied() {
    let graph = graph(|p| {
        p.input("x", DType::INT8, &[3]);
        p.constant("table", DType::INT8, &[4], vec![1, 2, 3, 4, 0, 0, 0, 0]);
        p.output("x");
        p.output("table");
        p.output("zero8");
    });
    assert_eq!(names(&graph), ["x", "x", "table", "table", "zero8"]);
    let copies = graph.outputs().iter().map(|id| graph.tensor(*id).node().unwrap().op);
    assert!(copies.eq([Op::Identity; 3]));
    assert!(compile(&graph, &Plan::propose(&graph).unwrap()).is_ok());
    assert_eq!(graph.output_names(), ["x", "table", "zero8"]);
}

#[test]
fn what_changes_nothing_is_what_it_reads() {
    let graph = graph(|p| {
        let clamp = |p: &mut Program, (from, to): (&str, &str), [min, max]: [i8; 2]| {
            let attribute = Attribute::Clamp { min: vec![min as u8], max: vec![max as u8] };
            p.op(FileOp::CLAMP, attribute, &[from], (to, DType::INT8, &[3]));
        };
        p.input("x", DType::INT8, &[3]);
        p.op(FileOp::IDENTITY, Attribute::None, &["x"], ("same", DType::INT8, &[3]));
        clamp(p, ("same", "all"), [-128, 127]);
        clamp(p, ("all", "low"), [-127, 127]);
        clamp(p, ("low", "high"), [-128, 126]);
        clamp(p, ("high", "between"), [-128, 127]);
        p.op(FileOp::BITWISE_AND, Attribute::None, &["all", "between"], ("sum", DType::INT8, &[3]));
        clamp(p, ("between", "shown"), [-128, 127]);
        p.output("sum");
        // Outputs are committed, so one remains.
        p.output("shown");
    });
    assert_eq!(names(&graph), ["x", "low", "high", "sum", "shown"]);
    let operands = |name: &str| {
        let tensor = graph.tensors().iter().find(|tensor| tensor.name == name).unwrap();
        tensor.node().unwrap().operands.clone()
    };
    let tensor = |id| Operand::Tensor(TensorId(id));
    assert_eq!(operands("low"), [tensor(0)]);
    assert_eq!(operands("sum"), [tensor(0), tensor(2)]);
    assert_eq!(operands("shown"), [tensor(2)]);
    assert!(compile(&graph, &Plan::propose(&graph).unwrap()).is_ok());
}

#[test]
fn shape_operands_become_attributes() {
    let graph = graph(|p| {
        p.shape("around", &[0, 0, 1, 2]);
        p.shape("start", &[1, 2]);
        p.shape("size", &[1, 3]);
        p.shape("twice", &[2, 1]);
        p.input("x", DType::INT8, &[2, 4]);
        p.op(FileOp::PAD, Attribute::None, &["x", "around", "zero8"], ("padded", DType::INT8, &[2, 7]));
        p.op(FileOp::SLICE, Attribute::None, &["padded", "start", "size"], ("cut", DType::INT8, &[1, 3]));
        p.op(FileOp::TILE, Attribute::None, &["cut", "twice"], ("y", DType::INT8, &[2, 3]));
        p.output("y");
    });
    let ops: Vec<Op> = graph.tensors().iter().filter_map(|tensor| tensor.node()).map(|node| node.op).collect();
    let pad = Op::Pad { before: [0, 1, 0, 0, 0, 0], after: [0, 2, 0, 0, 0, 0] };
    assert_eq!(ops, [pad, Op::Slice { start: [1, 2, 0, 0, 0, 0] }, Op::Tile]);
}

#[test]
fn versions() {
    let mut p = Program::default();
    p.input("x", DType::INT8, &[3]);
    p.output("x");
    for version in [(1, 0, 0, false), (1, 0, 0, true), (1, 0, 1, true), (1, 0, 2, false), (1, 1, 0, true)] {
        p.version = version;
        assert!(load(&p.bytes()).is_ok(), "{version:?}");
    }
}

/// What it computes is a constant, and there is nothing to post.
#[test]
fn a_program_may_have_no_inputs() {
    let graph = graph(|p| {
        p.constant("x", DType::INT32, &[2], noise(8));
        p.op(FileOp::ABS, Attribute::None, &["x"], ("y", DType::INT32, &[2]));
        p.output("y");
    });
    assert_eq!((names(&graph), graph.inputs()), (vec!["y", "y"], 0));
    assert_eq!(Plan::propose(&graph).unwrap_err(), Refused::None { what: "inputs" });
}

#[test]
fn a_tensor_may_have_rank_0() {
    let graph = graph(|p| {
        p.constant("seven", DType::INT32, &[], vec![7, 0, 0, 0]);
        p.input("x", DType::INT32, &[]);
        p.op(FileOp::ADD, Attribute::None, &["x", "seven"], ("y", DType::INT32, &[]));
        p.output("y");
    });
    assert_eq!(graph.tensor(TensorId(1)).ty.shape.rank(), 0);
    assert!(compile(&graph, &Plan::propose(&graph).unwrap()).is_ok());
}

#[test]
fn leading_axes_may_differ() {
    let graph = graph(|p| {
        p.input("x", DType::INT32, &[4, 3]);
        p.input("y", DType::INT32, &[1, 3]);
        p.op(FileOp::ADD, Attribute::None, &["x", "y"], ("z", DType::INT32, &[4, 3]));
        p.output("z");
    });
    assert!(compile(&graph, &Plan::propose(&graph).unwrap()).is_ok());
}

#[test]
fn an_unread_input_stays() {
    let graph = graph(|p| {
        p.input("x", DType::INT8, &[3]);
        p.input("y", DType::INT8, &[3]);
        p.output("y");
    });
    assert!(matches!(graph.tensor(TensorId(0)).source, TensorSource::Input));
    assert!(compile(&graph, &Plan::propose(&graph).unwrap()).is_ok());
}
