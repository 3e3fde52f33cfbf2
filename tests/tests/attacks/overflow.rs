//! Overflow, bad index or saturation that differs between devices, or that makes an honest provider's element
//! unopenable.

use std::{collections::BTreeMap, sync::Arc};

use tequio_adversary::follow;
use tequio_attestation::Inputs;
use tequio_backend::{Backend, cpu::Cpu};
use tequio_tests::{
    Job, Model, World,
    model::{noise, shard_of},
};
use tequio_tosa::{Attribute, DType, Op, Program, RoundingMode};

const WORDS: [i32; 16] = [
    i32::MIN,
    i32::MAX,
    -1,
    0,
    1,
    i32::MIN + 1,
    31,
    32,
    -32,
    64,
    1 << 30,
    -(1 << 30),
    65_536,
    46_341,
    -46_341,
    i32::MAX - 1,
];

/// Every op that has something TOSA leaves open: sums that wrap, shifts and indices out of range, divisors of 0.
fn extremes() -> Arc<Model> {
    let mut p = Program::default();
    let (row, words) = ([1, 16], DType::INT32);
    for (name, dtype, shape) in [("a", words, &row[..]), ("b", words, &row), ("c", DType::INT8, &row)] {
        p.input(name, dtype, shape);
    }
    p.input("v", words, &[1, 4, 2]);
    p.input("image", DType::INT8, &[1, 2, 2, 2]);
    p.scalars();
    p.constant("shift63", DType::INT8, &[1], vec![63]);
    p.constant("most", words, &[1], i32::MAX.to_le_bytes().to_vec());
    p.constant("shift2", DType::INT8, &[1], vec![2]);
    p.constant("least8", DType::INT8, &[1], vec![0x80]);
    p.constant("table", DType::INT8, &[256], noise(9, 256));
    p.constant("weight", DType::INT8, &[2, 1, 1, 2], vec![0x7f; 4]);
    p.constant("bias", words, &[2], [i32::MAX, i32::MIN].map(i32::to_le_bytes).concat());

    let none = || Attribute::None;
    for (name, op, attribute, inputs) in [
        ("sum", Op::ADD, none(), vec!["a", "b"]),
        ("difference", Op::SUB, none(), vec!["a", "b"]),
        ("product", Op::MUL, none(), vec!["a", "b", "zero8"]),
        ("shifted_product", Op::MUL, none(), vec!["a", "b", "shift63"]),
        ("quotient", Op::INTDIV, none(), vec!["a", "b"]),
        ("right", Op::ARITHMETIC_RIGHT_SHIFT, Attribute::Round(true), vec!["a", "b"]),
        ("left", Op::LOGICAL_LEFT_SHIFT, none(), vec!["a", "b"]),
        ("logical", Op::LOGICAL_RIGHT_SHIFT, none(), vec!["a", "b"]),
        ("size", Op::ABS, none(), vec!["a"]),
        ("negative", Op::NEGATE, none(), vec!["a", "zero32", "zero32"]),
    ] {
        p.op(op, attribute, &inputs, (name, words, &row));
        p.output(name);
    }
    p.op(Op::REDUCE_SUM, Attribute::Axis(1), &["a"], ("all", words, &[1, 1]));
    p.op(Op::GATHER, none(), &["v", "a"], ("picked", words, &[1, 16, 2]));
    p.op(Op::TABLE, none(), &["c", "table"], ("looked_up", DType::INT8, &row));
    let scale = Attribute::Rescale { scale32: true, rounding: RoundingMode::DOUBLE_ROUND, per_channel: false };
    p.op(Op::RESCALE, scale, &["a", "most", "shift2", "zero32", "least8"], ("scaled", DType::INT8, &row));
    let window = Attribute::Conv { pad: vec![0; 4], stride: vec![1; 2], dilation: vec![1; 2], acc: DType::INT32 };
    let operands = ["image", "weight", "bias", "least8", "zero8"];
    p.op(Op::CONV2D, window, &operands, ("convolved", words, &[1, 2, 2, 2]));
    for output in ["all", "picked", "looked_up", "scaled", "convolved"] {
        p.output(output);
    }
    Model::new(p.bytes(), None)
}

/// As many shards as there are words: each has every word beside another, and images of extremes.
fn inputs() -> Vec<Vec<u8>> {
    let shards = WORDS.len();
    let word = |at: usize| WORDS[at % WORDS.len()].to_le_bytes();
    vec![
        (0..shards).flat_map(|_| (0..16).flat_map(word)).collect(),
        (0..shards).flat_map(|shard| (0..16).flat_map(move |at| word(at + shard))).collect(),
        (0..shards * 16).map(|at| (at * 17) as u8).collect(),
        (0..shards * 8).flat_map(|at| word(at * 3)).collect(),
        (0..shards * 8).map(|at| [0x80, 0x7f, 0, 0xff][at % 4]).collect(),
    ]
}

#[test]
fn whatever_the_inputs_an_honest_provider_can_open() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(Job { draws: 512, ..Job::of(extremes(), inputs()) });
    let assignment = world.assign(&alice, 16);
    world.attest(&alice);
    world.beacon();
    world.open(&alice);
    assert!(world.verdict(assignment).agreed());
    world.settle();
    assert_eq!(world.balance(&alice.owner), 16_000);
}

#[test]
fn every_device_computes_the_same() {
    let (model, inputs) = (extremes(), inputs());
    let whole = Inputs::new(model.manifest(), inputs.clone()).unwrap();
    for cpu in Cpu::all() {
        let executable = cpu.prepare(model.compiled.manifest.clone()).unwrap();
        for shard in 0..WORDS.len() {
            let inputs = shard_of(&inputs, WORDS.len(), shard);
            let defined = follow(model.manifest(), &inputs, &BTreeMap::new()).trace;
            assert_eq!(executable.trace(&whole, shard as u64).unwrap(), defined, "shard {shard}");
        }
    }
}
