//! Draws of 1,000 seeds, but for chance: never less than 1 − (1 − δφ)^t.

use std::{collections::BTreeMap, sync::Arc};
use tequio_protocol::verifier::Terms;

use tequio_adversary::{Followed, follow, replay, saved_by_replay, saved_by_skip, skip, steer};
use tequio_attestation::{
    Descriptor, Digest, Evidence, Inputs, Manifest, Outcome, ShardTrace, Source, Statement, Subject, TensorId, check,
    input_root, open, shard_tree, tensor_tree, tree::Tree,
};
use tequio_tensor::Op;
use tequio_tests::{
    Model,
    model::{bottleneck, digits, images, layered_digits, shard_of},
};

const SEEDS: u32 = 1_000;
const DRAWS: u32 = 16;
/// Standard deviations by which chance may fall short. About one in 30,000 tries does.
const SIGMAS: f64 = 4.0;

/// Shards of one attestation and what was shown of each.
struct Shown {
    inputs: Vec<Vec<Vec<u8>>>,
    shards: Vec<Followed>,
}

fn statement(seed: u32, count: usize) -> Statement {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&seed.to_be_bytes());
    let (none, count) = (Digest::default(), count as u64);
    let subject = Subject {
        program_id: none.into(),
        input_root: none,
        first_shard: 0,
        count,
        draws: DRAWS,
        context: none,
        terms: Terms::default(),
        arbitration: None,
    };
    Statement { subject, root: none, seed: Digest(bytes) }
}

/// Whether any draw falls on an element that is wrong.
fn is_caught(manifest: &Manifest, shown: &Shown, statement: &Statement) -> bool {
    (0..statement.subject.draws).any(|number| {
        let draw = statement.draw(number);
        let wrong = &shown.shards[draw.shard as usize].wrong;
        manifest.tensors.iter().any(|tensor| match tensor.source {
            Source::Committed { slot, interval, .. } if interval.contains(draw.ticket) => {
                wrong[slot as usize][draw.element(tensor.ty.shape.elements()) as usize]
            }
            _ => false,
        })
    })
}

/// Cheats on the first `cheated` of eight shards, saving a share `saved`/2³² of each, and counts.
fn holds(model: &Model, shown: &Shown, saved: u64, cheated: usize, what: &str) {
    let manifest = model.manifest();
    let unit = 2f64.powi(32);
    let share = saved as f64 / unit * cheated as f64 / shown.shards.len() as f64;
    let bound = 1.0 - (1.0 - manifest.header.delta as f64 / unit * share).powi(DRAWS as i32);
    let caught = (0..SEEDS).filter(|seed| is_caught(manifest, shown, &statement(*seed, shown.shards.len()))).count();
    let rate = caught as f64 / SEEDS as f64;
    let slack = SIGMAS * (bound * (1.0 - bound) / SEEDS as f64).sqrt();
    println!("{what}, {cheated} shards: φ {share:.3}, caught {rate:.3}, at least {bound:.3}");
    assert!(rate >= bound - slack, "{what}, {cheated} shards: caught {rate} of the time, promised {bound}");
}

/// `cheat` makes up the first `cheated` shards; the rest is honest.
fn shown(
    model: &Model,
    inputs: &[Vec<Vec<u8>>],
    cheated: usize,
    cheat: impl Fn(&[Vec<u8>], &ShardTrace) -> Followed,
) -> Shown {
    let honest = |trace: ShardTrace| {
        let wrong = trace
            .slots
            .iter()
            .zip(model.manifest().committed())
            .map(|(_, (id, _))| vec![false; model.manifest().descriptor(id).ty.shape.elements() as usize]);
        Followed { wrong: wrong.collect(), trace }
    };
    let shards = inputs.iter().enumerate().map(|(at, inputs)| {
        let trace = model.trace(inputs);
        if at < cheated { cheat(inputs, &trace) } else { honest(trace) }
    });
    Shown { shards: shards.collect(), inputs: inputs.to_vec() }
}

fn every_cheat_is_priced(model: &Model, inputs: &[Vec<Vec<u8>>], old: &[Vec<u8>]) {
    let manifest = model.manifest();
    let old = model.trace(old);
    for cheated in [inputs.len() / 4, inputs.len() / 2, inputs.len()] {
        for slot in 0..manifest.header.committed {
            let lazy = shown(model, inputs, cheated, |inputs, honest| skip(manifest, inputs, honest, slot));
            holds(model, &lazy, saved_by_skip(manifest, slot), cheated, &format!("lazy in slot {slot}"));
            let replayed = shown(model, inputs, cheated, |inputs, _| replay(manifest, inputs, &old, slot));
            holds(model, &replayed, saved_by_replay(manifest, slot), cheated, &format!("replay from slot {slot}"));
        }
    }
}

/// The first shard, and eight others.
fn split(inputs: &[Vec<u8>], shards: usize) -> (Vec<Vec<u8>>, Vec<Vec<Vec<u8>>>) {
    let others = (1..shards).map(|shard| shard_of(inputs, shards, shard)).collect();
    (shard_of(inputs, shards, 0), others)
}

#[test]
fn cheats_on_digits_are_caught_as_often_as_promised() {
    let (old, inputs) = split(&images(9), 9);
    every_cheat_is_priced(&digits(), &inputs, &old);
}

