//! What the check refuses, rule by rule: a good operator, one thing changed.

use DType::{Bool, I4, I8, I16, I32, I48};
use tequio_tensor::{
    DType, Invalid, Op, Place, Pool2d, Rescale, Resize, Transposed2d, Type, Window2d, Window3d, check,
};

type Node = (Op, Vec<Type>, Type);

fn ty(dtype: DType, dims: &[u32]) -> Type {
    Type::new(dtype, dims).unwrap()
}

/// A change to a good node, and the answer to it.
fn refused(good: &Node, change: impl FnOnce(&mut Node)) -> Invalid {
    assert_eq!(check(&good.0, &good.1, &good.2), Ok(()));
    let mut bad = good.clone();
    change(&mut bad);
    check(&bad.0, &bad.1, &bad.2).expect_err(&format!("{bad:?}"))
}

fn attribute(found: Invalid, name: &str) {
    assert!(matches!(found, Invalid::Attribute { name: found, .. } if found == name), "{found:?} is not {name}");
}

const WINDOW: Window2d = Window2d { pad: [1, 1, 1, 1], stride: [1, 2], dilation: [1, 1] };

fn conv(window: Window2d) -> Node {
    let ins = vec![ty(I8, &[1, 5, 5, 3]), ty(I8, &[8, 3, 3, 3]), ty(I32, &[8]), ty(I8, &[1]), ty(I8, &[1])];
    (Op::Conv2d(window), ins, ty(I32, &[1, 5, 3, 8]))
}

#[test]
fn transposed_convolutions() {
    let transposed = Transposed2d { out_pad: [-2, 0, 1, 0], stride: [2, 3] };
    let ins = vec![ty(I8, &[1, 4, 3, 3]), ty(I8, &[8, 3, 2, 3]), ty(I32, &[8]), ty(I8, &[1]), ty(I8, &[1])];
    let good = (Op::TransposeConv2d(transposed), ins, ty(I32, &[1, 7, 9, 8]));
    let with = |transposed| refused(&good, |node| node.0 = Op::TransposeConv2d(transposed));
    attribute(with(Transposed2d { out_pad: [-3, 1, 1, 0], ..transposed }), "out_pad");
    attribute(with(Transposed2d { out_pad: [-2, 0, i32::MIN, 0], ..transposed }), "out_pad");
    attribute(with(Transposed2d { stride: [0, 3], ..transposed }), "stride");
    attribute(with(Transposed2d { stride: [2, 8193], ..transposed }), "stride");
    assert_eq!(
        with(Transposed2d { out_pad: [-2, i32::MAX, 1, 0], ..transposed }),
        Invalid::Length { place: Place::Output, axis: 1, found: 7, wanted: 7 + i64::from(i32::MAX) }
    );
    assert_eq!(
        refused(&good, |node| node.1[1] = ty(I8, &[8, 3, 2, 4])),
        Invalid::Length { place: Place::Operand(1), axis: 3, found: 4, wanted: 3 }
    );
    assert_eq!(
        refused(&good, |node| node.2 = ty(I32, &[1, 7, 9, 7])),
        Invalid::Length { place: Place::Output, axis: 3, found: 7, wanted: 8 }
    );
}

