//! One wrong value, in the outputs or anywhere: draws almost never fall on it, who runs the shard again finds it, and one
//! message ends the attestation.

use std::sync::Arc;

use cosmwasm_std::Addr;
use tequio_attestation::{
    Digest, Outcome, Position, ShardTrace, Statement, TensorId, hash::tagged, shard_tree, tensor_tree, tree::Tree,
};
use tequio_backend::{Backend, cpu::Cpu};
use tequio_protocol::{
    AssignmentId,
    escrow::Ending,
    verifier::{AttestationResponse, ExecuteMsg, Verdict},
};
use tequio_runner::{
    Auditor,
    auditor::{RefuteError, refute},
    traces,
};
use tequio_tests::{STAKE, World, job, wait};

/// The shard in which one value is wrong.
const SHARD: u64 = 5;

/// Mallory takes all of a job and changes one element of one tensor in one shard.
fn mallory(slot: usize, byte: usize) -> (World, tequio_tests::Provider, AssignmentId) {
    let mut world = World::new();
    let mallory = world.cheat("mallory", move |scene| {
        let mut shown = scene.honest.clone();
        if scene.shard == SHARD {
            shown.slots[slot][byte] ^= 1;
        }
        shown
    });
    world.post(job());
    let assignment = world.assign(&mallory, 8);
    world.attest(&mallory);
    (world, mallory, assignment)
}

/// What its provider shows of a shard, and where: of its own trace, it has no choice.
fn served(world: &World, assignment: AssignmentId, shard: u64) -> (ShardTrace, String) {
    let held = world.held(assignment);
    let trace = held.executable.trace(&held.data.inputs, shard).unwrap();
    let key = wait(traces::store(&world.store, &trace)).unwrap();
    (trace, key)
}

fn watches(world: &World, watcher: &Addr, assignment: AssignmentId, shard: u64) -> anyhow::Result<bool> {
    let mut auditor = Auditor::new(&world.chain, world.store.clone(), Arc::new(Cpu::default()));
    let (_, key) = served(world, assignment, shard);
    wait(auditor.refute(watcher, assignment, &world.held(assignment).delivered, shard, &key))
}

#[test]
fn one_honest_watcher_is_enough() {
    for slot in 0..4 {
        let (mut world, mallory, assignment) = mallory(slot, 2);
        let (lien, watcher) = (world.assignment(assignment).lien.u128(), world.actor("watcher"));
        world.beacon();
        world.open(&mallory);
        // Whether a draw fell on it or not: what follows is the same.
        if !world.verdict(assignment).agreed() {
            continue;
        }
        for right in [0, 4, 7] {
            assert!(!watches(&world, &watcher, assignment, right).unwrap());
        }
        assert!(watches(&world, &watcher, assignment, SHARD).unwrap());
        let Verdict::Refuted { by, wrong } = world.verdict(assignment) else { panic!("not refuted") };
        assert_eq!((by.as_str(), wrong.shard), (watcher.as_str(), SHARD));
        assert_ne!(wrong.claimed, wrong.computed);

        let ended = world.settle();
        assert_eq!((ended[0].ending, ended[0].paid.u128(), ended[0].slashed.u128()), (Ending::Refuted, 0, lien));
        assert_eq!((world.balance(&mallory.owner), world.stake(&mallory).stake.u128()), (0, STAKE - lien));
        let thanks = world.compensation(&watcher);
        assert!(thanks > 0 && 5 * thanks <= lien, "{thanks} of {lien}");
        let alice = world.provider("alice");
        world.assign(&alice, 8);
        world.complete(&alice);
        assert_eq!(world.balance(&alice.owner), 8_000);
    }
}

/// Before the round is there, and whatever the draws would have shown.
#[test]
fn nobody_needs_the_beacon_for_it() {
    let (mut world, _, assignment) = mallory(3, 0);
    let watcher = world.actor("watcher");
    assert!(watches(&world, &watcher, assignment, SHARD).unwrap());
    assert!(matches!(world.verdict(assignment), Verdict::Refuted { .. }));
}

/// A friend that refutes first gets less than a fifth of what is lost, and four fifths are burned.
#[test]
fn refuting_yourself_saves_no_stake() {
    let (mut world, mallory, assignment) = mallory(3, 0);
    let lien = world.assignment(assignment).lien.u128();
    assert!(watches(&world, &mallory.owner.clone(), assignment, SHARD).unwrap());
    world.settle();
    let left = world.stake(&mallory).stake.u128() + world.compensation(&mallory.owner);
    assert!(STAKE - left >= lien * 4 / 5, "{} lost of {lien}", STAKE - left);
}

