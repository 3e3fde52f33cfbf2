//! Leaves shorter than a digest: where an op reads with gaps, leaving one out takes more bytes than showing it.

use tequio_program::{Compiled, Graph, Plan, Refused, compile, load};
use tequio_tosa::{Attribute, DType, Op, Program, noise};

use super::{evidence::Run, worst::differ};

/// The sum of three convolutions along a line, each of `taps` taps `apart` elements apart.
fn dilated(taps: i32, apart: i32) -> Graph {
    let mut p = Program::default();
    p.scalars();
    let length = taps * apart;
    let out = [1, 1, length - (taps - 1) * apart, 1];
    for branch in 0..3 {
        let [x, weight, sum] = ["x", "weight", "sum"].map(|name| format!("{name}{branch}"));
        p.input(&x, DType::INT8, &[1, 1, length, 1]);
        p.constant(&weight, DType::INT8, &[1, 1, taps, 1], noise(taps as usize));
        let dilation = vec![1, apart];
        let window = Attribute::Conv { pad: vec![0; 4], stride: vec![1; 2], dilation, acc: DType::INT32 };
        p.op(Op::CONV2D, window, &[&x, &weight, "zero32", "zero8", "zero8"], (&sum, DType::INT32, &out));
    }
    p.op(Op::ADD, Attribute::None, &["sum0", "sum1"], ("two", DType::INT32, &out));
    p.op(Op::ADD, Attribute::None, &["two", "sum2"], ("three", DType::INT32, &out));
    p.output("three");
    load(&p.bytes()).unwrap()
}

/// The client's plan: only the output is committed, every element of an input is a leaf.
fn compiled(graph: &Graph) -> Result<Compiled, Refused> {
    let mut plan = Plan::propose(graph).unwrap();
    plan.committed.retain(|commit| commit.name == "three");
    plan.given.iter_mut().filter(|given| given.name.starts_with('x')).for_each(|given| given.row = 1);
    differ(graph, &mut plan);
    compile(graph, &plan)
}

#[test]
fn count_with_the_digests_between_them() {
    for (taps, apart) in [(64, 2), (64, 4), (100, 3), (300, 4)] {
        let manifest = compiled(&dilated(taps, apart)).unwrap().manifest;
        let run = Run::new(&manifest);
        let (longest, bound) = (run.longest(4), run.bound());
        println!("{taps} taps {apart} apart: longest {longest}, bound {bound}");
        assert!(longest <= bound, "{longest} bytes, bound {bound}");
    }
}

/// It once had 33,575 bytes in its header and openings of 405,883.
#[test]
fn make_no_opening_that_is_too_long() {
    let refused = compiled(&dilated(2_048, 4)).unwrap_err();
    println!("{refused}");
    assert!(matches!(refused, Refused::Check { what: "bytes of an opening", limit: 262_144, .. }), "{refused}");
}
