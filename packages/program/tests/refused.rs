//! Every reason to refuse a file.

use tequio_program::{Plan, Refused, compile, load};
use tequio_tensor::Invalid;
use tequio_tosa::{Attribute, DType, MAX_FILE, Op, Program, ResizeMode, RoundingMode, Unreadable, conv};

/// A layer with a clamp, spoilt.
fn refused(spoil: impl FnOnce(&mut Program)) -> Refused {
    let mut p = Program::default();
    p.scalars();
    let shape = [1, 4, 4, 2];
    p.input("x", DType::INT8, &shape);
    p.layer(("x", shape), "a", conv(2, 3));
    p.op(Op::CLAMP, Attribute::Clamp { min: vec![0], max: vec![9] }, &["a"], ("y", DType::INT8, &shape));
    p.output("y");
    spoil(&mut p);
    load(&p.bytes()).unwrap_err()
}

macro_rules! refused {
    ($pattern:pat, $spoil:expr) => {
        let refused = refused($spoil);
        assert!(matches!(refused, $pattern), "{refused:?}");
    };
}

#[test]
fn not_a_file() {
    assert_eq!(load(&[]).unwrap_err(), Refused::File(Unreadable::Identifier));
    assert_eq!(load(b"nothing of the kind, but long enough").unwrap_err(), Refused::File(Unreadable::Identifier));
    let bytes = MAX_FILE + 1;
    assert_eq!(load(&vec![0; bytes]).unwrap_err(), Refused::File(Unreadable::Size { bytes, limit: MAX_FILE }));
    let hollow = [&[255, 255, 255, 127][..], b"TOSA", &[0; 64]].concat();
    assert!(matches!(load(&hollow).unwrap_err(), Refused::File(Unreadable::Flatbuffer { .. })));
}

#[test]
fn version_features_and_control_flow() {
    for version in [
        (0, 80, 0, false),
        (1, 1, 0, false),
        (1, 1, 1, true),
        (1, 2, 0, true),
        (1, 0, -1, true),
        (1, -1, 0, false),
        (2, 0, 0, false),
    ] {
        refused!(Refused::File(Unreadable::Version { .. }), |p| p.version = version);
    }
    let refused = refused(|p| p.version = (0, 80, 1, true));
    assert_eq!(refused, Refused::File(Unreadable::Version { version: "0.80.1-draft".into() }));
    refused!(Refused::File(Unreadable::Features { features: 2 }), |p| p.features = 2);
    refused!(Refused::File(Unreadable::ControlFlow { regions: 2, blocks: 2 }), |p| p.regions = 2);
    refused!(Refused::File(Unreadable::ControlFlow { regions: 1, blocks: 3 }), |p| p.blocks = 3);
    refused!(Refused::File(Unreadable::ControlFlow { regions: 1, blocks: 0 }), |p| p.blocks = 0);
}

#[test]
fn tensors() {
    refused!(Refused::Nameless { .. }, |p| p.find("a").name = None);
    let float = refused(|p| p.find("a").dtype = DType::FP32);
    assert_eq!(float, Refused::NotInteger { tensor: "a".into(), dtype: "FP32".into() });
    refused!(Refused::NotInteger { .. }, |p| p.find("a").dtype = DType::SHAPE);
    refused!(Refused::UnknownDType { dtype: 77, .. }, |p| p.find("a").dtype = DType(77));
    refused!(Refused::Dynamic { .. }, |p| p.find("x").shape[0] = -1);
    refused!(Refused::Dynamic { .. }, |p| p.find("x").is_unranked = true);
    refused!(Refused::Shape { .. }, |p| p.find("x").shape = vec![1; 7]);
    refused!(Refused::Shape { .. }, |p| p.find("x").shape[1] = 0);
    refused!(Refused::Shape { .. }, |p| p.find("x").shape[1] = i32::MAX);
    refused!(Refused::Variable { .. }, |p| p.find("x").variable = true);
    refused!(Refused::Data { found: 0, wanted: 36, .. }, |p| p.find("a_sum_weight").data = None);
    refused!(Refused::Data { found: 35, .. }, |p| p.find("a_sum_weight").data = Some(vec![0; 35]));
    refused!(Refused::Data { found: 41, .. }, |p| p.find("a_sum_weight").data = Some(vec![0; 41]));
    refused!(Refused::Data { wanted: 32, .. }, |p| p.shapes.push(("s".into(), vec![0; 31], 4)));
    refused!(Refused::TooMany { what: "values in a shape", .. }, |p| p.shapes.push(("s".into(), vec![], 13)));
}

