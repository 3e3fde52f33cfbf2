//! The digit classifier, compiled and run: every committed element is the definition's, and every output the one that
//! the model's makers expect.

mod sketch;

use std::fs;

use sketch::agree;
use tequio_attestation::Manifest;
use tequio_program::{Plan, compile, load};
use tequio_runner::Engine;

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../cli/models/digits/");

fn manifest() -> Manifest {
    let graph = load(&fs::read(format!("{MODEL}digits.tosa")).unwrap()).unwrap();
    compile(&graph, &Plan::propose(&graph).unwrap()).unwrap().manifest
}

/// The elements of an int8 array in NumPy's format, version 1: the header's length is in bytes 8 and 9.
fn array(name: &str) -> Vec<u8> {
    let file = fs::read(format!("{MODEL}{name}.npy")).unwrap();
    assert_eq!(&file[..8], b"\x93NUMPY\x01\x00");
    let header = u16::from_le_bytes([file[8], file[9]]) as usize;
    assert!(String::from_utf8_lossy(&file[10..10 + header]).contains("'descr': '|i1', 'fortran_order': False"));
    file[10 + header..].to_vec()
}

#[test]
fn every_committed_element_is_the_definitions() {
    let inputs = array("test_inputs");
    agree(&manifest(), &[&inputs[..256]]);
}

#[test]
fn all_test_images_are_read_as_expected() {
    let (inputs, expected) = (array("test_inputs"), array("expected_outputs"));
    let engine = Engine::new(&manifest()).unwrap();
    let shards: Vec<Vec<&[u8]>> = inputs.chunks_exact(256).map(|batch| vec![batch]).collect();
    let results = engine.run_many(&shards, false).unwrap();
    let outputs: Vec<u8> = results.iter().flat_map(|result| result.outputs[0].clone()).collect();
    assert_eq!(outputs.len(), 3600);
    assert!(outputs == expected);
}
