//! A descriptor in words, so that a vector can be read without decoding it.

use serde_json::{Value, json};
use tequio_attestation::{Descriptor, Header, Node, Operand, Source};
use tequio_tensor::{Op, Pool2d, Type, Window2d};

use crate::golden::hex;

pub fn header(header: &Header) -> Value {
    json!({
        "tensors": header.tensors,
        "committed": header.committed,
        "inputs": header.inputs,
        "job": header.job,
        "outputs": header.outputs.iter().map(|id| id.0).collect::<Vec<_>>(),
        "cost": header.cost,
        "delta": header.delta,
        "gamma": header.gamma,
        "opening_bytes": header.opening_bytes,
        "reads": header.reads,
        "depth": header.depth,
        "plan": hex(header.plan),
    })
}

pub fn descriptor(descriptor: &Descriptor) -> Value {
    let mut words = tensor_type(&descriptor.ty);
    let (source, extra) = match &descriptor.source {
        Source::Input { scope, .. } => ("input", json!({ "scope": *scope as u8 })),
        Source::Constant { root, .. } => ("constant", json!({ "root": hex(root) })),
        Source::Committed { slot, interval, .. } => {
            ("committed", json!({ "slot": slot, "interval": [interval.first, interval.last] }))
        }
        Source::Virtual { .. } => ("virtual", json!({})),
    };
    add(&mut words, json!({ "source": source }));
    add(&mut words, extra);
    if let Some(layout) = descriptor.layout() {
        add(&mut words, json!({ "leaf_log2": layout.leaf_log2, "row": layout.row }));
    }
    if let Some(Node { op, operands }) = descriptor.node() {
        let operands: Vec<Value> = operands.iter().map(operand).collect();
        let attributes = attributes(op, descriptor.ty.shape.rank());
        add(&mut words, json!({ "op": op.name(), "attributes": attributes, "operands": operands }));
    }
    words
}

pub fn tensor_type(ty: &Type) -> Value {
    json!({ "dtype": ty.dtype.name(), "shape": ty.shape.dims() })
}

pub fn add(to: &mut Value, more: Value) {
    if let (Value::Object(to), Value::Object(more)) = (to, more) {
        to.extend(more);
    }
}

fn operand(operand: &Operand) -> Value {
    match operand {
        Operand::Tensor(id) => json!({ "tensor": id.0 }),
        Operand::Scalar { dtype, rank, value } => json!({ "scalar": value, "dtype": dtype.name(), "rank": rank }),
    }
}

fn attributes(op: &Op, rank: usize) -> Value {
    let window = |w: &Window2d| json!({ "pad": w.pad, "stride": w.stride, "dilation": w.dilation });
    let pool = |p: &Pool2d| json!({ "kernel": p.kernel, "stride": p.stride, "pad": p.pad });
    match op {
        Op::Conv2d(w) | Op::DepthwiseConv2d(w) => window(w),
        Op::Conv3d(w) => json!({ "pad": w.pad, "stride": w.stride, "dilation": w.dilation }),
        Op::AvgPool2d(p) | Op::MaxPool2d(p) => pool(p),
        Op::Rescale(r) => json!({
            "scale32": r.scale32,
            "double_round": r.double_round,
            "per_channel": r.per_channel,
            "input_unsigned": r.input_unsigned,
            "output_unsigned": r.output_unsigned,
        }),
        Op::TransposeConv2d(t) => json!({ "out_pad": t.out_pad, "stride": t.stride }),
        Op::Resize(r) => {
            json!({ "bilinear": r.bilinear, "scale": r.scale, "offset": r.offset, "border": r.border })
        }
        Op::Clamp { min, max } => json!({ "min": min, "max": max }),
        Op::ArithmeticRightShift { round } => json!({ "round": round }),
        Op::ReduceSum { axis }
        | Op::ReduceMax { axis }
        | Op::ReduceMin { axis }
        | Op::ReduceProduct { axis }
        | Op::ReduceAll { axis }
        | Op::ReduceAny { axis }
        | Op::ArgMax { axis }
        | Op::Concat { axis }
        | Op::Reverse { axis } => json!({ "axis": axis }),
        Op::Pad { before, after } => json!({ "before": before[..rank], "after": after[..rank] }),
        Op::Transpose { perms } => json!({ "perms": perms[..rank] }),
        Op::Slice { start } => json!({ "start": start[..rank] }),
        _ => json!({}),
    }
}