#[test]
fn convolutions() {
    let good = conv(WINDOW);
    let window = |window: Window2d| refused(&good, |node| node.0 = Op::Conv2d(window));
    attribute(window(Window2d { stride: [0, 2], ..WINDOW }), "stride");
    attribute(window(Window2d { stride: [1, 8193], ..WINDOW }), "stride");
    attribute(window(Window2d { dilation: [1, 0], ..WINDOW }), "dilation");
    attribute(window(Window2d { dilation: [2731, 1], ..WINDOW }), "kernel times dilation");
    attribute(window(Window2d { pad: [8193, 1, 1, 1], ..WINDOW }), "pad");
    attribute(window(Window2d { pad: [1, 1, 1, 2], ..WINDOW }), "kernel reach");
    attribute(window(Window2d { dilation: [4, 1], ..WINDOW }), "kernel reach");
    assert_eq!(
        window(Window2d { pad: [1, 2, 1, 1], ..WINDOW }),
        Invalid::Length { place: Place::Output, axis: 1, found: 5, wanted: 6 }
    );
    assert_eq!(
        refused(&good, |node| node.1[1] = ty(I8, &[8, 3, 3, 4])),
        Invalid::Length { place: Place::Operand(1), axis: 3, found: 4, wanted: 3 }
    );
    assert_eq!(
        refused(&good, |node| node.1[2] = ty(I32, &[7])),
        Invalid::Length { place: Place::Operand(2), axis: 0, found: 7, wanted: 8 }
    );
    assert_eq!(
        refused(&good, |node| node.1[2] = ty(I48, &[8])),
        Invalid::DType { place: Place::Operand(2), found: I48 }
    );
    assert_eq!(refused(&good, |node| node.1[0].dtype = I16), Invalid::DType { place: Place::Operand(2), found: I32 });
    assert_eq!(refused(&good, |node| node.1[1].dtype = I4), Invalid::DType { place: Place::Operand(4), found: I8 });
    assert_eq!(
        refused(&good, |node| node.1[3] = ty(I8, &[])),
        Invalid::Rank { place: Place::Operand(3), found: 0, least: 1, most: 1 }
    );
    assert_eq!(
        refused(&good, |node| {
            node.1.pop();
        }),
        Invalid::Operands { found: 4, wanted: 5 }
    );
}

#[test]
fn convolutions_of_volumes() {
    let window = Window3d { pad: [1, 1, 0, 0, 1, 1], stride: [1, 1, 2], dilation: [1, 2, 1] };
    let ins = vec![ty(I8, &[1, 4, 5, 5, 3]), ty(I8, &[8, 3, 2, 3, 3]), ty(I32, &[8]), ty(I8, &[1]), ty(I8, &[1])];
    let good = (Op::Conv3d(window), ins, ty(I32, &[1, 4, 3, 3, 8]));
    let with = |window| refused(&good, |node| node.0 = Op::Conv3d(window));
    attribute(with(Window3d { stride: [0, 1, 2], ..window }), "stride");
    attribute(with(Window3d { dilation: [1, 2, 0], ..window }), "dilation");
    attribute(with(Window3d { dilation: [2731, 2, 1], ..window }), "kernel times dilation");
    attribute(with(Window3d { pad: [1, 8193, 0, 0, 1, 1], ..window }), "pad");
    attribute(with(Window3d { pad: [1, 1, 0, 0, 1, 2], ..window }), "kernel reach");
    assert_eq!(
        with(Window3d { pad: [1, 2, 0, 0, 1, 1], ..window }),
        Invalid::Length { place: Place::Output, axis: 1, found: 4, wanted: 5 }
    );
    assert_eq!(
        refused(&good, |node| node.1[1] = ty(I8, &[8, 3, 2, 3, 4])),
        Invalid::Length { place: Place::Operand(1), axis: 4, found: 4, wanted: 3 }
    );
    assert_eq!(
        refused(&good, |node| node.2 = ty(I32, &[1, 4, 3, 3, 9])),
        Invalid::Length { place: Place::Output, axis: 4, found: 9, wanted: 8 }
    );
    assert_eq!(
        refused(&good, |node| node.1[0] = ty(I8, &[4, 5, 5, 3])),
        Invalid::Rank { place: Place::Operand(0), found: 4, least: 5, most: 5 }
    );
    assert_eq!(
        refused(&good, |node| node.1[2] = ty(I32, &[7])),
        Invalid::Length { place: Place::Operand(2), axis: 0, found: 7, wanted: 8 }
    );
}

#[test]
fn an_element_that_reads_too_much() {
    // 2 · 2^23 reads and the bias and the zero points.
    let ins = vec![ty(I8, &[1, 1, 1 << 23]), ty(I8, &[1, 1 << 23, 1]), ty(I8, &[1]), ty(I8, &[1])];
    let found = check(&Op::MatMul, &ins, &ty(I32, &[1, 1, 1]));
    assert_eq!(found, Err(Invalid::Reads { found: (1 << 24) + 5, most: 1 << 24 }));
    assert!(check(&Op::ReduceSum { axis: 0 }, &[ty(I32, &[1 << 31])], &ty(I32, &[1])).is_err());
    // Every index, and 5.
    let ins = [ty(I8, &[1, 1, 1]), ty(I32, &[1, 1 << 24]), ty(I8, &[1, 1 << 24, 1])];
    let found = check(&Op::Scatter, &ins, &ty(I8, &[1, 1, 1]));
    assert_eq!(found, Err(Invalid::Reads { found: (1 << 24) + 5, most: 1 << 24 }));
}

