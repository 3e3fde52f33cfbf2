//! Second preimage, duplicated leaves, wrong depth, non-zero padding, trailing bytes, alternative encodings.

use std::sync::Arc;

use tequio_attestation::{
    Descriptor, Digest, Header, Layout, Malformed, check,
    codec::Reader,
    hash::{ABSENT, leaf, node},
    shard_tree, tensor_tree,
    tree::Tree,
};
use tequio_backend::{Flow, ShardResult};
use tequio_protocol::{AssignmentId, escrow::Ending, verifier::ExecuteMsg};
use tequio_tensor::Type;
use tequio_tests::{
    Job, Model, Provider, World, job,
    model::{digits, images, layers},
};
use tequio_verifier::ContractError;

/// A world in which alice's honest attestation is drawn, with its opening.
fn drawn() -> (World, Provider, AssignmentId, Vec<u8>) {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(Job { draws: 4, ..job() });
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.beacon();
    let ExecuteMsg::Open { opening, .. } = world.openings(assignment, 4).remove(0) else { panic!() };
    (world, alice, assignment, opening.into())
}

fn refuse(world: &mut World, sender: &Provider, assignment: AssignmentId, opening: Vec<u8>) -> Malformed {
    let message = world.opening(assignment, opening);
    match world.refused(&sender.operator, message, 0) {
        ContractError::Malformed(malformed) => malformed,
        other => panic!("{other}"),
    }
}

#[test]
fn no_other_bytes_open_it() {
    let (mut world, alice, assignment, opening) = drawn();
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut changed = opening.clone();
        change(&mut changed);
        changed
    };
    let end = opening.len() - 1;
    assert_eq!(refuse(&mut world, &alice, assignment, with(&|bytes| bytes.push(0))), Malformed::Trailing { bytes: 1 });
    assert_eq!(
        refuse(&mut world, &alice, assignment, with(&|bytes| bytes.extend([0; 32]))),
        Malformed::Trailing { bytes: 32 }
    );
    assert_eq!(refuse(&mut world, &alice, assignment, opening[..end].to_vec()), Malformed::Truncated);
    assert_eq!(refuse(&mut world, &alice, assignment, vec![]), Malformed::Truncated);
    assert_eq!(refuse(&mut world, &alice, assignment, with(&|bytes| bytes[0] += 1)), Malformed::Version { version: 3 });
    // The number of draws, 4, in two bytes.
    let draws = layers().manifest().header.encode().len();
    assert_eq!(opening[draws], 4);
    let long = with(&|bytes| drop(bytes.splice(draws..draws + 1, [0x84, 0])));
    assert_eq!(refuse(&mut world, &alice, assignment, long), Malformed::Varint);

    // Whatever bit is turned. Once is enough to see it on the chain: each is checked as the contract does.
    let statement = world.statement(assignment);
    for at in 0..opening.len() {
        let flipped = with(&|bytes| bytes[at] ^= 1 << (at % 8));
        assert!(check(&statement, 0, &flipped).is_err(), "byte {at}");
    }
    refuse(&mut world, &alice, assignment, with(&|bytes| bytes[end] ^= 1));
    let message = world.opening(assignment, opening);
    world.send(&alice.operator, message, 0);
    assert!(world.verdict(assignment).agreed());
}

#[test]
fn a_leaf_has_one_form() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(Job { draws: 1, ..Job::of(digits(), images(8)) });
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.beacon();
    let ExecuteMsg::Open { opening, .. } = world.openings(assignment, 1).remove(0) else { panic!() };
    let opening: Vec<u8> = opening.into();

    // The number of draws, the drawn tensor, its descriptor, and then the leaf.
    let mut r = Reader::new(&opening);
    Header::decode(&mut r).unwrap();
    r.varint32().unwrap();
    r.varint32().unwrap();
    let drawn = Descriptor::decode_shown(&mut r).unwrap();
    let from = r.position();
    let len = drawn.layout().unwrap().payload_len(&drawn.ty, 0);
    let payload = r.leaf(len).unwrap();
    let (before, form, after) = (&opening[..from], r.since(from), &opening[r.position()..]);
    // Whichever form it has, the other is refused.
    let other = match form[0] {
        0 => [&[1, payload[0]], &payload.chunks(8).map(|_| 0xff).collect::<Vec<u8>>()[..], &payload].concat(),
        _ => [&[0], &payload[..]].concat(),
    };
    assert!(form.len() < other.len());
    assert_eq!(refuse(&mut world, &alice, assignment, [before, &other, after].concat()), Malformed::Form);
    let message = world.opening(assignment, opening.clone());
    world.send(&alice.operator, message, 0);
    assert!(world.verdict(assignment).agreed());
}

#[test]
fn an_inner_node_is_no_leaf_and_a_leaf_no_node() {
    let (left, right) = (Digest([1; 32]), Digest([2; 32]));
    assert_ne!(leaf(&[left.0, right.0].concat()), node(&left, &right));

    // A tensor of two leaves, and one of a single leaf that holds their digests.
    let (model, ty, fine) = finer();
    let honest = tensor_tree(&ty, fine, &model.trace(&first_inputs(&model)).slots[0]);
    let payload = [honest.digest(0, 1).0, honest.digest(1, 1).0].concat();
    assert_ne!(Tree::new(vec![leaf(&payload)]).root(), honest.root());
}