#[test]
fn replays_of_the_most_similar_shard_are_caught_as_often_as_promised() {
    let (model, images) = (digits(), images(90));
    let manifest = model.manifest();
    let shards: Vec<_> = (0..90).map(|shard| shard_of(&images, 90, shard)).collect();
    let traces: Vec<_> = shards.iter().map(|inputs| model.trace(inputs)).collect();
    for cut in 0..manifest.header.committed {
        let similar = |honest: &ShardTrace| {
            let slot = &honest.slots[cut as usize];
            let equal = |old: &&ShardTrace| old.slots[cut as usize].iter().zip(slot).filter(|(a, b)| a == b).count();
            traces.iter().filter(|old| *old != honest).max_by_key(equal).expect("there are others")
        };
        let replayed = |inputs: &[Vec<u8>], honest: &ShardTrace| replay(manifest, inputs, similar(honest), cut);
        let shown = shown(&model, &shards[..8], 8, replayed);
        holds(&model, &shown, saved_by_replay(manifest, cut), 8, &format!("similar replay from slot {cut}"));
    }
}

/// Whatever the small program's pool, which is not committed, is made from, with a few elements changed, and behind it
/// an old trace.
#[test]
fn a_steered_pool_is_caught_as_often_as_promised() {
    let model = bottleneck();
    let manifest = model.manifest();
    let is_pool = |tensor: &Descriptor| tensor.node().is_some_and(|node| matches!(node.op, Op::AvgPool2d(_)));
    let pool = TensorId(manifest.tensors.iter().position(is_pool).expect("there is a pool") as u32);
    assert!(matches!(manifest.descriptor(pool).source, Source::Virtual { .. }));
    let (old, inputs) = split(&model.noise(9), 9);
    let old = model.trace(&old);
    for cheated in [2, 4, 8] {
        let steered = shown(&model, &inputs, cheated, |inputs, honest| {
            let mut claims: BTreeMap<_, _> = (0..).zip(old.slots.iter().cloned()).collect();
            claims.insert(0, steer(manifest, pool, 0, &honest.slots[0], &old.slots[0]));
            let followed = follow(manifest, inputs, &claims);
            assert!(followed.wrong[1..].iter().flatten().all(|wrong| !wrong), "the pool is not what it was");
            followed
        });
        holds(&model, &steered, saved_by_replay(manifest, 1), cheated, "steered pool");
    }
}

#[test]
fn cheats_on_the_models_of_the_folder_are_caught_as_often_as_promised() {
    let Some(folder) = std::env::var_os("TEQUIO_MODELS") else { return };
    let files = std::fs::read_dir(folder).expect("TEQUIO_MODELS names a folder");
    for file in files.map(|file| file.expect("a folder that can be read").path()) {
        if file.extension().is_some_and(|extension| extension == "tosa") {
            let program = std::fs::read(file).expect("a file that can be read");
            let model = Model::new(program.clone(), None);
            // Few shards: following one of them element by element takes a second.
            let inputs = model.noise(3);
            let shards: Vec<_> = (0..3).map(|shard| shard_of(&inputs, 3, shard)).collect();
            let graph = tequio_program::load(&program).expect("it was loaded before");
            let model: Arc<Model> =
                Model::new(program, Some(model.plan.measured(&graph, &shards).expect("whole shards")));
            let (old, inputs) = split(&inputs, 3);
            let manifest = model.manifest();
            let (old, half) = (model.trace(&old), manifest.header.committed / 2);
            let lazy = shown(&model, &inputs, 2, |inputs, honest| skip(manifest, inputs, honest, half));
            holds(&model, &lazy, saved_by_skip(manifest, half), 2, &format!("lazy in slot {half}"));
            for cut in [1, half] {
                let replayed = shown(&model, &inputs, 2, |inputs, _| replay(manifest, inputs, &old, cut));
                holds(&model, &replayed, saved_by_replay(manifest, cut), 2, &format!("replay from slot {cut}"));
            }
        }
    }
}

#[test]
fn what_is_looked_up_is_what_the_contract_finds() {
    let model = layered_digits();
    let manifest = model.manifest();
    let (old, inputs) = split(&images(9), 9);
    let old = model.trace(&old);
    let shown = shown(&model, &inputs, 3, |inputs, _| replay(manifest, inputs, &old, 2));
    let shard_root = |slots: &[Vec<u8>], tensors: Vec<(tequio_tensor::Type, tequio_attestation::Layout)>| {
        let trees: Vec<Tree> =
            tensors.iter().zip(slots).map(|((ty, layout), bytes)| tensor_tree(ty, *layout, bytes)).collect();
        shard_tree(&trees).root()
    };
    let committed: Vec<_> =
        manifest.committed().into_iter().map(|(id, layout)| (manifest.descriptor(id).ty, layout)).collect();
    let input = vec![(manifest.tensors[0].ty, manifest.tensors[0].layout().unwrap())];
    let trace = Tree::new(shown.shards.iter().map(|shard| shard_root(&shard.trace.slots, committed.clone())).collect());
    let input_tree = Tree::new(shown.inputs.iter().map(|inputs| shard_root(inputs, input.clone())).collect());
    let evidence = Evidence {
        manifest,
        inputs: &Inputs::new(manifest, vec![shown.inputs.concat().concat()]).unwrap(),
        input_tree: &input_tree,
        tree: &trace,
        traces: (0..8).map(|at| (at as u64, shown.shards[at].trace.clone())).collect(),
    };
    let mut found = 0;
    for seed in 0..60 {
        let mut statement = Statement { root: trace.root(), ..statement(seed, 8) };
        statement.subject.program_id = manifest.program_id();
        statement.subject.input_root = input_root(8, &input_tree.root());
        let opening = open(&statement, &evidence, 0..DRAWS).unwrap();
        let disagreed = matches!(check(&statement, 0, &opening), Ok(Outcome::Disagreed(_)));
        assert_eq!(disagreed, is_caught(manifest, &shown, &statement), "seed {seed}");
        found += disagreed as u32;
    }
    assert!((1..60).contains(&found), "{found}");
}
