//! Steer a narrow tensor with few changed elements; cut only what differs from a similar input; skip the guessable
//! channels.

use tequio_adversary::{follow, replay, steer};
use tequio_attestation::{ShardTrace, TensorId};
use tequio_tensor::Op;
use tequio_tests::{
    Job, Scene, job,
    model::{bottleneck, images, layered_digits},
};

use crate::is_caught;

/// The small program's pool, which is not committed.
fn pool() -> TensorId {
    let model = bottleneck();
    let tensors = &model.manifest().tensors;
    let pools = tensors.iter().position(|tensor| tensor.node().is_some_and(|node| matches!(node.op, Op::AvgPool2d(_))));
    TensorId(pools.expect("the program has a pool") as u32)
}

/// Few elements before the pool are wrong, and everything behind it is old.
fn steered(scene: &Scene) -> ShardTrace {
    let old = scene.old((scene.shard + 1) % 4).unwrap();
    let wide = steer(scene.manifest, pool(), 0, &scene.honest.slots[0], &old.slots[0]);
    let claims = old.slots.iter().enumerate().map(|(slot, bytes)| (slot as u32, bytes.clone()));
    let mut claims: std::collections::BTreeMap<_, _> = claims.collect();
    claims.insert(0, wide);
    let followed = follow(scene.manifest, &scene.inputs, &claims);
    // Nothing but what was changed gives it away.
    let wrong: Vec<usize> = followed.wrong.iter().map(|slot| slot.iter().filter(|wrong| **wrong).count()).collect();
    assert!((1..32).contains(&wrong[0]) && wrong[1..].iter().all(|count| *count == 0), "{wrong:?}");
    followed.trace
}

#[test]
fn a_pool_steered_to_its_old_value() {
    is_caught(Job { draws: 256, ..Job::of(bottleneck(), bottleneck().noise(4)) }, steered);
}

#[test]
fn a_cut_where_the_most_similar_input_differs_least() {
    is_caught(Job { draws: 64, ..Job::of(layered_digits(), images(8)) }, |scene| {
        let similar = (0..8).filter(|shard| *shard != scene.shard).map(|shard| scene.old(shard).unwrap());
        let equal = |old: &ShardTrace| {
            old.slots[3].iter().zip(&scene.honest.slots[3]).filter(|(old, honest)| old == honest).count()
        };
        let nearest = similar.max_by_key(equal).expect("there are others");
        replay(scene.manifest, &scene.inputs, &nearest, 3).trace
    });
}

#[test]
fn the_channel_that_is_guessed_best() {
    is_caught(Job { draws: 512, ..job() }, |scene| {
        let mut first = scene.honest.slots[0].clone();
        let channel = |channel: usize| first.iter().skip(channel).step_by(8);
        // What is clamped is the likeliest guess.
        let clamped = |at: &usize| channel(*at).filter(|value| **value == 0xc0).count();
        let best = (0..8).filter(|at| clamped(at) < 16).max_by_key(clamped).expect("not all are certain");
        first.iter_mut().skip(best).step_by(8).for_each(|value| *value = 0xc0);
        follow(scene.manifest, &scene.inputs, &[(0, first)].into()).trace
    });
}
