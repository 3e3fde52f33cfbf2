//! Extents and costs, exactly, where the compiler counts on them being tight.

use DType::{I8, I32};
use tequio_tensor::{DType, Op, Pool2d, Resize, Shape, Type, Window2d, Window3d, cost, extent, steps};

fn ty(dtype: DType, dims: &[u32]) -> Type {
    Type::new(dtype, dims).unwrap()
}

fn reach(op: Op, ins: &[Type], out: &Type, operand: usize, of: &[u32]) -> Vec<u32> {
    extent(&op, ins, out, operand, &Shape::new(of).unwrap()).dims().to_vec()
}

#[test]
fn a_convolution_reads_a_window_of_all_channels() {
    let op = Op::Conv2d(Window2d { pad: [1; 4], stride: [2, 1], dilation: [1, 3] });
    let ins = [ty(I8, &[1, 9, 20, 16]), ty(I8, &[8, 3, 3, 16]), ty(I32, &[8]), ty(I8, &[1]), ty(I8, &[1])];
    let out = ty(I32, &[1, 5, 16, 8]);
    assert_eq!(reach(op, &ins, &out, 0, &[1, 1, 1, 1]), [1, 3, 7, 16]);
    assert_eq!(reach(op, &ins, &out, 0, &[1, 2, 4, 8]), [1, 5, 10, 16]);
    assert_eq!(reach(op, &ins, &out, 0, &[1, 5, 16, 8]), [1, 9, 20, 16], "no more than there is");
    assert_eq!(reach(op, &ins, &out, 1, &[1, 2, 4, 2]), [2, 3, 3, 16]);
    assert_eq!(reach(op, &ins, &out, 2, &[1, 2, 4, 2]), [2]);
    assert_eq!(cost(&op, &ins, &out), 3 * 3 * 16);
}

#[test]
fn a_convolution_of_volumes_reads_a_window_of_all_channels() {
    let op = Op::Conv3d(Window3d { pad: [1; 6], stride: [1, 2, 1], dilation: [2, 1, 3] });
    let ins = [ty(I8, &[1, 8, 9, 20, 16]), ty(I8, &[8, 2, 3, 3, 16]), ty(I32, &[8]), ty(I8, &[1]), ty(I8, &[1])];
    let out = ty(I32, &[1, 8, 5, 16, 8]);
    assert_eq!(reach(op, &ins, &out, 0, &[1, 1, 1, 1, 1]), [1, 3, 3, 7, 16]);
    assert_eq!(reach(op, &ins, &out, 0, &[1, 3, 2, 4, 8]), [1, 5, 5, 10, 16]);
    assert_eq!(reach(op, &ins, &out, 1, &[1, 3, 2, 4, 2]), [2, 2, 3, 3, 16]);
    assert_eq!(reach(op, &ins, &out, 2, &[1, 3, 2, 4, 2]), [2]);
    assert_eq!(reach(op, &ins, &out, 3, &[1, 3, 2, 4, 2]), [1]);
    assert_eq!(cost(&op, &ins, &out), 2 * 3 * 3 * 16);
}

#[test]
fn a_depthwise_convolution_reads_its_own_channel() {
    let op = Op::DepthwiseConv2d(Window2d { pad: [0; 4], stride: [1, 1], dilation: [1, 1] });
    let ins = [ty(I8, &[1, 4, 4, 6]), ty(I8, &[3, 3, 6, 1]), ty(I32, &[6]), ty(I8, &[1]), ty(I8, &[1])];
    let out = ty(I32, &[1, 2, 2, 6]);
    assert_eq!(reach(op, &ins, &out, 0, &[1, 1, 1, 1]), [1, 3, 3, 1]);
    assert_eq!(reach(op, &ins, &out, 0, &[1, 1, 2, 4]), [1, 3, 4, 4]);
    assert_eq!(reach(op, &ins, &out, 1, &[1, 1, 2, 4]), [3, 3, 4, 1]);
    assert_eq!(cost(&op, &ins, &out), 9);
}