#[test]
fn pools_pad_less_than_their_kernel() {
    let pool = Pool2d { kernel: [2, 2], stride: [2, 2], pad: [0; 4] };
    let good = (Op::MaxPool2d(pool), vec![ty(I8, &[1, 4, 4, 3])], ty(I8, &[1, 2, 2, 3]));
    attribute(refused(&good, |node| node.0 = Op::MaxPool2d(Pool2d { pad: [2, 0, 0, 0], ..pool })), "pad");
    attribute(refused(&good, |node| node.0 = Op::MaxPool2d(Pool2d { kernel: [0, 2], ..pool })), "pad");
    attribute(refused(&good, |node| node.0 = Op::MaxPool2d(Pool2d { kernel: [3, 2], ..pool })), "kernel reach");
    assert_eq!(refused(&good, |node| node.1[0].dtype = I32), Invalid::DType { place: Place::Operand(0), found: I32 });
}

#[test]
fn resizes() {
    let resize = Resize { bilinear: false, scale: [[4, 2], [4, 2]], offset: [-1, -1], border: [1, 1] };
    let good = (Op::Resize(resize), vec![ty(I8, &[1, 3, 4, 2])], ty(I8, &[1, 6, 8, 2]));
    let with = |resize| refused(&good, |node| node.0 = Op::Resize(resize));
    let scaled = |scale| with(Resize { scale: [[4, 2], scale], ..resize });
    attribute(scaled([0, 2]), "scale's numerator");
    attribute(scaled([2049, 2]), "scale's numerator");
    attribute(scaled([4, 0]), "scale's denominator");
    attribute(scaled([4, 64]), "scale's denominator");
    attribute(scaled([1799, 7]), "scale");
    attribute(with(Resize { offset: [-5, -1], ..resize }), "offset");
    attribute(with(Resize { offset: [-1, 64], ..resize }), "offset");
    attribute(with(Resize { border: [-65, 1], ..resize }), "border");
    attribute(with(Resize { border: [1, 4], ..resize }), "border");
    attribute(with(Resize { border: [1, 2], ..resize }), "border");
    attribute(refused(&good, |node| node.2 = ty(I8, &[1, 6, 9, 2])), "border");
    attribute(refused(&good, |node| node.2 = ty(I8, &[1, 16384, 8, 2])), "resized length");
    attribute(refused(&good, |node| node.1[0] = ty(I8, &[1, 3, 16384, 2])), "resized length");
    let i32_out = Invalid::DType { place: Place::Output, found: I32 };
    assert_eq!(refused(&good, |node| node.2.dtype = I32), i32_out);
    assert_eq!(with(Resize { bilinear: true, ..resize }), Invalid::DType { place: Place::Output, found: I8 });
    assert_eq!(refused(&good, |node| node.1[0].dtype = I32), Invalid::DType { place: Place::Operand(0), found: I32 });
    assert_eq!(
        refused(&good, |node| node.2 = ty(I8, &[1, 6, 8, 3])),
        Invalid::Length { place: Place::Output, axis: 3, found: 3, wanted: 2 }
    );
}

