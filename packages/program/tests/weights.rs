//! Weights and δ against sums done by hand.

use tequio_attestation::Source;
use tequio_program::{Compiled, Plan, compile, load};
use tequio_tosa::{Attribute, Conv, DType, Op, Program, conv};

fn compiled(program: &Program) -> (Plan, Compiled) {
    let graph = load(&program.bytes()).unwrap();
    let plan = Plan::plain(&graph).unwrap();
    let compiled = compile(&graph, &plan).unwrap();
    (plan, compiled)
}

/// `layers` pointwise convolutions of 8 channels over 4 × 4 pixels: 128 elements, each 8 for its sum and 2 for its
/// rescale.
fn chain(layers: usize) -> Program {
    let mut p = Program::default();
    p.scalars();
    let mut from = ("x".to_owned(), [1, 4, 4, 8]);
    p.input("x", DType::INT8, &from.1);
    for layer in 0..layers {
        let to = format!("layer{layer}");
        let out = p.layer((&from.0, from.1), &to, conv(8, 1));
        from = (to, out);
    }
    p.output(&from.0);
    p
}

#[test]
fn a_chain_of_equal_tensors() {
    let (plan, compiled) = compiled(&chain(3));
    let names: Vec<_> = plan.committed.iter().map(|commit| commit.name.as_str()).collect();
    assert_eq!(names, ["layer0", "layer1", "layer2"]);
    assert!(plan.committed.iter().all(|commit| commit.s == 4_096));
    assert_eq!(plan.scenarios[0].rates, [16_384; 3]);
    // F is 3, 2 and 1 times 1,280; 1 - r is 3/4; rounded up.
    assert_eq!(compiled.weights, [5_120, 3_414, 1_707]);
    assert_eq!(compiled.manifest.header.cost, 3 * 1_280);
    assert_eq!(compiled.manifest.header.delta as u64, (3 * 1_280 * (1 << 32)) / 10_241);
}

/// δ = 2 (1 − r) / (L + 1), but for rounding, and for the last of more than 7 layers, which is 1/31 of the rest.
#[test]
fn delta_of_a_chain() {
    for layers in 1..=8u64 {
        let (_, compiled) = compiled(&chain(layers as usize));
        let delta = compiled.manifest.header.delta as u64;
        let sum = layers * (layers + 1) / 2;
        let exact = ((31 * layers) << 32) * 3 / 4 / (31 * (sum - 1) + sum.max(31));
        assert!(delta <= exact && exact - delta < exact / 1_000, "{layers} layers: {delta} against {exact}");
    }
}

/// Of 4 × 4 pixels a stride of 2 reads 4: all that comes back falls on a quarter of the elements.
#[test]
fn a_strided_pointwise_convolution_quadruples_the_flow() {
    let mut p = Program::default();
    p.scalars();
    p.shape("start", &[0, 0, 0, 0]);
    p.shape("size", &[1, 3, 3, 4]);
    p.input("x", DType::INT8, &[1, 4, 4, 4]);
    p.layer(("x", [1, 4, 4, 4]), "a", conv(4, 1));
    p.op(Op::SLICE, Attribute::None, &["a", "start", "size"], ("cut", DType::INT8, &[1, 3, 3, 4]));
    let strided = Conv { channels: 4, kernel: 1, stride: 2, pad: [0, 0] };
    assert_eq!(p.layer(("cut", [1, 3, 3, 4]), "b", strided), [1, 2, 2, 4]);
    p.output("b");
    let (_, compiled) = compiled(&p);
    // C_a = 64 × 6, C_b = 16 × 6.
    assert_eq!(compiled.weights, [(384 + 4 * 96) * 4 / 3, 96 * 4 / 3]);
}

/// 64 elements that 4 are made of: steering costs a sixteenth of the elements.
#[test]
fn a_bottleneck_is_weighed_by_its_bits() {
    let mut p = Program::default();
    p.scalars();
    p.input("x", DType::INT8, &[1, 4, 4, 4]);
    p.layer(("x", [1, 4, 4, 4]), "wide", conv(4, 1));
    let all = Conv { channels: 4, kernel: 4, stride: 1, pad: [0, 0] };
    assert_eq!(p.layer(("wide", [1, 4, 4, 4]), "narrow", all), [1, 1, 1, 4]);
    p.output("narrow");
    let (_, compiled) = compiled(&p);
    assert_eq!(compiled.weights, [264 * 16 * 4 / 3, 264 * 4 / 3]);
}