#[test]
fn names() {
    refused!(Refused::Redefined { .. }, |p| p.tensor("a", DType::INT8, &[1], None));
    refused!(Refused::Redefined { .. }, |p| p.shape("a", &[1]));
    refused!(Refused::Redefined { .. }, |p| p.operators.push(p.operators.last().unwrap().clone()));
    refused!(Refused::Redefined { .. }, |p| p.operator_of("y").outputs[0] = "x".into());
    refused!(Refused::Undefined { .. }, |p| p.operators.reverse());
    refused!(Refused::Undefined { .. }, |p| p.operator_of("y").inputs[0] = "nowhere".into());
    refused!(Refused::Undefined { .. }, |p| p.operator_of("y").inputs[0] = "y".into());
    refused!(Refused::Undefined { .. }, |p| p.operator_of("y").outputs[0] = "nowhere".into());
    refused!(Refused::Undefined { .. }, |p| p.inputs[0] = "nowhere".into());
    refused!(Refused::Undefined { .. }, |p| p.outputs[0] = "nowhere".into());
    refused!(Refused::Undefined { .. }, |p| {
        p.tensor("b", DType::INT8, &[1], None);
        p.output("b");
    });
}

#[test]
fn ports() {
    refused!(Refused::None { what: "outputs" }, |p| p.outputs.clear());
    refused!(Refused::File(Unreadable::ControlFlow { regions: 0, blocks: 0 }), |p| p.regions = 0);
    refused!(Refused::DuplicatePort { what: "inputs", .. }, |p| p.inputs.push("x".into()));
    refused!(Refused::DuplicatePort { what: "outputs", .. }, |p| p.output("y"));
    refused!(Refused::TooMany { what: "inputs", found: 17, limit: 16 }, |p| {
        (0..16).for_each(|port| p.input(&format!("port{port}"), DType::INT8, &[1]));
    });
}

#[test]
fn too_many() {
    refused!(Refused::TooMany { what: "tensors", limit: 65_536, .. }, |p| {
        (0..65_536).for_each(|name| p.tensor(&name.to_string(), DType::INT8, &[1], None));
    });
    refused!(Refused::TooMany { what: "operators", .. }, |p| {
        (0..65_536).for_each(|_| p.operator(Op::CUSTOM, Attribute::None, &[], "z"));
    });
    refused!(Refused::TooMany { what: "operands", found: 65, limit: 64 }, |p| {
        p.operator_of("y").inputs = vec!["a".into(); 65];
    });
}

#[test]
fn ops() {
    let foreign = [Op::CUSTOM, Op::COND_IF, Op::WHILE_LOOP, Op::VARIABLE, Op::FFT2D, Op::SIGMOID, Op(999), Op::UNKNOWN];
    for op in foreign {
        refused!(Refused::UnknownOp { .. }, |p| {
            let operator = p.operator_of("y");
            (operator.op, operator.attribute) = (op, Attribute::None);
        });
    }
    refused!(Refused::Attribute { op: "resize", attribute: "mode", .. }, |p| {
        let operator = p.operator_of("y");
        (operator.op, operator.attribute) = (Op::RESIZE, Attribute::Resize(ResizeMode::UNKNOWN));
    });
    refused!(Refused::UnknownOp { .. }, |p| p.operator_of("y").outputs = vec![]);
    refused!(Refused::UnknownOp { .. }, |p| p.operator_of("y").outputs.push("z".into()));
    refused!(Refused::Op { op: "clamp", reason: Invalid::Length { .. }, .. }, |p| p.find("y").shape[1] = 5);
    refused!(Refused::Op { reason: Invalid::Operands { .. }, .. }, |p| p.operator_of("a").inputs.truncate(3));
    refused!(Refused::Arity { op: "clamp", what: "shape operands", found: 1, wanted: 0, .. }, |p| {
        p.shape("s", &[1]);
        p.operators.rotate_right(1);
        p.operator_of("y").inputs.push("s".into());
    });
}

