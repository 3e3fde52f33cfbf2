//! Skip work, fill with noise, skip whole ops, do only the cheap ones, compute a cheaper surrogate.

use std::collections::BTreeMap;

use tequio_adversary::{follow, heaviest, skip};
use tequio_attestation::{Manifest, ShardTrace, Source};
use tequio_tensor::DType;
use tequio_tests::{
    Job, Scene, job,
    model::{digits, images, layered_digits, noise},
};

use crate::is_caught;

/// Claims some slots and computes what comes after from them.
fn claim(scene: &Scene, claims: impl IntoIterator<Item = (u32, Vec<u8>)>) -> ShardTrace {
    follow(scene.manifest, &scene.inputs, &claims.into_iter().collect()).trace
}

fn length(scene: &Scene, slot: u32) -> usize {
    scene.honest.slots[slot as usize].len()
}

#[test]
fn noise_instead_of_everything() {
    is_caught(job(), |scene| {
        let slots = 0..scene.manifest.header.committed;
        claim(scene, slots.map(|slot| (slot, noise(scene.shard, length(scene, slot)))))
    });
}

#[test]
fn zeros_instead_of_one_tensor() {
    for slot in 0..4 {
        let job = Job { draws: 128, ..job() };
        is_caught(job, move |scene| claim(scene, [(slot, vec![0; length(scene, slot)])]));
    }
}

#[test]
fn plausible_values_instead_of_the_heaviest_tensor() {
    let job = Job { draws: 64, ..Job::of(digits(), images(3)) };
    is_caught(job, |scene| {
        let manifest = scene.manifest;
        skip(manifest, &scene.inputs, &scene.honest, heaviest(manifest)).trace
    });
}

#[test]
fn a_whole_op_left_out() {
    // What the layer before gave, handed on.
    is_caught(job(), |scene| claim(scene, [(2, scene.honest.slots[1].clone())]));
}

#[test]
fn only_the_cheap_ops() {
    // Convolutions made up, only the last dense layer done.
    let job = Job { draws: 64, ..Job::of(layered_digits(), images(3)) };
    is_caught(job, |scene| claim(scene, (0..4).map(|slot| (slot, noise(7, length(scene, slot))))));
}

#[test]
fn a_surrogate_that_sums_a_quarter_of_the_channels() {
    is_caught(job(), |scene| follow(&pruned(scene.manifest), &scene.inputs, &BTreeMap::new()).trace);
}

/// The same program with three of four input channels of every weight zero.
fn pruned(manifest: &Manifest) -> Manifest {
    let mut pruned = manifest.clone();
    for (tensor, constant) in manifest.tensors.iter().zip(&mut pruned.constants) {
        let dims = tensor.ty.shape.dims();
        if matches!(tensor.source, Source::Constant { .. }) && tensor.ty.dtype == DType::I8 && dims.len() == 4 {
            for channels in constant.chunks_mut(dims[3] as usize) {
                channels[dims[3] as usize / 4..].fill(0);
            }
        }
    }
    assert_ne!(pruned.constants, manifest.constants);
    pruned
}
