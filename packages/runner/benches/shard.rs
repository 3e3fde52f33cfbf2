//! A shard with and without commitments, on one thread.
//!
//! `TEQUIO_PROGRAM=model.tosa cargo bench -p tequio-runner`; without it, the digit classifier. Throughput counts the
//! items of a batch. `scripts/bench/litert.py` times the same model's `.tflite` with LiteRT.

use std::{env, fs, hint::black_box, path::PathBuf};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tequio_attestation::{Manifest, Source};
use tequio_program::{Plan, compile, load};
use tequio_runner::Engine;

const DIGITS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../cli/models/digits/digits.tosa");

fn program(path: &PathBuf) -> Manifest {
    let graph = load(&fs::read(path).expect("the program can be read")).expect("a program");
    let plan = Plan::propose(&graph).expect("a plan within the limits");
    compile(&graph, &plan).expect("the plan is the program's").manifest
}

/// Bytes that look random, of every input.
fn inputs(manifest: &Manifest) -> Vec<Vec<u8>> {
    let inputs = manifest.tensors.iter().filter(|tensor| matches!(tensor.source, Source::Input { .. }));
    let byte = |at: usize| (at as u32).wrapping_mul(0x9e37_79b1).to_be_bytes()[0];
    inputs.map(|input| (0..input.ty.shape.elements() as usize * input.ty.dtype.bytes()).map(byte).collect()).collect()
}

fn shard(c: &mut Criterion) {
    let path = env::var_os("TEQUIO_PROGRAM").map_or(DIGITS.into(), PathBuf::from);
    let manifest = program(&path);
    let engine = Engine::new(&manifest).expect("a compiled program runs");
    let inputs = inputs(&manifest);
    let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
    let mut workspace = engine.workspace();
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Elements(manifest.tensors[0].ty.shape.dim(0).into()));
    for (name, commit) in [("plain", false), ("committed", true)] {
        let mut run = || engine.run_shard(black_box(&inputs), &mut workspace, commit);
        group.bench_function(name, |bench| bench.iter(&mut run));
    }
    group.finish();
}

criterion_group!(benches, shard);
criterion_main!(benches);
