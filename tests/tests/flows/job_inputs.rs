//! A program with weights that are one input for the whole job.

use std::sync::Arc;

use tequio_program::{Plan, load};
use tequio_tests::{Job, Model, World};
use tequio_tosa::{Attribute, DType, Op, Program};

/// x · w, for every shard with the same w.
pub fn product() -> Arc<Model> {
    let mut p = Program::default();
    p.scalars();
    p.input("x", DType::INT8, &[1, 8, 16]);
    p.input("w", DType::INT8, &[1, 16, 16]);
    p.op(Op::MATMUL, Attribute::None, &["x", "w", "zero8", "zero8"], ("sum", DType::INT32, &[1, 8, 16]));
    p.rescale("sum", "y", &[1, 8, 16], [DType::INT32, DType::INT8]);
    p.output("y");
    let file = p.bytes();
    let plan = Plan::propose_with_job(&load(&file).unwrap(), &["w"]).unwrap();
    Model::new(file, Some(plan))
}

#[test]
fn weights_of_the_job_are_opened_once_for_all_shards() {
    let mut world = World::new();
    let alice = world.provider("alice");
    let model = product();
    world.post(Job::of(model.clone(), model.noise(8)));
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.beacon();
    world.open(&alice);
    assert!(world.verdict(assignment).agreed());
    assert_eq!(world.settle().len(), 1);
}
