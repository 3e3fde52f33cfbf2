use serde_json::{Value, json};
use tequio_attestation::{
    Descriptor, Interval, Layout, Malformed, Node, Operand, Scope, Source, TensorId, codec::Reader, hash::leaf,
};
use tequio_tensor::{DType, Op, Pool2d, Rescale, Resize, Transposed2d, Type, Window2d, Window3d, check};

use crate::{
    describe::{add, descriptor, tensor_type},
    golden::{golden, hex},
};

use DType::*;

fn ty(dtype: DType, dims: &[u32]) -> Type {
    Type::new(dtype, dims).unwrap()
}

fn pad(mut list: &[u32]) -> [u32; 6] {
    std::array::from_fn(|_| list.split_off_first().copied().unwrap_or(0))
}

/// One of every op with the types of its operands and of its result. TOSA's checks accept all but REDUCE_PRODUCT,
/// which has a code and no integer form.
fn ops() -> Vec<(Op, Vec<Type>, Type)> {
    let window = |pad| Window2d { pad, stride: [1, 1], dilation: [1, 1] };
    let pool = Pool2d { kernel: [2, 2], stride: [2, 2], pad: [0; 4] };
    let rescale =
        Rescale { scale32: true, double_round: true, per_channel: true, input_unsigned: false, output_unsigned: false };
    let (row, word, bit, image) = (ty(I32, &[2, 3]), ty(I16, &[2, 3]), ty(Bool, &[2, 3]), ty(I8, &[1, 4, 4, 2]));
    let (bytes, zero) = (ty(I8, &[2, 3]), ty(I8, &[1]));
    let perms = pad(&[1, 0]).map(|perm| perm as u8);
    let binary = |op, a: Type, out: Type| (op, vec![a, ty(a.dtype, &[1, 3])], out);
    let unary = |op, a: Type| (op, vec![a], a);
    vec![
        (
            Op::Conv2d(window([1; 4])),
            vec![image, ty(I8, &[3, 3, 3, 2]), ty(I32, &[3]), zero, zero],
            ty(I32, &[1, 4, 4, 3]),
        ),
        (
            Op::DepthwiseConv2d(Window2d { pad: [1, 0, 2, 1], stride: [1, 2], dilation: [2, 1] }),
            vec![image, ty(I4, &[2, 3, 2, 2]), ty(I32, &[1]), zero, ty(I4, &[1])],
            ty(I32, &[1, 3, 3, 4]),
        ),
        (Op::MatMul, vec![ty(I16, &[1, 2, 3]), ty(I16, &[1, 3, 4]), ty(I16, &[1]), ty(I16, &[1])], ty(I48, &[1, 2, 4])),
        (Op::AvgPool2d(pool), vec![image, zero, zero], ty(I8, &[1, 2, 2, 2])),
        (Op::MaxPool2d(Pool2d { pad: [1, 1, 0, 0], ..pool }), vec![image], ty(I8, &[1, 3, 2, 2])),
        (Op::Rescale(rescale), vec![row, ty(I32, &[3]), ty(I8, &[3]), ty(I32, &[1]), zero], bytes),
        unary(Op::Clamp { min: -128, max: 100 }, bytes),
        binary(Op::Add, row, row),
        binary(Op::Sub, row, row),
        (Op::Mul, vec![bytes, ty(I8, &[1, 3]), zero], row),
        binary(Op::IntDiv, row, row),
        binary(Op::Maximum, row, row),
        binary(Op::Minimum, row, row),
        binary(Op::ArithmeticRightShift { round: true }, word, word),
        binary(Op::LogicalLeftShift, word, word),
        binary(Op::LogicalRightShift, word, word),
        binary(Op::BitwiseAnd, word, word),
        binary(Op::BitwiseOr, word, word),
        binary(Op::BitwiseXor, word, word),
        binary(Op::LogicalAnd, bit, bit),
        binary(Op::LogicalOr, bit, bit),
        binary(Op::LogicalXor, bit, bit),
        binary(Op::Equal, row, bit),
        binary(Op::Greater, row, bit),
        binary(Op::GreaterEqual, row, bit),
        (Op::Select, vec![ty(Bool, &[2, 1]), bytes, ty(I8, &[1, 3])], bytes),
        (Op::Negate, vec![bytes, zero, zero], bytes),
        unary(Op::Abs, row),
        unary(Op::BitwiseNot, word),
        unary(Op::LogicalNot, bit),
        unary(Op::Clz, row),
        (Op::Table, vec![word, ty(I16, &[513])], row),
        (Op::Cast, vec![bytes], row),
        unary(Op::Identity, ty(I48, &[])),
        (Op::ReduceSum { axis: 1 }, vec![row], ty(I32, &[2, 1])),
        (Op::ReduceMax { axis: 0 }, vec![bytes], ty(I8, &[1, 3])),
        (Op::ReduceMin { axis: 0 }, vec![bytes], ty(I8, &[1, 3])),
        (Op::ReduceProduct { axis: 1 }, vec![row], ty(I32, &[2, 1])),
        (Op::ReduceAll { axis: 1 }, vec![bit], ty(Bool, &[2, 1])),
        (Op::ReduceAny { axis: 1 }, vec![bit], ty(Bool, &[2, 1])),
        (Op::ArgMax { axis: 0 }, vec![bytes], ty(I32, &[3])),
        (Op::Pad { before: pad(&[1, 0]), after: pad(&[0, 200]) }, vec![bytes, zero], ty(I8, &[3, 203])),
        (Op::Reshape, vec![bytes], ty(I8, &[6, 1, 1])),
        (Op::Transpose { perms }, vec![bytes], ty(I8, &[3, 2])),
        (Op::Slice { start: pad(&[0, 1]) }, vec![bytes], ty(I8, &[2, 2])),
        (Op::Concat { axis: 1 }, vec![bytes, ty(I8, &[2, 1]), bytes], ty(I8, &[2, 7])),
        unary(Op::Reverse { axis: 1 }, bytes),
        (Op::Tile, vec![bytes], ty(I8, &[4, 3])),
        (Op::Gather, vec![ty(I8, &[1, 4, 2]), ty(I32, &[1, 3])], ty(I8, &[1, 3, 2])),
        (
            Op::TransposeConv2d(Transposed2d { out_pad: [-1, 200, 0, -2], stride: [2, 3] }),
            vec![image, ty(I8, &[3, 3, 4, 2]), ty(I32, &[3]), zero, zero],
            ty(I32, &[1, 208, 11, 3]),
        ),
        (Op::Scatter, vec![ty(I8, &[1, 4, 2]), ty(I32, &[1, 3]), ty(I8, &[1, 3, 2])], ty(I8, &[1, 4, 2])),
        (
            Op::Resize(Resize { bilinear: true, scale: [[4, 2], [2, 31]], offset: [-1, 2], border: [1, -9] }),
            vec![ty(I16, &[1, 4, 53, 2])],
            ty(I48, &[1, 8, 4, 2]),
        ),
        (
            Op::Conv3d(Window3d { pad: [1, 0, 200, 2, 0, 2], stride: [2, 1, 3], dilation: [1, 3, 2] }),
            vec![ty(I8, &[1, 4, 4, 4, 2]), ty(I4, &[3, 3, 3, 2, 2]), ty(I32, &[3]), zero, ty(I4, &[1])],
            ty(I32, &[1, 2, 200, 2, 3]),
        ),
    ]
}