#[test]
fn a_duplicated_leaf_is_another_tree() {
    let leaves: Vec<Digest> = (1..=3).map(|byte| Digest([byte; 32])).collect();
    let mut twice = leaves.clone();
    twice.push(leaves[2]);
    assert_ne!(Tree::new(leaves.clone()).root(), Tree::new(twice).root());
    // A tree with an absent last leaf is the same tree, but nothing can be opened there.
    let absent = [&leaves[..], &[ABSENT]].concat();
    assert_eq!(Tree::new(leaves).root(), Tree::new(absent).root());
}

#[test]
fn a_shard_left_absent_cannot_be_opened() {
    let mut world = World::new();
    let mallory = world.provider("mallory");
    world.post(job());
    let assignment = world.assign(&mallory, 4);
    let run = world.run(&mallory, assignment).run;
    // Three shards done, the fourth left out.
    let mut roots: Vec<Digest> = run.tree.leaves().to_vec();
    roots[3] = ABSENT;
    world.attest_root(&mallory, assignment, Tree::new(roots).root());
    world.beacon();
    let ExecuteMsg::Open { opening, .. } = world.openings(assignment, u32::MAX).remove(0) else { panic!() };
    assert_eq!(refuse(&mut world, &mallory, assignment, opening.into()), Malformed::Root { tree: "trace" });
    assert_eq!(world.expire()[0].ending, Ending::Lapsed);
}

#[test]
fn a_tree_of_another_depth_cannot_be_opened() {
    // Leaves of half the size: one level more.
    let (_, _, fine) = finer();
    cannot_be_opened(move |model, bytes, slot| {
        let (id, layout) = model.manifest().committed()[slot];
        let layout = if slot == 0 { fine } else { layout };
        tensor_tree(&model.manifest().descriptor(id).ty, layout, bytes).root()
    });
}

#[test]
fn padding_is_zeros_and_nothing_else() {
    // The digits' output: 40 bytes in a leaf of 64.
    let mut world = World::new();
    let mallory = world.provider("mallory");
    world.post(Job { draws: 32, ..Job::of(digits(), images(2)) });
    let assignment = world.assign(&mallory, 2);
    let held = world.run(&mallory, assignment);
    let mut shards = vec![];
    let pad = |_, shard: ShardResult| {
        let mut roots = shard.roots.clone();
        let padded = [&shard.outputs[0][..], &[1; 24]].concat();
        assert_eq!((shard.outputs[0].len(), leaf(&shard.outputs[0])), (40, roots[roots.len() - 1]));
        *roots.last_mut().unwrap() = leaf(&padded);
        shards.push(Tree::new(roots).root());
        Flow::Continue(())
    };
    held.executable.commit(&held.data.inputs, 0..2, &mut { pad }).unwrap();
    let root = Tree::new(shards).root();
    world.attest_root(&mallory, assignment, root);
    world.beacon();
    let ExecuteMsg::Open { opening, .. } = world.openings(assignment, u32::MAX).remove(0) else { panic!() };
    assert_eq!(refuse(&mut world, &mallory, assignment, opening.into()), Malformed::Root { tree: "trace" });
    assert_eq!(world.expire()[0].ending, Ending::Lapsed);
}

/// Mallory computes everything, but hashes tensors (by slot) to what `root` says.
fn cannot_be_opened(root: impl Fn(&Model, &[u8], usize) -> Digest) {
    let mut world = World::new();
    let mallory = world.provider("mallory");
    world.post(job());
    let assignment = world.assign(&mallory, 1);
    let trace = layers().trace(&first_inputs(&layers()));
    let roots = trace.slots.iter().enumerate().map(|(slot, bytes)| root(&layers(), bytes, slot)).collect();
    world.attest_root(&mallory, assignment, Tree::new(roots).root());
    world.beacon();
    let ExecuteMsg::Open { opening, .. } = world.openings(assignment, u32::MAX).remove(0) else { panic!() };
    assert_eq!(refuse(&mut world, &mallory, assignment, opening.into()), Malformed::Root { tree: "trace" });
    assert_eq!(world.expire()[0].ending, Ending::Lapsed);
}

fn first_inputs(model: &Model) -> Vec<Vec<u8>> {
    model.noise(1)
}

/// The small program, and the first tensor it commits to in two leaves instead of one.
fn finer() -> (Arc<Model>, Type, Layout) {
    let model = layers();
    let (id, layout) = model.manifest().committed()[0];
    let ty = model.manifest().descriptor(id).ty;
    let fine = Layout::new(layout.leaf_log2 - 1, layout.row, &ty).unwrap();
    assert_eq!((layout.leaves(&ty), fine.leaves(&ty)), (1, 2));
    (model, ty, fine)
}

#[test]
fn a_trees_shape_follows_from_counts() {
    // What `cannot_be_opened` relies on: hashed as the program says, the same root comes out.
    let trace = layers().trace(&first_inputs(&layers()));
    let trees: Vec<Tree> = layers()
        .manifest()
        .committed()
        .iter()
        .zip(&trace.slots)
        .map(|((id, layout), bytes)| tensor_tree(&layers().manifest().descriptor(*id).ty, *layout, bytes))
        .collect();
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 1);
    assert_eq!(world.run(&alice, assignment).run.root(), shard_tree(&trees).root());
}
