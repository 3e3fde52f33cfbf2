//! Programs that are run and not planned: the same outputs, and some that can't be planned.

use std::sync::Arc;

use tequio_attestation::{Inputs, Manifest};
use tequio_backend::{Backend, Flow, Outputs};
use tequio_models::digits;
use tequio_program::{Plan, compile, load, unplanned};
use tequio_tosa::{Attribute, DType, Op, Program, noise};

fn run(backend: &dyn Backend, manifest: Arc<Manifest>, inputs: &Inputs) -> Vec<Outputs> {
    let mut results = vec![];
    let mut keep = |_, outputs| {
        results.push(outputs);
        Flow::Continue(())
    };
    backend.prepare(manifest).unwrap().run(inputs, 0..inputs.shards(), &mut keep).unwrap();
    results
}

pub fn the_digits_are_read_without_a_plan(backend: &dyn Backend) {
    let manifest = unplanned(&load(digits().program).unwrap());
    let inputs = Inputs::new(&manifest, vec![digits().inputs]).unwrap();
    assert!(run(backend, manifest, &inputs).concat().concat() == digits().outputs);
}

pub fn a_deep_network_computes_the_same_without_a_plan(backend: &dyn Backend) {
    let graph = load(&Program::mobilenet(1, 32).bytes()).unwrap();
    let planned = compile(&graph, &Plan::propose(&graph).unwrap()).unwrap().manifest;
    let inputs = Inputs::new(&planned, vec![noise(2 * 32 * 32 * 3)]).unwrap();
    let outputs = run(backend, planned, &inputs);
    assert_eq!(outputs.concat().concat().len(), 2_000);
    assert!(run(backend, unplanned(&graph), &inputs) == outputs);
}

pub fn a_program_without_inputs_gives_its_constants(backend: &dyn Backend) {
    let mut p = Program::default();
    p.constant("x", DType::INT32, &[2], [-3i32, 4].iter().flat_map(|x| x.to_le_bytes()).collect());
    p.op(Op::ABS, Attribute::None, &["x"], ("y", DType::INT32, &[2]));
    p.output("y");
    let manifest = unplanned(&load(&p.bytes()).unwrap());
    let outputs = run(backend, manifest, &Inputs::none(1));
    assert_eq!(outputs, [[[3, 0, 0, 0, 4, 0, 0, 0]]]);
}

pub fn inputs_may_have_rank_0_and_leading_axes_of_their_own(backend: &dyn Backend) {
    let mut p = Program::default();
    p.input("x", DType::INT32, &[]);
    p.op(Op::ADD, Attribute::None, &["x", "x"], ("twice", DType::INT32, &[]));
    p.output("twice");
    p.input("a", DType::INT32, &[2, 1]);
    p.input("b", DType::INT32, &[1, 3]);
    p.op(Op::SUB, Attribute::None, &["a", "b"], ("c", DType::INT32, &[2, 3]));
    p.output("c");
    let manifest = unplanned(&load(&p.bytes()).unwrap());
    let words = |values: &[i32]| values.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    let inputs = Inputs::new(&manifest, vec![words(&[21]), words(&[10, 20]), words(&[1, 2, 3])]).unwrap();
    assert_eq!(run(backend, manifest, &inputs), [[words(&[42]), words(&[9, 8, 7, 19, 18, 17])]]);
}
