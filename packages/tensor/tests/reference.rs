//! Bit for bit against TOSA's reference model. `reference.py` writes the vectors.

mod harness;

use harness::Tensors;
use serde_json::Value;
use std::collections::BTreeMap;
use tequio_tensor::{DType, MAX_RANK, Op, Pool2d, Rescale, Resize, Transposed2d, Type, Window2d, Window3d, check};

fn dtype(name: &str) -> DType {
    match name {
        "bool" => DType::Bool,
        "i4" => DType::I4,
        "i8" => DType::I8,
        "i16" => DType::I16,
        "i32" => DType::I32,
        "i48" => DType::I48,
        other => panic!("no type {other}"),
    }
}

fn numbers(value: &Value) -> Vec<i64> {
    value.as_array().unwrap().iter().map(|n| n.as_i64().unwrap()).collect()
}

fn array<const N: usize>(value: &Value) -> [u32; N] {
    let mut array = [0; N];
    for (slot, n) in array.iter_mut().zip(numbers(value)) {
        *slot = n as u32;
    }
    array
}

fn signed<const N: usize>(value: &Value) -> [i32; N] {
    core::array::from_fn(|at| value[at].as_i64().unwrap() as i32)
}

fn tensor(value: &Value) -> (Type, Vec<i64>) {
    let dims: Vec<u32> = numbers(&value["shape"]).into_iter().map(|n| n as u32).collect();
    (Type::new(dtype(value["type"].as_str().unwrap()), &dims).unwrap(), numbers(&value["values"]))
}

fn op(name: &str, attr: &Value) -> Op {
    let axis = || attr["axis"].as_u64().unwrap() as u8;
    let window =
        || Window2d { pad: array(&attr["pad"]), stride: array(&attr["stride"]), dilation: array(&attr["dilation"]) };
    let pool = || Pool2d { kernel: array(&attr["kernel"]), stride: array(&attr["stride"]), pad: array(&attr["pad"]) };
    let flag = |name: &str| attr[name].as_bool().unwrap();
    match name {
        "conv2d" => Op::Conv2d(window()),
        "conv3d" => Op::Conv3d(Window3d {
            pad: array(&attr["pad"]),
            stride: array(&attr["stride"]),
            dilation: array(&attr["dilation"]),
        }),
        "depthwise_conv2d" => Op::DepthwiseConv2d(window()),
        "transpose_conv2d" => {
            Op::TransposeConv2d(Transposed2d { out_pad: signed(&attr["out_pad"]), stride: array(&attr["stride"]) })
        }
        "matmul" => Op::MatMul,
        "avg_pool2d" => Op::AvgPool2d(pool()),
        "max_pool2d" => Op::MaxPool2d(pool()),
        "rescale" => Op::Rescale(Rescale {
            scale32: flag("scale32"),
            double_round: flag("double_round"),
            per_channel: flag("per_channel"),
            input_unsigned: flag("input_unsigned"),
            output_unsigned: flag("output_unsigned"),
        }),
        "clamp" => Op::Clamp { min: attr["min_val"].as_i64().unwrap(), max: attr["max_val"].as_i64().unwrap() },
        "add" => Op::Add,
        "sub" => Op::Sub,
        "mul" => Op::Mul,
        "intdiv" => Op::IntDiv,
        "maximum" => Op::Maximum,
        "minimum" => Op::Minimum,
        "arithmetic_right_shift" => Op::ArithmeticRightShift { round: flag("round") },
        "logical_left_shift" => Op::LogicalLeftShift,
        "logical_right_shift" => Op::LogicalRightShift,
        "bitwise_and" => Op::BitwiseAnd,
        "bitwise_or" => Op::BitwiseOr,
        "bitwise_xor" => Op::BitwiseXor,
        "logical_and" => Op::LogicalAnd,
        "logical_or" => Op::LogicalOr,
        "logical_xor" => Op::LogicalXor,
        "equal" => Op::Equal,
        "greater" => Op::Greater,
        "greater_equal" => Op::GreaterEqual,
        "select" => Op::Select,
        "negate" => Op::Negate,
        "abs" => Op::Abs,
        "bitwise_not" => Op::BitwiseNot,
        "logical_not" => Op::LogicalNot,
        "clz" => Op::Clz,
        "table" => Op::Table,
        "cast" => Op::Cast,
        "identity" => Op::Identity,
        "reduce_sum" => Op::ReduceSum { axis: axis() },
        "reduce_max" => Op::ReduceMax { axis: axis() },
        "reduce_min" => Op::ReduceMin { axis: axis() },
        "reduce_product" => Op::ReduceProduct { axis: axis() },
        "reduce_all" => Op::ReduceAll { axis: axis() },
        "reduce_any" => Op::ReduceAny { axis: axis() },
        "argmax" => Op::ArgMax { axis: axis() },
        "pad" => Op::Pad { before: array(&attr["before"]), after: array(&attr["after"]) },
        "reshape" => Op::Reshape,
        "transpose" => Op::Transpose { perms: array::<MAX_RANK>(&attr["perms"]).map(|p| p as u8) },
        "slice" => Op::Slice { start: array(&attr["start"]) },
        "concat" => Op::Concat { axis: axis() },
        "reverse" => Op::Reverse { axis: axis() },
        "tile" => Op::Tile,
        "gather" => Op::Gather,
        "scatter" => Op::Scatter,
        "resize" => Op::Resize(Resize {
            bilinear: flag("bilinear"),
            scale: [array(&attr["scale"][0]), array(&attr["scale"][1])],
            offset: signed(&attr["offset"]),
            border: signed(&attr["border"]),
        }),
        other => panic!("no operator {other}"),
    }
}

#[test]
fn every_vector_of_the_reference_model_holds() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("vectors/reference.json")).unwrap();
    let mut seen = BTreeMap::<String, usize>::new();
    let mut wrong = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        let name = case["op"].as_str().unwrap();
        let op = op(name, &case["attr"]);
        assert_eq!(op.name(), name);
        let (types, values): (Vec<_>, Vec<_>) = case["ins"].as_array().unwrap().iter().map(tensor).unzip();
        let (out, wanted) = tensor(&case["out"]);
        if let Err(refusal) = check(&op, &types, &out) {
            wrong.push(format!("case {number}: {op:?} {types:?}: refused: {refusal}"));
            continue;
        }
        let found = Tensors::new(types.clone(), values).run(&op, &out);
        if found != wanted {
            wrong.push(format!("case {number}: {op:?} {types:?}\n  found  {found:?}\n  wanted {wanted:?}"));
        }
        *seen.entry(name.to_owned()).or_default() += 1;
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
    assert!(seen.len() >= 52, "{seen:?}");
}
