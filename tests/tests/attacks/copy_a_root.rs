//! Copy another's root; replay an old attestation; open for another job, shard, chain or program.

use tequio_attestation::{Digest, attestation_id};
use tequio_embedded::Setup;
use tequio_protocol::{
    AssignmentId,
    escrow::{self, Ending, NotYet},
    verifier::{ExecuteMsg, Verdict},
};
use tequio_tests::{Job, World, job, model::bottleneck};
use tequio_verifier::ContractError;

/// The whole opening of an assignment, sent for the attestation of another: refused.
fn does_not_open(world: &mut World, from: AssignmentId, for_: AssignmentId) {
    let ExecuteMsg::Open { opening, .. } = world.openings(from, u32::MAX).remove(0) else { panic!() };
    refuses(world, for_, opening.to_vec());
}

fn refuses(world: &mut World, for_: AssignmentId, opening: Vec<u8>) {
    let (stranger, message) = (world.stranger.clone(), world.opening(for_, opening));
    let refused: ContractError = world.refused(&stranger, message, 0);
    assert!(matches!(refused, ContractError::Malformed(_)), "{refused}");
    assert_eq!(world.verdict(for_), Verdict::Pending {});
}

#[test]
fn a_copied_root_cannot_be_opened() {
    let mut world = World::new();
    let (alice, mallory) = (world.provider("alice"), world.provider("mallory"));
    world.post(job());
    let honest = world.assign(&alice, 4);
    let copied = world.assign(&mallory, 4);
    world.attest(&alice);
    let root = world.attestation(honest).root;
    world.attest_root(&mallory, copied, root);
    world.beacon();
    does_not_open(&mut world, honest, copied);
    // Not even with what she would have computed herself.
    does_not_open(&mut world, copied, copied);

    world.open(&alice);
    assert_eq!(world.settle()[0].ending, Ending::Settled);
    assert_eq!(world.expire()[0].ending, Ending::Lapsed);
    assert_eq!((world.balance(&alice.owner), world.balance(&mallory.owner)), (4_000, 0));
}

#[test]
fn an_old_attestation_is_for_the_old_assignment() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let old = world.assign(&alice, 8);
    world.complete(&alice);
    // The same work again, posted by who forgot.
    world.post(job());
    let new = world.assign(&alice, 8);
    assert_ne!(world.assignment(old).subject, world.assignment(new).subject);
    world.pass(605);
    let (stranger, now) = (world.stranger.clone(), world.chain.moment());
    let refused: tequio_escrow::ContractError =
        world.refused(&stranger, escrow::ExecuteMsg::Settle { assignments: vec![new] }, 0);
    let reason = NotYet::Unattested { attest_by: world.assignment(new).attest_by, now };
    assert_eq!(refused, tequio_escrow::ContractError::NotYet { assignment: new, reason });
}

#[test]
fn an_opening_is_for_one_attestation() {
    let mut world = World::new();
    let (alice, bob) = (world.provider("alice"), world.provider("bob"));
    let first = world.post(job());
    let second = world.post(job());
    let other = world.post(Job::of(bottleneck(), bottleneck().noise(4)));
    // Another range, another job, another provider, another program.
    let assignments = [
        world.assign_of(first, &alice, 4),
        world.assign_of(first, &alice, 4),
        world.assign_of(second, &alice, 4),
        world.assign_of(second, &bob, 4),
        world.assign_of(other, &alice, 4),
    ];
    world.attest(&alice);
    world.attest(&bob);
    world.beacon();
    // The root of the two providers and jobs is the same wherever the shards are.
    assert_eq!(world.attestation(assignments[0]).root, world.attestation(assignments[2]).root);
    assert_eq!(world.attestation(assignments[1]).root, world.attestation(assignments[3]).root);
    for from in assignments {
        for for_ in assignments.into_iter().filter(|for_| *for_ != from) {
            does_not_open(&mut world, from, for_);
        }
    }
    world.open(&alice);
    world.open(&bob);
    assert!(assignments.into_iter().all(|id| world.verdict(id).agreed()));
}

#[test]
fn an_opening_is_for_one_chain() {
    let drawn = |chain_id: &str| {
        let mut world = World::with(Setup { chain_id: chain_id.into(), ..Setup::default() });
        let alice = world.provider("alice");
        world.post(job());
        let assignment = world.assign(&alice, 8);
        world.attest(&alice);
        world.beacon();
        (world, assignment)
    };
    let ((here, assignment), (mut there, same)) = (drawn("here"), drawn("there"));
    // Nothing else is different.
    let [one, other] = [here.attestation(assignment), there.attestation(same)];
    assert_eq!((one.root, one.subject, one.attester), (other.root, other.subject, other.attester));
    assert_eq!(one.round.as_ref().unwrap().round, other.round.as_ref().unwrap().round);
    assert_ne!((one.id, one.round.unwrap().seed), (other.id, other.round.unwrap().seed));
    let ExecuteMsg::Open { opening, .. } = here.openings(assignment, u32::MAX).remove(0) else { panic!() };
    refuses(&mut there, same, opening.to_vec());
}

#[test]
fn every_name_in_an_attestation_counts() {
    let id = |chain, verifier, attester| {
        attestation_id(chain, verifier, attester, &Digest([1; 32]), &Digest([2; 32]).into())
    };
    let here = id("chain-1", "verifier", "alice");
    assert_eq!(here, id("chain-1", "verifier", "alice"));
    for other in [
        id("chain-2", "verifier", "alice"),
        id("chain-1", "verifies", "alice"),
        id("chain-1", "verifier", "malice"),
        // Nor can the end of one name be the beginning of the next.
        id("chain-1v", "erifier", "alice"),
        id("chain-1", "verifiera", "lice"),
    ] {
        assert_ne!(here, other);
    }
}