#[test]
fn rescale_combinations() {
    let plain = Rescale {
        scale32: true,
        double_round: false,
        per_channel: false,
        input_unsigned: false,
        output_unsigned: false,
    };
    let node = |r: Rescale, input, out| -> Node {
        let multiplier = if r.scale32 { I32 } else { I16 };
        let ins = vec![ty(input, &[2, 3]), ty(multiplier, &[1]), ty(I8, &[1]), ty(input, &[1]), ty(out, &[1])];
        (Op::Rescale(r), ins, ty(out, &[2, 3]))
    };
    let wrong = |r: Rescale, input, out| {
        let (op, ins, out) = node(r, input, out);
        matches!(check(&op, &ins, &out), Err(Invalid::Rescale { .. }))
    };
    assert!(wrong(plain, I48, I8));
    assert!(wrong(Rescale { scale32: false, double_round: true, ..plain }, I32, I8));
    assert!(wrong(Rescale { input_unsigned: true, output_unsigned: true, ..plain }, I8, I8));
    assert!(wrong(Rescale { input_unsigned: true, ..plain }, I8, I32));
    assert!(wrong(Rescale { input_unsigned: true, ..plain }, I32, I8));
    assert!(wrong(Rescale { output_unsigned: true, ..plain }, I32, I8));
    assert!(wrong(Rescale { output_unsigned: true, ..plain }, I8, I32));
    let good = node(plain, I32, I8);
    assert_eq!(
        refused(&good, |node| node.0 = Op::Rescale(Rescale { per_channel: true, ..plain })),
        Invalid::Length { place: Place::Operand(1), axis: 0, found: 1, wanted: 3 }
    );
    assert_eq!(refused(&good, |node| node.1[1].dtype = I16), Invalid::DType { place: Place::Operand(1), found: I16 });
    assert_eq!(refused(&good, |node| node.2.dtype = I48), Invalid::DType { place: Place::Output, found: I48 });
}

#[test]
fn broadcasting() {
    let good = (Op::Add, vec![ty(I32, &[2, 1]), ty(I32, &[1, 3])], ty(I32, &[2, 3]));
    assert_eq!(
        refused(&good, |node| node.1[0] = ty(I32, &[2, 2])),
        Invalid::Length { place: Place::Output, axis: 1, found: 3, wanted: 2 }
    );
    assert_eq!(
        refused(&good, |node| node.1[0] = ty(I32, &[])),
        Invalid::Rank { place: Place::Operand(0), found: 0, least: 2, most: 2 }
    );
    assert_eq!(
        refused(&good, |node| node.2 = ty(I32, &[2, 6])),
        Invalid::Length { place: Place::Output, axis: 1, found: 6, wanted: 3 }
    );
    assert_eq!(refused(&good, |node| node.1[1].dtype = I8), Invalid::DType { place: Place::Operand(1), found: I8 });
    let mul = (Op::Mul, vec![ty(I8, &[2]), ty(I8, &[2]), ty(I8, &[1])], ty(I32, &[2]));
    assert_eq!(
        refused(&mul, |node| {
            node.1.pop();
        }),
        Invalid::Operands { found: 2, wanted: 3 }
    );
}

#[test]
fn clamps_and_tables() {
    let clamp = (Op::Clamp { min: -128, max: 127 }, vec![ty(I8, &[2])], ty(I8, &[2]));
    attribute(refused(&clamp, |node| node.0 = Op::Clamp { min: -129, max: 0 }), "min_val");
    attribute(refused(&clamp, |node| node.0 = Op::Clamp { min: 1, max: 0 }), "max_val");
    let table = (Op::Table, vec![ty(I16, &[2]), ty(I16, &[513])], ty(I32, &[2]));
    assert_eq!(
        refused(&table, |node| node.1[1] = ty(I16, &[512])),
        Invalid::Length { place: Place::Operand(1), axis: 0, found: 512, wanted: 513 }
    );
    let cast = (Op::Cast, vec![ty(I8, &[2])], ty(I16, &[2]));
    assert_eq!(refused(&cast, |node| node.2.dtype = I8), Invalid::DType { place: Place::Output, found: I8 });
}