/// Operands of one element become scalars, each with a value of its own; the others tensors 200, 201, …
fn operands(types: &[Type]) -> Vec<Operand> {
    let operand = |(at, ty): (usize, &Type)| match ty.shape.elements() {
        1 => Operand::Scalar { dtype: ty.dtype, rank: ty.shape.rank() as u8, value: at as i64 - 4 },
        _ => Operand::Tensor(TensorId(200 + at as u32)),
    };
    types.iter().enumerate().map(operand).collect()
}

#[test]
fn one_descriptor_of_every_source_and_op() {
    let (whole, tall) = (ty(I48, &[7, 30]), ty(Bool, &[5]));
    let plain = |ty: Type, row, leaf_log2| Layout::new(leaf_log2, row, &ty).unwrap();
    let mut found = vec![
        described(&Descriptor {
            ty: whole,
            source: Source::Input { layout: plain(whole, 30, 10), scope: Scope::Shard },
        }),
        described(&Descriptor { ty: tall, source: Source::Input { layout: plain(tall, 1, 6), scope: Scope::Job } }),
        described(&Descriptor {
            ty: whole,
            source: Source::Constant { layout: plain(whole, 210, 7), root: leaf(b"") },
        }),
    ];
    let mut seen = vec![];
    for (number, (op, ins, out)) in (0u32..).zip(ops()) {
        let node = Node { op, operands: operands(&ins) };
        let layout = plain(out, out.shape.elements(), 6 + (number % 5) as u8);
        let interval = Interval { first: number << 24, last: (number << 24) + 999 };
        let source = if number % 3 == 0 {
            Source::Virtual { node }
        } else {
            Source::Committed { node, layout, slot: number * 50, interval }
        };
        let mut words = described(&Descriptor { ty: out, source });
        let accepted = check(&op, &ins, &out);
        assert_eq!(accepted.is_ok(), !matches!(op, Op::ReduceProduct { .. }), "{op:?}: {accepted:?}");
        let types: Vec<Value> = ins.iter().map(tensor_type).collect();
        add(&mut words, json!({ "operand_types": types, "accepted": accepted.is_ok() }));
        found.push(words);
        seen.push(op.name());
    }
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((count, seen.len()), (53, 53));
    golden("descriptors", &json!({ "decoded": found, "refused": refused() }));
}

