//! A shard with and without commitments, on one thread.
//!
//! `TEQUIO_PROGRAM=model.tosa cargo bench -p tequio-backend`; without it, the digit classifier. With every instruction
//! set that the machine has. Throughput counts the items of a batch. `scripts/bench/compare` sets the best of them beside
//! LiteRT.

use std::{
    env, fs,
    hint::black_box,
    path::{Path, PathBuf},
    sync::Arc,
};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tequio_attestation::{Inputs, Manifest};
use tequio_backend::{Backend, Executable, Flow, ShardResult, cpu::Cpu};
use tequio_program::{Plan, compile, load};

fn program(path: Option<&PathBuf>) -> Arc<Manifest> {
    let read = |path| fs::read(path).expect("the program can be read");
    let graph = load(&path.map_or_else(|| tequio_models::digits().program.to_vec(), read)).expect("a program");
    let plan = Plan::propose(&graph).expect("a plan within the limits");
    compile(&graph, &plan).expect("the plan is the program's").manifest
}

/// Bytes that look random, of every input.
fn inputs(manifest: &Manifest) -> Inputs {
    let byte = |at: usize| (at as u32).wrapping_mul(0x9e37_79b1).to_be_bytes()[0];
    let buffers = manifest.inputs().iter().map(|input| (0..input.ty.bytes()).map(byte).collect()).collect();
    Inputs::new(manifest, buffers).expect("inputs of one shard")
}

fn done<T>(result: T) -> Flow {
    black_box(result);
    Flow::Continue(())
}

fn commit(executable: &dyn Executable, inputs: &Inputs) -> Option<ShardResult> {
    let mut committed = None;
    let mut keep = |_, result| {
        committed = Some(result);
        Flow::Continue(())
    };
    executable.commit(inputs, 0..1, &mut keep).expect("one shard runs");
    committed
}

fn shard(c: &mut Criterion) {
    let path = env::var_os("TEQUIO_PROGRAM").map(PathBuf::from);
    let manifest = program(path.as_ref());
    let inputs = inputs(&manifest);
    let name = path.as_deref().and_then(Path::file_stem).unwrap_or("digits".as_ref()).to_string_lossy().into_owned();
    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Elements(manifest.tensors[0].ty.shape.dim(0).into()));
    let mut first = None;
    for cpu in Cpu::all() {
        let executable = cpu.prepare(manifest.clone()).expect("a compiled program runs");
        let committed = commit(&*executable, &inputs);
        assert_eq!(first.get_or_insert_with(|| committed.clone()), &committed, "{cpu:?} gives other bytes");
        group.bench_function(format!("{cpu:?} plain"), |bench| {
            bench.iter(|| executable.run(black_box(&inputs), 0..1, &mut |_, outputs| done(outputs)));
        });
        group.bench_function(format!("{cpu:?} committed"), |bench| {
            bench.iter(|| executable.commit(black_box(&inputs), 0..1, &mut |_, result| done(result)));
        });
    }
    group.finish();
}

criterion_group!(benches, shard);
criterion_main!(benches);
