//! The digit classifier, compiled and run: every committed element is the definition's, and every output the one that
//! the model's makers expect.

use std::sync::Arc;

use tequio_attestation::{Inputs, Manifest};
use tequio_backend::{Backend, Flow};
use tequio_models::digits;
use tequio_program::{Plan, compile, load};

use super::sketch::agree;

fn manifest() -> Arc<Manifest> {
    let graph = load(digits().program).unwrap();
    compile(&graph, &Plan::propose(&graph).unwrap()).unwrap().manifest
}

pub fn every_committed_element_is_the_definitions(backend: &dyn Backend) {
    let inputs = digits().inputs;
    agree(backend, &manifest(), &[&inputs[..256]]);
}

pub fn all_test_images_are_read_as_expected(backend: &dyn Backend) {
    let (inputs, expected) = (digits().inputs, digits().outputs);
    let inputs = Inputs::new(&manifest(), vec![inputs]).unwrap();
    let mut outputs = vec![];
    let executable = backend.prepare(manifest()).unwrap();
    executable
        .run(&inputs, 0..inputs.shards(), &mut |_, shard| {
            outputs.extend_from_slice(&shard[0]);
            Flow::Continue(())
        })
        .unwrap();
    assert_eq!(outputs.len(), 3600);
    assert!(outputs == expected);
}