#[test]
fn axes_permutations_and_bounds() {
    let x = ty(I8, &[2, 3]);
    attribute(refused(&(Op::Reverse { axis: 1 }, vec![x], x), |node| node.0 = Op::Reverse { axis: 2 }), "axis");
    let transpose = (Op::Transpose { perms: [1, 0, 0, 0, 0, 0] }, vec![x], ty(I8, &[3, 2]));
    assert_eq!(
        refused(&transpose, |node| node.0 = Op::Transpose { perms: [1; 6] }),
        Invalid::Permutation { entry: 1, found: 1 }
    );
    assert_eq!(
        refused(&transpose, |node| node.0 = Op::Transpose { perms: [1, 2, 0, 0, 0, 0] }),
        Invalid::Permutation { entry: 1, found: 2 }
    );
    let slice = (Op::Slice { start: [1, 1, 0, 0, 0, 0] }, vec![x], ty(I8, &[1, 2]));
    attribute(refused(&slice, |node| node.0 = Op::Slice { start: [1, 2, 0, 0, 0, 0] }), "start");
    attribute(refused(&slice, |node| node.2 = ty(I8, &[3, 1])), "start");
    let reshape = (Op::Reshape, vec![x], ty(I8, &[6]));
    assert_eq!(refused(&reshape, |node| node.2 = ty(I8, &[5])), Invalid::Elements { found: 5, wanted: 6 });
    let pad = (Op::Pad { before: [1; 6], after: [0; 6] }, vec![x, ty(I8, &[1])], ty(I8, &[3, 4]));
    assert_eq!(
        refused(&pad, |node| node.0 = Op::Pad { before: [1; 6], after: [u32::MAX; 6] }),
        Invalid::Length { place: Place::Output, axis: 0, found: 3, wanted: i64::from(u32::MAX) + 3 }
    );
}

#[test]
fn concat_tile_gather_scatter() {
    let part = ty(Bool, &[2, 3]);
    let concat = (Op::Concat { axis: 1 }, vec![part; 64], ty(Bool, &[2, 192]));
    assert_eq!(refused(&concat, |node| node.1.push(part)), Invalid::Operands { found: 65, wanted: 64 });
    assert_eq!(refused(&concat, |node| node.1.clear()), Invalid::Operands { found: 0, wanted: 1 });
    assert_eq!(
        refused(&concat, |node| {
            node.1.pop();
        }),
        Invalid::Length { place: Place::Output, axis: 1, found: 192, wanted: 189 }
    );
    assert_eq!(
        refused(&concat, |node| node.1[5] = ty(Bool, &[1, 3])),
        Invalid::Length { place: Place::Operand(5), axis: 0, found: 1, wanted: 2 }
    );
    let tile = (Op::Tile, vec![ty(I8, &[2, 3])], ty(I8, &[2, 9]));
    assert!(matches!(refused(&tile, |node| node.2 = ty(I8, &[2, 8])), Invalid::Length { axis: 1, .. }));
    let gather = (Op::Gather, vec![ty(I8, &[2, 5, 3]), ty(I32, &[2, 4])], ty(I8, &[2, 4, 3]));
    assert_eq!(refused(&gather, |node| node.1[1].dtype = I16), Invalid::DType { place: Place::Operand(1), found: I16 });
    let ins = vec![ty(I8, &[2, 5, 3]), ty(I32, &[2, 4]), ty(I8, &[2, 4, 3])];
    let scatter = (Op::Scatter, ins, ty(I8, &[2, 5, 3]));
    assert_eq!(
        refused(&scatter, |node| node.1[2].dtype = I16),
        Invalid::DType { place: Place::Operand(2), found: I16 }
    );
    assert_eq!(
        refused(&scatter, |node| node.1[1] = ty(I32, &[1, 4])),
        Invalid::Length { place: Place::Operand(1), axis: 0, found: 1, wanted: 2 }
    );
    assert_eq!(
        refused(&scatter, |node| node.1[2] = ty(I8, &[2, 5, 3])),
        Invalid::Length { place: Place::Operand(2), axis: 1, found: 5, wanted: 4 }
    );
    assert_eq!(
        refused(&scatter, |node| node.2 = ty(I8, &[2, 4, 3])),
        Invalid::Length { place: Place::Output, axis: 1, found: 4, wanted: 5 }
    );
}

#[test]
fn a_refusal_names_its_numbers() {
    let refusal = Invalid::Length { place: Place::Operand(2), axis: 0, found: 7, wanted: 8 };
    assert_eq!(refusal.to_string(), "operand 2 has length 7 along axis 0, not 8");
    let attribute = Invalid::Attribute { name: "stride", found: 0, least: 1, most: 8192 };
    assert_eq!(attribute.to_string(), "stride is 0, not 1 to 8192");
}
