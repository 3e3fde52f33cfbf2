//! Transposed convolutions of which each element would take billions of reads to analyse: from positions alone it takes
//! none.

use tequio_program::{Graph, Plan, Refused, compile, load};
use tequio_tosa::{Attribute, DType, Op, Program};

use super::{allocated::most_allocated, worst};

const IN: [i32; 4] = [1, 64, 64, 1024];

fn graph(build: impl FnOnce(&mut Program)) -> Graph {
    let mut p = Program::default();
    p.scalars();
    build(&mut p);
    load(&p.bytes()).unwrap()
}

/// Kernel, stride and padding along both axes, and channels of the output.
struct Transposed {
    kernel: i32,
    stride: i32,
    pad: [i32; 2],
    channels: i32,
}

impl Transposed {
    fn out(&self, [n, h, w, _]: [i32; 4]) -> [i32; 4] {
        let along = |len| (len - 1) * self.stride + self.kernel + self.pad[0] + self.pad[1];
        [n, along(h), along(w), self.channels]
    }

    fn weight(&self, shape: [i32; 4]) -> [i32; 4] {
        [self.channels, self.kernel, self.kernel, shape[3]]
    }

    /// `y` of `x`.
    fn write(&self, p: &mut Program, (x, shape): (&str, [i32; 4]), weight: &str, y: &str) {
        let [before, after] = self.pad;
        let (out_pad, stride) = (vec![before, after, before, after], vec![self.stride; 2]);
        let attribute = Attribute::TransposeConv { out_pad, stride, acc: DType::INT32 };
        let inputs = [x, weight, "zero32", "zero8", "zero8"];
        p.op(Op::TRANSPOSE_CONV2D, attribute, &inputs, (y, DType::INT32, &self.out(shape)));
    }

    /// The same with weights that are all 1.
    fn write_constant(&self, p: &mut Program, (x, shape): (&str, [i32; 4]), y: &str) {
        let (weight, dims) = (format!("{y}_weight"), self.weight(shape));
        p.constant(&weight, DType::INT8, &dims, vec![1; dims.iter().product::<i32>() as usize]);
        self.write(p, (x, shape), &weight, y);
    }
}

/// Windows that overlap, cropped: 2³³ reads.
const SMOOTH: Transposed = Transposed { kernel: 4, stride: 2, pad: [-1, -1], channels: 64 };
/// Outputs between the windows and around them read the bias alone.
const GAPPED: Transposed = Transposed { kernel: 2, stride: 3, pad: [1, 5], channels: 32 };

#[test]
fn large_ones_are_planned_and_compiled() {
    for transposed in [SMOOTH, GAPPED] {
        let graph = graph(|p| {
            p.input("x", DType::INT8, &IN);
            transposed.write_constant(p, ("x", IN), "sum");
            let out = transposed.out(IN);
            p.op(Op::BITWISE_NOT, Attribute::None, &["sum"], ("y", DType::INT32, &out));
            p.output("y");
        });
        let plan = Plan::propose(&graph).unwrap();
        assert!(compile(&graph, &plan).is_ok());
    }
}

/// What a part of the output needs is found without looking at all that it reads.
#[test]
fn a_part_of_a_large_one_is_compiled() {
    for transposed in [SMOOTH, GAPPED] {
        let graph = graph(|p| {
            p.input("x", DType::INT8, &IN);
            p.op(Op::BITWISE_NOT, Attribute::None, &["x"], ("inverse", DType::INT8, &IN));
            transposed.write_constant(p, ("inverse", IN), "sum");
            let mut out = transposed.out(IN);
            out[1] -= 1;
            p.shape("start", &[0; 4]);
            p.shape("size", &out.map(i64::from));
            p.op(Op::SLICE, Attribute::None, &["sum", "start", "size"], ("y", DType::INT32, &out));
            p.output("y");
        });
        assert!(compile(&graph, &worst::plan(&graph)).is_ok());
    }
}

fn refused(graph: &Graph) {
    let (refused, allocated) = most_allocated(|| Plan::propose(graph).unwrap_err());
    println!("{refused}: {allocated} bytes");
    assert!(matches!(refused, Refused::TooMany { limit: 4_294_967_296, .. }), "{refused}");
    assert!(allocated < 1 << 20, "{refused}: {allocated} bytes");
}

/// Through weights that differ, cost goes back element by element.
#[test]
fn large_ones_of_weights_that_are_computed_are_refused() {
    refused(&graph(|p| {
        p.input("x", DType::INT8, &IN);
        p.input("weight", DType::INT8, &SMOOTH.weight(IN));
        SMOOTH.write(p, ("x", IN), "weight", "y");
        p.output("y");
    }));
}

/// Of an input that differs in part, too.
#[test]
fn large_ones_of_an_input_that_is_padded_are_refused() {
    let wide = Transposed { kernel: 16, stride: 2, pad: [0, 0], channels: 1 };
    refused(&graph(|p| {
        let (shape, padded) = ([1, 256, 127, 256], [1, 256, 128, 256]);
        p.input("x", DType::INT8, &shape);
        p.shape("pad", &[0, 0, 0, 0, 0, 1, 0, 0]);
        p.op(Op::PAD, Attribute::None, &["x", "pad", "zero8"], ("padded", DType::INT8, &padded));
        wide.write_constant(p, ("padded", padded), "y");
        p.output("y");
    }));
}
