//! Cheats with bytes.

use tequio_attestation::{Malformed, hash, tree::Tree};
use tequio_protocol::{AttestationId, verifier};
use tequio_tests::{World, job};
use tequio_verifier::ContractError;

/// A world with one attestation whose round is there, and the bytes that open it.
fn opening() -> (World, AttestationId, Vec<u8>) {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(tequio_tests::Job { draws: 4, ..job() });
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.beacon();
    let verifier::ExecuteMsg::Open { attestation, opening } = world.openings(assignment, 4).remove(0) else {
        panic!("an opening opens")
    };
    (world, attestation, opening.into())
}

fn refused(world: &mut World, attestation: AttestationId, opening: Vec<u8>) -> Malformed {
    let stranger = world.stranger.clone();
    let open = verifier::ExecuteMsg::Open { attestation, opening: opening.into() };
    match world.refused(&stranger, open, 0) {
        ContractError::Malformed(malformed) => malformed,
        other => panic!("{other}"),
    }
}

#[test]
fn trailing_and_missing_bytes() {
    let (mut world, attestation, opening) = opening();
    assert_eq!(refused(&mut world, attestation, [&opening[..], &[0]].concat()), Malformed::Trailing { bytes: 1 });
    for len in [0, 1, opening.len() / 2, opening.len() - 1] {
        refused(&mut world, attestation, opening[..len].to_vec());
    }
}

#[test]
fn alternative_encodings() {
    let (mut world, attestation, opening) = opening();
    let header = world.model(world.job).manifest().header.encode().len();
    // Four draws, in two bytes instead of one.
    let long = [&opening[..header], &[0x84, 0x00], &opening[header + 1..]].concat();
    assert_eq!(refused(&mut world, attestation, long), Malformed::Varint);
}

#[test]
fn any_other_byte_anywhere() {
    let (mut world, attestation, opening) = opening();
    for at in (0..opening.len()).step_by(opening.len() / 64) {
        let mut other = opening.clone();
        other[at] ^= 0x10;
        refused(&mut world, attestation, other);
    }
    // After all that, it still opens.
    let stranger = world.stranger.clone();
    world.send(&stranger, verifier::ExecuteMsg::Open { attestation, opening: opening.into() }, 0);
}

#[test]
fn second_preimages_duplicated_leaves_and_padding() {
    let leaves: Vec<_> = (0..3u8).map(|leaf| hash::leaf(&[leaf; 64])).collect();
    let tree = Tree::new(leaves.clone());
    // A node's children as a leaf's payload.
    let pair = [leaves[0], leaves[1]].concat();
    assert_ne!(hash::leaf(&pair), hash::node(&leaves[0], &leaves[1]));
    // The last leaf once more in the place that is empty, and another that is made to look empty.
    assert_ne!(Tree::new([&leaves[..], &leaves[2..]].concat()).root(), tree.root());
    assert_ne!(Tree::new([&leaves[..], &[hash::leaf(&[0; 64])]].concat()).root(), tree.root());
    // Fewer leaves that fold to the same nodes have another depth.
    assert_eq!((tree.depth(), Tree::new(vec![tree.digest(0, 1), tree.digest(1, 1)]).depth()), (2, 1));
    // Padding is not sent: payloads that differ in it are the same leaf, and the length follows from the layout.
    assert_eq!(hash::leaf(&[1, 0]), hash::leaf(&[1]));
}
