//! Replay an old trace behind an honest prefix of any length, for all shards or some.

use tequio_adversary::replay;
use tequio_attestation::ShardTrace;
use tequio_tests::{
    Job, Scene, job,
    model::{digits, images},
};

use crate::is_caught;

/// From slot `cut` on, the trace of the next shard.
fn old(scene: &Scene, shards: u64, cut: u32) -> ShardTrace {
    replay(scene.manifest, &scene.inputs, &scene.old((scene.shard + 1) % shards).unwrap(), cut).trace
}

#[test]
fn behind_every_prefix() {
    for cut in 0..4 {
        is_caught(job(), move |scene| old(scene, 8, cut));
    }
}

#[test]
fn behind_every_prefix_of_every_other_shard() {
    for cut in 0..4 {
        let job = Job { draws: 128, ..job() };
        is_caught(job, move |scene| if scene.shard % 2 == 0 { old(scene, 8, cut) } else { scene.honest.clone() });
    }
}

#[test]
fn behind_every_prefix_of_one_shard_of_eight() {
    for cut in 0..4 {
        let job = Job { draws: 512, ..job() };
        is_caught(job, move |scene| if scene.shard == 5 { old(scene, 8, cut) } else { scene.honest.clone() });
    }
}

#[test]
fn of_digits_behind_the_first_layer() {
    is_caught(Job::of(digits(), images(4)), |scene| old(scene, 4, 1));
}

#[test]
fn behind_another_prefix_in_each_shard() {
    is_caught(job(), |scene| old(scene, 8, scene.shard as u32 % 4));
}