fn described(tensor: &Descriptor) -> Value {
    let bytes = tensor.encode();
    let mut reader = Reader::new(&bytes);
    assert_eq!(Descriptor::decode(&mut reader).as_ref(), Ok(tensor));
    assert_eq!(reader.finish(), Ok(()));
    let mut words = descriptor(tensor);
    add(&mut words, json!({ "bytes": hex(&bytes), "digest": hex(leaf(&bytes)) }));
    words
}

/// Bytes that are no descriptor, each one change away from one that is.
fn refused() -> Vec<Value> {
    let cases: [(&str, &[u8]); 24] = [
        ("empty", &[]),
        ("source 4", &[4, 2, 1, 5, 6, 5]),
        ("element type 6", &[0, 6, 1, 5, 6, 5]),
        ("rank 7", &[0, 2, 7, 1, 1, 1, 1, 1, 1, 1, 6, 1]),
        ("a length of 0", &[0, 2, 1, 0, 6, 1]),
        ("a length not in its shortest form", &[0, 2, 1, 0x85, 0, 6, 5]),
        ("a length beyond 32 bits", &[0, 2, 1, 0x80, 0x80, 0x80, 0x80, 0x10, 6, 5]),
        ("more than 2^31 elements", &[0, 2, 2, 0x80, 0x80, 0x80, 0x80, 8, 2, 6, 1]),
        ("leaves of 32 bytes", &[0, 2, 1, 5, 5, 5]),
        ("leaves of 2,048 bytes", &[0, 2, 1, 5, 11, 5]),
        ("rows of 0", &[0, 2, 1, 5, 6, 0]),
        ("rows that do not divide", &[0, 2, 1, 5, 6, 2]),
        ("more than 2^26 leaves", &[0, 2, 1, 0x80, 0x80, 0x80, 0x40, 6, 1]),
        ("no layout", &[0, 2, 1, 5]),
        ("a root cut short", &[1, 2, 1, 5, 6, 5, 0, 0, 0]),
        ("op 0", &[3, 4, 1, 5, 0, 1, 2]),
        ("op 50", &[3, 4, 1, 5, 50, 1, 2]),
        ("65 operands", &[3, 4, 1, 5, 28, 65]),
        ("2^32 + 1 operands", &[3, 4, 1, 5, 28, 0x81, 0x80, 0x80, 0x80, 0x10, 2]),
        ("operand 3", &[3, 4, 1, 5, 28, 1, 3]),
        ("a scalar outside its type", &[3, 4, 1, 5, 28, 1, 1, 2, 1, 0x80, 2]),
        ("axis 6", &[3, 4, 1, 5, 35, 6, 1, 2]),
        ("rescale flags 32", &[3, 2, 1, 5, 6, 32, 1, 2]),
        ("a flag of 2", &[3, 4, 1, 5, 14, 2, 2, 2, 4]),
    ];
    let error = |bytes: &[u8]| -> Malformed { Descriptor::decode(&mut Reader::new(bytes)).expect_err("refused") };
    cases
        .iter()
        .map(|(what, bytes)| json!({ "what": what, "bytes": hex(bytes), "error": error(bytes).to_string() }))
        .collect()
}