#[test]
fn attributes() {
    refused!(Refused::Attribute { op: "clamp", .. }, |p| p.operator_of("y").attribute = Attribute::None);
    refused!(Refused::Attribute { attribute: "min_val", .. }, |p| {
        p.operator_of("y").attribute = Attribute::Clamp { min: vec![], max: vec![9] };
    });
    refused!(Refused::Op { reason: Invalid::Attribute { .. }, .. }, |p| {
        p.operator_of("y").attribute = Attribute::Clamp { min: vec![9], max: vec![0] };
    });
    let conv = |pad: Vec<i32>, acc| Attribute::Conv { pad, stride: vec![1; 2], dilation: vec![1; 2], acc };
    refused!(Refused::Attribute { attribute: "pad", .. }, |p| {
        p.operator_of("a_sum").attribute = conv(vec![1; 3], DType::INT32);
    });
    refused!(Refused::Attribute { attribute: "pad", .. }, |p| {
        p.operator_of("a_sum").attribute = conv(vec![1, 1, -1, 3], DType::INT32);
    });
    refused!(Refused::Attribute { attribute: "acc_type", .. }, |p| {
        p.operator_of("a_sum").attribute = conv(vec![1; 4], DType::INT48);
    });
    refused!(Refused::Attribute { attribute: "rounding_mode", .. }, |p| {
        let rounding = RoundingMode::INEXACT_ROUND;
        p.operator_of("a").attribute = Attribute::Rescale { scale32: true, rounding, per_channel: false };
    });
    let move_data = |op, attribute, shape: &'static [i64]| {
        move |p: &mut Program| {
            p.shape("s", shape);
            let inputs: &[&str] = if shape.is_empty() { &["a"] } else { &["a", "s"] };
            p.op(op, attribute, inputs, ("b", DType::INT8, &[1, 4, 4, 2]));
        }
    };
    refused!(Refused::Attribute { attribute: "axis", .. }, move_data(Op::REVERSE, Attribute::Axis(-1), &[]));
    refused!(Refused::Attribute { attribute: "axis", .. }, move_data(Op::REVERSE, Attribute::Axis(6), &[]));
    refused!(Refused::Op { .. }, move_data(Op::REVERSE, Attribute::Axis(4), &[]));
    refused!(Refused::Attribute { attribute: "perms", .. }, move_data(Op::TRANSPOSE, Attribute::Perms(vec![0]), &[]));
    refused!(Refused::Attribute { attribute: "shape", .. }, move_data(Op::RESHAPE, Attribute::None, &[1, 4, 4, -1]));
    refused!(Refused::Attribute { attribute: "multiples", .. }, move_data(Op::TILE, Attribute::None, &[1, 1, 2, 1]));
    refused!(Refused::Attribute { attribute: "padding", .. }, move_data(Op::PAD, Attribute::None, &[0; 7]));
}

/// A file of a few bytes must not cost gigabytes.
#[test]
fn folding_has_a_limit() {
    refused!(Refused::Folding { .. }, |p| {
        p.shape("many", &[1 << 30]);
        p.op(Op::TILE, Attribute::None, &["zero8", "many"], ("bomb", DType::INT8, &[1 << 30]));
        p.output("bomb");
    });
}

#[test]
fn a_shard_has_a_limit() {
    let mut p = Program::default();
    p.shape("many", &[1 << 30]);
    p.input("x", DType::INT8, &[1]);
    p.op(Op::TILE, Attribute::None, &["x", "many"], ("bomb", DType::INT8, &[1 << 30]));
    p.output("bomb");
    let graph = load(&p.bytes()).unwrap();
    assert!(matches!(Plan::propose(&graph), Err(Refused::TooMany { .. })));
}

/// One element of this layer reads 40,000 weights.
#[test]
fn what_cannot_be_checked_is_refused() {
    let mut p = Program::default();
    p.scalars();
    p.input("x", DType::INT8, &[1, 1, 1, 40_000]);
    p.layer(("x", [1, 1, 1, 40_000]), "y", conv(1, 1));
    p.output("y");
    let graph = load(&p.bytes()).unwrap();
    let refused = Plan::propose(&graph).unwrap_err();
    assert!(matches!(refused, Refused::Check { what: "bytes of leaves", limit: 32_768, .. }), "{refused}");
    let mut p = Program::default();
    p.scalars();
    p.input("x", DType::INT8, &[1, 1, 1, 4]);
    p.layer(("x", [1, 1, 1, 4]), "y", conv(2, 1));
    p.output("y");
    let graph = load(&p.bytes()).unwrap();
    assert!(compile(&graph, &Plan::propose(&graph).unwrap()).is_ok());
}

#[test]
fn zero_points() {
    let wrong = refused(|p| p.find("zero32").data = Some(7i32.to_le_bytes().to_vec()));
    assert_eq!(wrong.to_string(), "rescale `a`: a zero point of 7 for int32");
    // Of int8 any will do.
    let mut p = Program::default();
    p.scalars();
    p.find("zero8").data = Some(vec![0x80]);
    p.input("x", DType::INT8, &[1, 4]);
    p.op(Op::NEGATE, Attribute::None, &["x", "zero8", "zero8"], ("y", DType::INT8, &[1, 4]));
    p.output("y");
    assert!(load(&p.bytes()).is_ok());
    // What is computed counts as it is.
    let mut p = Program::default();
    p.input("x", DType::INT16, &[1, 4]);
    p.input("zero", DType::INT16, &[1]);
    p.op(Op::NEGATE, Attribute::None, &["x", "zero", "zero"], ("y", DType::INT16, &[1, 4]));
    p.output("y");
    assert!(load(&p.bytes()).is_ok());
}