#[test]
fn matmul_pool_and_reduction() {
    let ins = [ty(I8, &[2, 3, 64]), ty(I8, &[2, 64, 5]), ty(I8, &[1]), ty(I8, &[1])];
    let out = ty(I32, &[2, 3, 5]);
    assert_eq!(reach(Op::MatMul, &ins, &out, 0, &[1, 2, 1]), [1, 2, 64]);
    assert_eq!(reach(Op::MatMul, &ins, &out, 1, &[1, 2, 1]), [1, 64, 1]);
    assert_eq!(cost(&Op::MatMul, &ins, &out), 64);

    let pool = Op::MaxPool2d(Pool2d { kernel: [3, 2], stride: [2, 2], pad: [0; 4] });
    let (x, out) = (ty(I8, &[1, 7, 8, 4]), ty(I8, &[1, 3, 4, 4]));
    assert_eq!(reach(pool, &[x], &out, 0, &[1, 2, 1, 3]), [1, 5, 2, 3]);
    assert_eq!(cost(&pool, &[x], &out), 6);

    let (x, out) = (ty(I8, &[2, 3, 4]), ty(I32, &[2, 4]));
    assert_eq!(reach(Op::ArgMax { axis: 1 }, &[x], &out, 0, &[1, 2]), [1, 3, 2]);
}

#[test]
fn a_reshape_of_whole_rows_reads_whole_rows() {
    let op = Op::Reshape;
    // Flattening one image of a batch.
    let (x, out) = (ty(I8, &[4, 3, 5, 2]), ty(I8, &[4, 30]));
    assert_eq!(reach(op, &[x], &out, 0, &[1, 30]), [1, 3, 5, 2]);
    assert_eq!(reach(op, &[x], &out, 0, &[2, 30]), [2, 3, 5, 2]);
    assert_eq!(reach(op, &[x], &out, 0, &[1, 1]), [1, 1, 1, 1]);
    // And back: a pixel's channels, a row of pixels.
    assert_eq!(reach(op, &[out], &x, 0, &[1, 1, 1, 2]), [1, 2]);
    assert_eq!(reach(op, &[out], &x, 0, &[1, 1, 5, 2]), [1, 10]);
    assert_eq!(reach(op, &[out], &x, 0, &[1, 3, 1, 2]), [4, 30], "not one run");
}

#[test]
fn moved_boxes() {
    let x = ty(I8, &[2, 3, 4]);
    let transposed = Op::Transpose { perms: [2, 0, 1, 0, 0, 0] };
    assert_eq!(reach(transposed, &[x], &ty(I8, &[4, 2, 3]), 0, &[3, 1, 2]), [1, 2, 3]);
    assert_eq!(reach(Op::Tile, &[x], &ty(I8, &[4, 3, 8]), 0, &[1, 2, 2]), [1, 2, 4]);
    assert_eq!(reach(Op::Add, &[ty(I32, &[1, 3]), ty(I32, &[2, 3])], &ty(I32, &[2, 3]), 0, &[2, 2]), [1, 2]);
    let gathered = [ty(I8, &[2, 5, 3]), ty(I32, &[2, 4])];
    assert_eq!(reach(Op::Gather, &gathered, &ty(I8, &[2, 4, 3]), 0, &[1, 2, 3]), [1, 5, 3]);
    assert_eq!(reach(Op::Gather, &gathered, &ty(I8, &[2, 4, 3]), 1, &[1, 2, 3]), [1, 2]);
    let scattered = [ty(I8, &[2, 5, 3]), ty(I32, &[2, 4]), ty(I8, &[2, 4, 3])];
    let reached = |operand| reach(Op::Scatter, &scattered, &ty(I8, &[2, 5, 3]), operand, &[1, 2, 1]);
    assert_eq!([reached(0), reached(1), reached(2)], [vec![1, 2, 1], vec![1, 4], vec![1, 4, 1]]);
    assert_eq!([cost, steps].map(|count| count(&Op::Scatter, &scattered, &ty(I8, &[2, 5, 3]))), [0, 4]);
}

#[test]
fn a_resize_reads_what_lies_around() {
    // Twice as many rows, three fifths as many columns.
    let resize = |bilinear| Resize { bilinear, scale: [[4, 2], [3, 5]], offset: [-1, 1], border: [1, -1] };
    let (x, near, around) = (ty(I8, &[1, 9, 10, 4]), Op::Resize(resize(false)), Op::Resize(resize(true)));
    let ([one, all], out) = ([ty(I8, &[1, 18, 6, 4]), ty(I32, &[1, 18, 6, 4])], |len| [1, len, len, 2]);
    let reached = |len| [reach(near, &[x], &one, 0, &out(len)), reach(around, &[x], &all, 0, &out(len))];
    assert_eq!(reached(1), [[1, 1, 1, 2], [1, 2, 2, 2]]);
    assert_eq!(reached(2), [[1, 2, 3, 2], [1, 3, 4, 2]]);
    assert_eq!(reached(4), [[1, 3, 6, 2], [1, 4, 7, 2]]);
    assert_eq!([cost(&near, &[x], &one), cost(&around, &[x], &all)], [0, 4]);
}