/// The same where the narrow tensor isn't committed and what reads it is wider: 64 elements averaged to 4, 32 made of
/// them.
#[test]
fn a_virtual_bottleneck_is_one_too() {
    let mut p = Program::default();
    p.scalars();
    p.input("x", DType::INT8, &[1, 4, 4, 4]);
    p.layer(("x", [1, 4, 4, 4]), "wide", conv(4, 1));
    let all = Attribute::Pool { kernel: vec![4, 4], stride: vec![1, 1], pad: vec![0; 4] };
    p.op(Op::AVG_POOL2D, all, &["wide", "zero8", "zero8"], ("narrow", DType::INT8, &[1, 1, 1, 4]));
    p.layer(("narrow", [1, 1, 1, 4]), "out", conv(32, 1));
    p.output("out");
    let graph = load(&p.bytes()).unwrap();
    let mut plan = Plan::plain(&graph).unwrap();
    plan.committed.retain(|commit| commit.name != "narrow");
    let compiled = compile(&graph, &plan).unwrap();
    // F_out = 32 × (4 + 2), and the pool, 4 × 16: 256; rounded up.
    assert_eq!(compiled.weights, [(256 * 16 * 4u128).div_ceil(3), (256 * 4u128).div_ceil(3)]);
}

#[test]
fn a_clamp_can_be_guessed() {
    let mut p = Program::default();
    p.scalars();
    p.input("x", DType::INT8, &[1, 4, 4, 8]);
    p.layer(("x", [1, 4, 4, 8]), "a", conv(8, 1));
    let clamp = Attribute::Clamp { min: vec![0], max: vec![100] };
    p.op(Op::CLAMP, clamp, &["a"], ("relu", DType::INT8, &[1, 4, 4, 8]));
    p.output("relu");
    let (plan, compiled) = compiled(&p);
    assert_eq!(plan.committed[0].s, 32_768);
    // 128 × (8 + 2 + 1) / (1 − 1/2)
    assert_eq!(compiled.weights, [2 * 1_408]);
}

/// Both branches of a sum join in one committed tensor, and its route is the branch that makes weights smaller.
#[test]
fn a_skip_connection_is_a_short_cut() {
    let mut p = Program::default();
    p.scalars();
    let shape = [1, 4, 4, 8];
    p.input("x", DType::INT8, &shape);
    p.layer(("x", shape), "a", conv(8, 1));
    p.layer(("a", shape), "b", conv(8, 1));
    p.conv2d(("b", shape), "c", conv(8, 1));
    p.rescale("a", "a_wide", &shape, [DType::INT8, DType::INT32]);
    p.op(Op::ADD, Attribute::None, &["c", "a_wide"], ("sum", DType::INT32, &shape));
    p.rescale("sum", "y", &shape, [DType::INT32, DType::INT8]);
    p.output("y");
    let (plan, compiled) = compiled(&p);
    let names: Vec<_> = plan.committed.iter().map(|commit| commit.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "y"]);
    assert_eq!((plan.scenarios[0].routes[0].name.as_str(), plan.scenarios[0].routes[0].operand), ("sum", 1));
    // y costs 128 × (8 + 2 + 1 + 2); of that only the convolution c, 128 × 8, comes back through b.
    assert_eq!(compiled.weights, [(1_280 + 1_280 + 1_664) * 4 / 3, (1_280 + 1_024) * 4 / 3, 2_219]);
}

#[test]
fn tickets_are_shared_by_weight_without_gaps() {
    let (_, compiled) = compiled(&chain(7));
    let sum: u128 = compiled.weights.iter().sum();
    let mut next = 0u64;
    for (id, _) in compiled.manifest.committed() {
        let Source::Committed { slot, interval, .. } = compiled.manifest.descriptor(id).source else { panic!() };
        assert_eq!(interval.first as u64, next);
        next = interval.last as u64 + 1;
        let (tickets, exact) = (next - interval.first as u64, (compiled.weights[slot as usize] << 32) / sum);
        assert!(tickets.abs_diff(exact as u64) <= 1);
    }
    assert_eq!(next, 1 << 32);
}
