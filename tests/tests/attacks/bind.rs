//! Cheats with what belongs to another: root, attestation, opening, program.

use std::collections::BTreeMap;

use tequio_attestation::{Evidence, Malformed, Manifest, Source, attestation_id, open};
use tequio_protocol::{escrow::State, verifier};
use tequio_runner::pipeline::Store;
use tequio_tensor::Op;
use tequio_tests::{Job, World, job};
use tequio_verifier::ContractError;

/// Sends an opening that opens nothing.
fn opens_nothing(world: &mut World, attestation: tequio_protocol::AttestationId, opening: cosmwasm_std::Binary) {
    let stranger = world.stranger.clone();
    let refused: ContractError = world.refused(&stranger, verifier::ExecuteMsg::Open { attestation, opening }, 0);
    assert!(matches!(refused, ContractError::Malformed(_)), "{refused}");
}

fn bytes(message: &verifier::ExecuteMsg) -> cosmwasm_std::Binary {
    match message {
        verifier::ExecuteMsg::Open { opening, .. } => opening.clone(),
        other => panic!("not an opening: {other:?}"),
    }
}

#[test]
fn copying_anothers_root() {
    let mut world = World::new();
    let (alice, mallory) = (world.provider("alice"), world.provider("mallory"));
    world.post(job());
    let (honest, copy) = (world.assign(&alice, 4), world.assign(&mallory, 4));
    world.attest(&alice);
    let root = world.attestation(honest).root;
    let subject = world.assignment(copy).subject;
    world.send(&mallory.operator, verifier::ExecuteMsg::Attest { subject, root }, 0);
    world.beacon();
    // What Alice opens is of no use to Mallory: other shards, other draws.
    let opening = bytes(&world.openings(honest, 64)[0]);
    let attestation = world.attestation(copy).id;
    opens_nothing(&mut world, attestation, opening);
    world.open(&alice);
    world.settle();
    world.expire();
    assert_eq!((world.state_of(honest), world.state_of(copy)), (State::Settled, State::Lapsed));
}

#[test]
fn replaying_an_old_attestation_or_opening_for_another_job_or_shard() {
    let mut world = World::new();
    let alice = world.provider("alice");
    // The same program and inputs, twice: the same root even, but another job, and other shards.
    world.post(job());
    let first = world.assign(&alice, 4);
    let other_shards = world.assign(&alice, 4);
    world.post(job());
    let other_job = world.assign(&alice, 4);
    world.attest(&alice);
    assert_eq!(world.attestation(first).root, world.attestation(other_job).root);
    world.beacon();
    let opening = bytes(&world.openings(first, 64)[0]);
    for other in [other_shards, other_job] {
        let attestation = world.attestation(other).id;
        assert_ne!(attestation, world.attestation(first).id);
        opens_nothing(&mut world, attestation, opening.clone());
    }
    // Attesting for another's assignment attests to nothing of its.
    let mallory = world.provider("mallory");
    let (subject, root) = (world.assignment(first).subject, world.attestation(first).root);
    world.send(&mallory.operator, verifier::ExecuteMsg::Attest { subject, root }, 0);
    world.open(&alice);
    world.settle();
    assert_eq!((world.balance(&alice.owner), world.balance(&mallory.owner)), (12_000, 0));
}

#[test]
fn opening_for_another_chain_or_verifier() {
    let (root, subject) = ([1; 32], [2; 32]);
    let id = |chain, verifier, attester| attestation_id(chain, verifier, attester, &root, &subject);
    let here = id("chain-1", "verifier", "alice");
    let others = [
        id("chain-2", "verifier", "alice"),
        id("chain-1", "verifier2", "alice"),
        id("chain-1", "verifier", "bob"),
        // Nor can one name's end be another's beginning.
        id("chain-1v", "erifier", "alice"),
        id("chain-1", "verifiera", "lice"),
    ];
    assert!(others.iter().all(|other| *other != here));
}

/// Opens `world`'s only attestation under `change`d descriptors.
fn opened_as(change: impl Fn(&mut Manifest)) {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.beacon();
    let attestation = world.attestation(assignment);
    let held = world.held(assignment);
    let statement = tequio_attestation::Statement {
        program_id: attestation.subject.program_id.0.0,
        input_root: attestation.subject.input_root.0,
        first_shard: 0,
        count: 8,
        draws: 64,
        root: attestation.root.0,
        seed: attestation.round.unwrap().seed.unwrap().0,
    };
    let all = || (0..8).map(|shard| (shard, held.work.shard(shard)));
    let shard_traces: BTreeMap<_, _> =
        all().map(|(shard, inputs)| (shard, held.backend.trace(shard, &inputs).unwrap())).collect();
    let shard_inputs: BTreeMap<_, _> =
        all().map(|(shard, inputs)| (shard, inputs.into_iter().map(<[u8]>::to_vec).collect())).collect();
    let mut manifest = held.work.manifest().clone();
    change(&mut manifest);
    let manifest = Manifest::new(manifest.header, manifest.tensors, manifest.constants);
    let evidence = Evidence {
        manifest: &manifest,
        inputs: &held.work.input_tree,
        trace: &held.run.tree,
        shard_inputs: &shard_inputs,
        shard_traces: &shard_traces,
    };
    let opening = open(&statement, &evidence, 0, 64).unwrap();
    let refused = tequio_attestation::check(&statement, 0, &opening);
    assert_eq!(refused, Err(Malformed::Root { tree: "program" }));
    opens_nothing(&mut world, attestation.id, opening.into());
}

#[test]
fn changing_op_kinds_scales_or_header() {
    // A clamp that cuts nothing.
    opened_as(|manifest| {
        for tensor in &mut manifest.tensors {
            if let Source::Committed { node, .. } | Source::Virtual { node } = &mut tensor.source
                && let Op::Clamp { min, max } = &mut node.op
            {
                (*min, *max) = (-128, 127);
            }
        }
    });
    opened_as(|manifest| {
        for tensor in &mut manifest.tensors {
            if let Source::Committed { node, .. } | Source::Virtual { node } = &mut tensor.source
                && matches!(node.op, Op::Clamp { .. })
            {
                node.op = Op::Identity;
            }
        }
    });
    opened_as(|manifest| manifest.header.delta += 1);
}

#[test]
fn moving_the_draws_to_another_tensor() {
    // All tickets for the first committed tensor.
    opened_as(|manifest| {
        for tensor in &mut manifest.tensors {
            if let Source::Committed { slot, interval, .. } = &mut tensor.source {
                (interval.first, interval.last) = if *slot == 0 { (0, u32::MAX) } else { (1, 0) };
            }
        }
    });
}

#[test]
fn deleting_the_inputs_after_the_attestation() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.store = Store::memory();
    world.beacon();
    world.open(&alice);
    world.settle();
    assert_eq!(world.state_of(assignment), State::Settled);
}

#[test]
fn posting_inputs_that_do_not_exist_or_do_not_match() {
    let mut world = World::new();
    let alice = world.provider("alice");
    let other = world.offer(&Job { inputs: vec![vec![1; job().inputs[0].len()]], ..job() });
    let lie = world.post_with(job(), |spec| spec.data = other.data);
    assert!(world.fetch(lie).is_err());
    let nothing = world.post_with(job(), |spec| spec.data = "0".repeat(64));
    assert!(world.fetch(nothing).is_err());
    // Who took it unseen gives it back for a fee.
    let assignment = world.assign(&alice, 8);
    world.give_back(assignment);
    assert_eq!(world.stake(&alice).liens.u128(), 0);
}
