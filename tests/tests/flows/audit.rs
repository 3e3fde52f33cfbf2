//! Who runs a shard again sees whether it was run as its program says.

use std::sync::Arc;

use tequio_backend::cpu::Cpu;
use tequio_client::data::Undeliverable;
use tequio_protocol::AssignmentId;
use tequio_runner::{Auditor, auditor::Difference};
use tequio_tests::{World, job, wait};

fn audit(world: &World, assignment: AssignmentId, shards: &[u64]) -> anyhow::Result<Vec<Difference>> {
    let mut auditor = Auditor::new(&world.chain, world.store.clone(), Arc::new(Cpu::default()));
    wait(auditor.audit(assignment, &world.held(assignment).delivered, shards.to_vec()))
}

#[test]
fn honest_work_differs_nowhere() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let (first, second) = (world.assign(&alice, 3), world.assign(&alice, 5));
    world.attest(&alice);
    assert_eq!(audit(&world, first, &[0, 1, 2]).unwrap(), []);
    assert_eq!(audit(&world, second, &[3, 7]).unwrap(), []);
}

#[test]
fn one_wrong_element_is_found_in_its_shard() {
    let mut world = World::new();
    let mallory = world.cheat("mallory", |scene| {
        let mut shown = scene.honest.clone();
        if scene.shard == 5 {
            shown.slots[3][7] ^= 1;
        }
        shown
    });
    world.post(job());
    let (before, assignment) = (world.assign(&mallory, 2), world.assign(&mallory, 6));
    world.attest(&mallory);
    assert_eq!(audit(&world, before, &[0, 1]).unwrap(), []);
    let found = audit(&world, assignment, &[2, 3, 4, 5, 6, 7]).unwrap();
    assert_eq!(found.iter().map(|difference| difference.shard).collect::<Vec<_>>(), [5]);
    assert_ne!(found[0].attested, found[0].computed);
    assert_eq!(audit(&world, assignment, &[4, 6]).unwrap(), []);
}

#[test]
fn only_shards_of_the_assignment_under_its_root() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let (first, second) = (world.assign(&alice, 3), world.assign(&alice, 5));
    world.attest(&alice);
    for (assignment, shard) in [(first, 3), (second, 2), (second, 8), (first, u64::MAX)] {
        let refused = audit(&world, assignment, &[shard]).unwrap_err().to_string();
        assert_eq!(refused, format!("assignment {assignment} has no shard {shard}"));
    }
    let mut auditor = Auditor::new(&world.chain, world.store.clone(), Arc::new(Cpu::default()));
    let others = wait(auditor.audit(first, &world.held(second).delivered, vec![0])).unwrap_err();
    assert!(matches!(others.downcast_ref(), Some(Undeliverable::Length { wanted: 3 })), "{others:?}");
}
