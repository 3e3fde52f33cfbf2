//! The digit classifier, compiled and run: every committed element is the definition's, and every output the one that
//! the model's makers expect.

mod sketch;

use std::sync::Arc;

use sketch::agree;
use tequio_attestation::{Inputs, Manifest};
use tequio_backend::{Backend, Flow, cpu::Cpu};
use tequio_models::digits;
use tequio_program::{Plan, compile, load};

fn manifest() -> Arc<Manifest> {
    let graph = load(digits().program).unwrap();
    compile(&graph, &Plan::propose(&graph).unwrap()).unwrap().manifest
}

#[test]
fn every_committed_element_is_the_definitions() {
    let inputs = digits().inputs;
    agree(&manifest(), &[&inputs[..256]]);
}

#[test]
fn all_test_images_are_read_as_expected() {
    let (inputs, expected) = (digits().inputs, digits().outputs);
    let inputs = Inputs::new(&manifest(), vec![inputs]).unwrap();
    let mut outputs = vec![];
    let executable = Cpu::default().prepare(manifest()).unwrap();
    executable
        .run(&inputs, 0..inputs.shards(), &mut |_, shard| {
            outputs.extend_from_slice(&shard[0]);
            Flow::Continue(())
        })
        .unwrap();
    assert_eq!(outputs.len(), 3600);
    assert!(outputs == expected);
}
