//! Cheats on the work itself.

use std::collections::BTreeMap;

use tequio_adversary::{follow, heaviest, replay, saved_by_replay, skip};
use tequio_attestation::{ShardTrace, TensorId};
use tequio_protocol::{escrow::State, verifier::Verdict};
use tequio_tests::{
    Job, STAKE, Scene, World, job,
    model::{bottleneck, noise, shard_of},
    trick::steer,
};

/// A provider that shows what `trick` makes up is found false and loses its whole lien; the shards are free again.
fn is_caught(trick: impl Fn(&Scene) -> ShardTrace + 'static) {
    let mut world = World::new();
    let mallory = world.cheat("mallory", trick);
    world.post(Job { draws: 128, ..job() });
    let assignment = world.assign(&mallory, 8);
    let lien = world.assignment(assignment).lien.u128();
    world.attest(&mallory);
    world.beacon();
    world.open(&mallory);
    assert!(matches!(world.verdict(assignment), Verdict::False { .. }), "{:?}", world.verdict(assignment));
    let ended = world.settle();
    assert_eq!((ended[0].state, ended[0].paid.u128(), ended[0].slashed.u128()), (State::Slashed, 0, lien));
    assert_eq!((world.stake(&mallory).stake.u128(), world.balance(&mallory.owner)), (STAKE - lien, 0));
    assert_eq!(world.free(), [(0, 8)]);
}

/// What follows from the inputs but for these slots.
fn claim(scene: &Scene, claims: impl IntoIterator<Item = (u32, Vec<u8>)>) -> ShardTrace {
    follow(scene.manifest(), &scene.inputs, &claims.into_iter().collect()).trace
}

#[test]
fn skipping_all_work_and_filling_with_noise() {
    is_caught(|scene| ShardTrace {
        slots: scene.honest.slots.iter().map(|bytes| noise(scene.shard, bytes.len())).collect(),
    });
}

#[test]
fn skipping_a_whole_op() {
    is_caught(|scene| skip(scene.manifest(), &scene.inputs, &scene.honest, heaviest(scene.manifest())).trace);
}

#[test]
fn doing_only_some_ops() {
    is_caught(|scene| {
        let zeros = |slot: u32| (slot, vec![0; scene.honest.slots[slot as usize].len()]);
        claim(scene, (1..scene.manifest().header.committed).map(zeros))
    });
}

#[test]
fn computing_a_cheaper_surrogate() {
    is_caught(|scene| {
        // Five bits instead of eight, from the first tensor on.
        let coarse = scene.honest.slots[0].iter().map(|byte| byte & 0xf8).collect();
        claim(scene, [(0, coarse)])
    });
}

#[test]
fn replaying_an_old_trace_behind_an_honest_prefix_of_any_length() {
    for cut in 0..4 {
        // Shard 0's trace serves for all the others.
        is_caught(move |scene| replay(scene.manifest(), &scene.inputs, &scene.old(0), cut).trace);
    }
}

#[test]
fn replaying_an_old_trace_for_some_shards_only() {
    for cut in 0..3 {
        is_caught(move |scene| match scene.shard {
            0..4 => scene.honest.clone(),
            _ => replay(scene.manifest(), &scene.inputs, &scene.old(0), cut).trace,
        });
    }
}

#[test]
fn steering_a_narrow_tensor_with_few_changed_elements() {
    let model = bottleneck();
    let manifest = model.manifest();
    let narrow = (0..manifest.header.tensors)
        .map(TensorId)
        .find(|id| manifest.descriptor(*id).node().is_some_and(|node| node.op.name() == "avg_pool2d"));
    let inputs = model.noise(10);
    let old = model.trace(&shard_of(&inputs, 10, 0));
    for shard in 1..10 {
        let inputs = shard_of(&inputs, 10, shard);
        let honest = model.trace(&inputs);
        let mut claims: BTreeMap<u32, Vec<u8>> = (1..).zip(old.slots[1..].iter().cloned()).collect();
        claims.insert(0, steer(manifest, narrow.expect("a pool"), 0, &honest.slots[0], &old.slots[0]));
        let shown = follow(manifest, &inputs, &claims);
        let changed = shown.wrong[0].iter().filter(|wrong| **wrong).count();
        assert!((1..shown.wrong[0].len()).contains(&changed), "{changed} changed");
        let promised = (manifest.header.delta as u128 * saved_by_replay(manifest, 1) as u128 >> 32) as u64;
        let caught = shown.caught_by_one_draw(manifest);
        assert!(caught >= promised, "shard {shard}: {changed} changed, caught {caught} of 2^32, promised {promised}");
    }
}

#[test]
fn crafting_inputs_that_overflow_or_saturate() {
    // All at one end, all at the other, and both by turns: an honest provider can open them all.
    for pattern in [[0x80, 0x80], [0x7f, 0x7f], [0x80, 0x7f]] {
        let mut world = World::new();
        let alice = world.provider("alice");
        let job = job();
        let inputs = job.inputs.iter().map(|input| (0..input.len()).map(|at| pattern[at % 2]).collect()).collect();
        world.post(Job { inputs, ..job });
        let assignment = world.assign(&alice, 8);
        world.complete(&alice);
        assert_eq!(world.state_of(assignment), State::Settled);
    }
}