/// Honest work stands whatever a watcher shows: another trace is not the attested one.
#[test]
fn no_trace_of_ones_own_refutes_another() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    let held = world.held(assignment);
    let (mut made_up, _) = served(&world, assignment, SHARD);
    made_up.slots[2][0] ^= 1;
    let roots = held.run.tree.leaves().to_vec();
    let attestation = world.attestation(assignment);
    let of =
        |trace: ShardTrace, shard| refute(&held.data, &*held.executable, &attestation, roots.clone(), shard, trace);
    assert!(matches!(of(made_up, SHARD), Err(RefuteError::OtherTrace { shard: SHARD, .. })));
    let (trace, _) = served(&world, assignment, SHARD);
    assert!(matches!(of(trace.clone(), 8), Err(RefuteError::Shard(_, 8))));
    assert_eq!(of(trace, SHARD).unwrap(), None);
}

/// Whoever copies the message on its way is thanked instead, and the cheat is ended all the same.
#[test]
fn who_copies_the_message_ends_the_cheat_too() {
    let (mut world, _, assignment) = mallory(3, 0);
    let (trace, _) = served(&world, assignment, SHARD);
    let honest = world.data(world.job);
    let executable = Cpu::default().prepare(honest.compiled.manifest.clone()).unwrap();
    let roots = world.held(assignment).run.tree.leaves().to_vec();
    let attestation = world.attestation(assignment);
    let message = refute(&honest, &*executable, &attestation, roots, SHARD, trace).unwrap().expect("something wrong");
    assert!(matches!(message, ExecuteMsg::Refute { .. }));
    let copier = world.actor("copier");
    world.send(&copier, message.clone(), 0);
    let watcher = world.actor("watcher");
    let refused: tequio_verifier::ContractError = world.refused(&watcher, message, 0);
    assert!(matches!(refused, tequio_verifier::ContractError::Closed { verdict: "refuted", .. }), "{refused}");
}

/// Any one bit of any committed tensor in any shard, a thousand times: what is shown is false, and nothing else is.
#[test]
fn every_single_element_sabotage_in_a_shard_that_is_run_again_is_found() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    let (held, attestation) = (world.held(assignment), world.attestation(assignment));
    let (data, executable) = (&held.data, &*held.executable);
    let manifest = data.manifest();
    for n in 0..1_000u32 {
        let dice = tagged("one wrong value", &[&n.to_be_bytes()]).0;
        let shard = u64::from(dice[0] % 8);
        let mut shown = executable.trace(&data.inputs, shard).unwrap();
        let slot = dice[1] as usize % shown.slots.len();
        let byte = u16::from_be_bytes([dice[2], dice[3]]) as usize % shown.slots[slot].len();
        shown.slots[slot][byte] ^= 1 << (dice[4] % 8);
        let trees = manifest.committed().into_iter().zip(&shown.slots);
        let tree =
            |((id, layout), bytes): ((TensorId, _), &Vec<u8>)| tensor_tree(&manifest.descriptor(id).ty, layout, bytes);
        let mut roots = held.run.tree.leaves().to_vec();
        roots[shard as usize] = shard_tree(&trees.map(tree).collect::<Vec<_>>()).root();
        let root = Tree::new(roots.clone()).root();
        let spoiled = AttestationResponse { root, ..attestation.clone() };
        let message = refute(data, executable, &spoiled, roots, shard, shown).unwrap().expect("something is wrong");
        let ExecuteMsg::Refute { element, opening, .. } = message else { panic!("{message:?}") };
        let statement = Statement { subject: spoiled.subject, root, seed: Digest::default() };
        let found = tequio_attestation::refute(&statement, Position { shard, element }, &opening).unwrap();
        let Outcome::Disagreed(wrong) = found else { panic!("{found:?}") };
        let width = manifest.descriptor(TensorId(wrong.tensor)).ty.dtype.bytes();
        assert_eq!((wrong.shard, wrong.element as usize), (shard, byte / width));
        // Under the honest root the same bytes show nothing.
        let honest = Statement { root: attestation.root, ..statement };
        assert!(tequio_attestation::refute(&honest, Position { shard, element }, &opening).is_err());
    }
}
