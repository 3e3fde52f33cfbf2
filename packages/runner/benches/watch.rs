//! What watching a shard takes beside running it, on one thread.
//!
//! `TEQUIO_PROGRAM=model.tosa cargo bench -p tequio-runner`; without it, the digit classifier.

use std::{
    collections::BTreeMap,
    env, fs,
    hint::black_box,
    path::{Path, PathBuf},
    sync::Arc,
};

use criterion::{Criterion, criterion_group, criterion_main};
use tequio_attestation::{
    Digest, Evidence, Inputs, Manifest, Statement, Subject, Terms, input_root, reveal, tree::Tree,
};
use tequio_backend::{Backend, Flow, ShardResult, cpu::Cpu};
use tequio_program::{Plan, compile, load};
use tequio_protocol::{
    Moment,
    verifier::{AttestationResponse, Verdict},
};
use tequio_runner::{
    JobData,
    auditor::{Step, Walk, compare},
};

/// Bytes that look random, of every input.
fn inputs(manifest: &Manifest) -> Inputs {
    let byte = |at: usize| (at as u32).wrapping_mul(0x9e37_79b1).to_be_bytes()[0];
    let buffers = manifest.inputs().iter().map(|input| (0..input.ty.bytes()).map(byte).collect()).collect();
    Inputs::new(manifest, buffers).expect("inputs of one shard")
}

fn shard(c: &mut Criterion) {
    let path = env::var_os("TEQUIO_PROGRAM").map(PathBuf::from);
    let read = |path: &PathBuf| fs::read(path).expect("the program can be read");
    let graph = load(&path.as_ref().map_or_else(|| tequio_models::digits().program.to_vec(), read)).expect("a program");
    let plan = Plan::propose(&graph).expect("a plan within the limits");
    let compiled = compile(&graph, &plan).expect("the plan is the program's");
    let manifest = compiled.manifest.clone();
    let executable = Cpu::default().prepare(manifest.clone()).expect("a compiled program runs");
    let inputs = inputs(&manifest);
    let input_tree = inputs.tree(&manifest);

    // An attestation of one shard, in which one output is wrong.
    let honest = executable.trace(&inputs, 0).expect("it runs");
    let mut shown = honest.clone();
    shown.slots[manifest.outputs()[0].slot as usize][0] ^= 1;
    let right = ShardResult::of_trace(&manifest, &honest).root;
    let tree = Tree::new(vec![ShardResult::of_trace(&manifest, &shown).root]);
    let subject = Subject {
        program_id: manifest.program_id(),
        input_root: input_root(1, &inputs.root(&manifest, &input_tree)),
        first_shard: 0,
        count: 1,
        draws: 1,
        context: Digest::default(),
        terms: Terms::default(),
        arbitration: None,
    };
    let statement = Statement { subject: subject.clone(), root: tree.root(), seed: Digest::default() };
    let attestation = AttestationResponse {
        id: [1; 32].into(),
        attester: String::new(),
        subject,
        root: tree.root(),
        attested: Moment { time: 0, block: 0 },
        round: None,
        opened: 1,
        verdict: Verdict::Pending {},
    };
    let data = Arc::new(JobData { compiled, inputs, input_tree });
    let evidence = Evidence {
        manifest: &manifest,
        inputs: &data.inputs,
        input_tree: &data.input_tree,
        tree: &tree,
        traces: BTreeMap::from([(0, shown)]),
    };
    let refuted = || {
        let walk = Walk::new(data.clone(), &*executable, &attestation, 0).expect("it runs");
        let mut answers = BTreeMap::new();
        while let Step::Ask(wanted) = walk.step(&answers).expect("right answers") {
            answers.insert(wanted, reveal(&statement, &evidence, &wanted, 0, usize::MAX).expect("it is there"));
        }
        walk.root()
    };

    let name = path.as_deref().and_then(Path::file_stem).unwrap_or("digits".as_ref()).to_string_lossy().into_owned();
    let mut group = c.benchmark_group(name);
    group.bench_function("run", |bench| {
        bench.iter(|| executable.run(black_box(&data.inputs), 0..1, &mut |_, _| Flow::Continue(())));
    });
    group.bench_function("run again and compared", |bench| {
        bench.iter(|| compare(&*executable, black_box(&data.inputs), 0, right).expect("it runs"));
    });
    group.bench_function("found wrong, walked to the element, both sides", |bench| bench.iter(refuted));
    group.finish();
}

criterion_group!(benches, shard);
criterion_main!(benches);
