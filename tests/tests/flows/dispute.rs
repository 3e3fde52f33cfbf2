//! A dispute: where an audit job and what it audits differ, one element shows who is wrong, and he is refuted.

use tequio_protocol::{
    AssignmentId, TypedEvent,
    escrow::{Ended, Ending},
    verifier::{Refuted, Verdict},
};
use tequio_runner::{
    Found,
    auditor::{Dispute, NoAudit},
};
use tequio_tests::{Job, Provider, STAKE, Scene, Serves, World, job, wait};

use super::{
    audit_job::{attests, drawn, request, worked},
    job_inputs::product,
};

/// A provider that changes one value, `byte` of the output, in every shard.
fn saboteur(world: &mut World, name: &str, byte: usize) -> Provider {
    world.cheat(name, move |scene: &Scene| {
        let mut shown = scene.honest.clone();
        shown.slots[3][byte] ^= 1;
        shown
    })
}

/// `auditor` takes an audit of three shards of an assignment, and attests to it.
fn audits(world: &mut World, assignment: AssignmentId, auditor: &Provider) -> AssignmentId {
    world.audit(request(assignment, &[auditor])).unwrap();
    let audit = world.assign(auditor, 3);
    attests(world, auditor);
    assert!(world.verdict(audit).agreed(), "a draw fell on it: {:?}", world.verdict(audit));
    audit
}

/// The client compares both, and everybody serves what it is asked for.
fn disputes(world: &World, pair: [AssignmentId; 2]) -> anyhow::Result<Vec<Dispute>> {
    world.dispute(pair, Serves::Everything)
}

fn dispute(shard: u64, found: [Found; 2]) -> Dispute {
    Dispute { shard, found }
}

fn ending(ended: &[Ended], assignment: AssignmentId) -> Ending {
    ended.iter().find(|ended| ended.assignment == assignment).expect("ended").ending
}

fn is_refuted(world: &World, assignment: AssignmentId) -> bool {
    matches!(world.verdict(assignment), Verdict::Refuted { .. })
}

#[test]
fn a_saboteur_is_found_and_he_alone_is_refuted() {
    let mut world = World::new();
    let (mallory, bob) = (saboteur(&mut world, "mallory", 7), world.provider("bob"));
    let assignment = worked(&mut world, &mallory, job());
    let audit = audits(&mut world, assignment, &bob);
    let found = disputes(&world, [assignment, audit]).unwrap();
    let all = drawn(&world, assignment).into_iter().map(|shard| dispute(shard, [Found::Refuted, Found::Same]));
    assert_eq!(found, all.collect::<Vec<_>>());
    let Verdict::Refuted { by, .. } = world.verdict(assignment) else { panic!("not refuted") };
    assert_eq!(by, world.client.to_string());
    assert!(world.verdict(audit).agreed());

    let lien = world.assignment(assignment).lien.u128();
    let ended = world.settle();
    assert_eq!((ending(&ended, assignment), ending(&ended, audit)), (Ending::Refuted, Ending::Settled));
    assert_eq!((world.balance(&mallory.owner), world.balance(&bob.owner)), (0, 3 * 2_000));
    assert_eq!((world.stake(&mallory).stake.u128(), world.stake(&bob).stake.u128()), (STAKE - lien, STAKE));
}

#[test]
fn a_lying_auditor_is_refuted_and_the_honest_provider_is_paid() {
    let mut world = World::new();
    let (alice, liar) = (world.provider("alice"), saboteur(&mut world, "liar", 7));
    let assignment = worked(&mut world, &alice, job());
    let audit = audits(&mut world, assignment, &liar);
    let found = disputes(&world, [assignment, audit]).unwrap();
    assert!(
        found.len() == 3 && found.iter().all(|dispute| dispute.found == [Found::Same, Found::Refuted]),
        "{found:?}"
    );
    let ended = world.settle();
    assert_eq!((ending(&ended, assignment), ending(&ended, audit)), (Ending::Settled, Ending::Refuted));
    assert_eq!((world.balance(&alice.owner), world.balance(&liar.owner)), (8 * 1_000, 0));
    assert_eq!(world.stake(&alice).stake.u128(), STAKE);
}

#[test]
fn who_agrees_is_paid_and_nothing_is_sent() {
    let inputs_of_the_job = Job::of(product(), product().noise(8));
    for job in [job(), inputs_of_the_job] {
        let mut world = World::new();
        let (alice, bob) = (world.provider("alice"), world.provider("bob"));
        let assignment = worked(&mut world, &alice, job);
        let audit = audits(&mut world, assignment, &bob);
        // Nobody is asked for what does not differ.
        assert_eq!(world.dispute([assignment, audit], Serves::Delivery).unwrap(), []);
        let ended = world.settle();
        assert_eq!((ending(&ended, assignment), ending(&ended, audit)), (Ending::Settled, Ending::Settled));
        assert_eq!((world.balance(&alice.owner), world.balance(&bob.owner)), (8 * 1_000, 3 * 2_000));
    }
}

/// In the same element with other values, or one before the other: the first that differs shows each of them what it shows.
#[test]
fn two_liars_are_both_refuted() {
    let mut world = World::new();
    let mallory = saboteur(&mut world, "mallory", 7);
    let assignment = worked(&mut world, &mallory, job());
    let drawn = drawn(&world, assignment);
    let other = world.cheat("the other", |scene| {
        let mut shown = scene.honest.clone();
        shown.slots[3][7] ^= 2;
        shown
    });
    let audit = audits(&mut world, assignment, &other);
    let found = disputes(&world, [assignment, audit]).unwrap();
    assert_eq!(found[0], dispute(drawn[0], [Found::Refuted; 2]));
    assert!(is_refuted(&world, assignment) && is_refuted(&world, audit));
    let ended = world.settle();
    assert_eq!((ending(&ended, assignment), ending(&ended, audit)), (Ending::Refuted, Ending::Refuted));

    // In other elements, each is wrong in the first that differs of some shard.
    let mut world = World::new();
    let mallory = saboteur(&mut world, "mallory", 7);
    let assignment = worked(&mut world, &mallory, job());
    let early = world.cheat("early", |scene| {
        let mut shown = scene.honest.clone();
        if scene.shard == 1 {
            shown.slots[3][3] ^= 1;
        }
        shown
    });
    let audit = audits(&mut world, assignment, &early);
    let found = disputes(&world, [assignment, audit]).unwrap();
    let found: Vec<_> = found.into_iter().map(|dispute| dispute.found).collect();
    // In the second both are wrong.
    let first = [Found::Refuted, Found::Same];
    assert_eq!(found, [first, [Found::Refuted; 2], first]);
    assert!(is_refuted(&world, assignment) && is_refuted(&world, audit));
}

#[test]
fn several_takers_share_an_audit() {
    let mut world = World::new();
    let (mallory, bob, liar) =
        (saboteur(&mut world, "mallory", 7), world.provider("bob"), saboteur(&mut world, "liar", 7));
    let assignment = worked(&mut world, &mallory, job());
    let drawn = drawn(&world, assignment);
    world.audit(request(assignment, &[&bob, &liar])).unwrap();
    let (copied, found) = (world.assign(&liar, 1), world.assign(&bob, 2));
    attests(&mut world, &liar);
    attests(&mut world, &bob);
    // Who makes the same mistake agrees.
    assert_eq!(disputes(&world, [assignment, copied]).unwrap(), []);
    let rest = drawn[1..].iter().map(|&shard| dispute(shard, [Found::Refuted, Found::Same]));
    assert_eq!(disputes(&world, [assignment, found]).unwrap(), rest.collect::<Vec<_>>());
}

/// Two assignments that have nothing to do with each other refute nobody.
#[test]
fn what_is_no_audit_shows_nothing() {
    let mut world = World::new();
    let (mallory, bob) = (saboteur(&mut world, "mallory", 7), world.provider("bob"));
    let assignment = worked(&mut world, &mallory, job());
    world.post_with(job(), |spec| spec.takers = vec![bob.owner.to_string()]);
    let unrelated = world.assign(&bob, 8);
    attests(&mut world, &bob);
    let error = disputes(&world, [assignment, unrelated]).unwrap_err().downcast::<NoAudit>().unwrap();
    assert_eq!(error, NoAudit { audited: assignment, audit: unrelated });
}

/// Who does not serve, or serves what is not attested, is made to reveal on the chain.
#[test]
fn what_is_not_served_is_demanded() {
    for serves in [Serves::Nothing, Serves::Delivery, Serves::Wrong] {
        let mut world = World::new();
        let (mallory, bob) = (saboteur(&mut world, "mallory", 7), world.provider("bob"));
        let assignment = worked(&mut world, &mallory, job());
        let audit = audits(&mut world, assignment, &bob);
        let found = world.dispute([assignment, audit], serves).unwrap();
        assert!(found.iter().all(|dispute| matches!(dispute.found[0], Found::Waits(_))), "{found:?}");
        let stranger = world.stranger.clone();
        while !is_refuted(&world, assignment) {
            world.reveal_all(&stranger, assignment);
            world.reveal_all(&stranger, audit);
            world.dispute([assignment, audit], serves).unwrap();
        }
        assert!(world.verdict(audit).agreed());
    }
}

/// Whoever is quicker ends the same cheat; what is final stays.
#[test]
fn what_is_final_stays() {
    let mut world = World::new();
    let (mallory, bob) = (saboteur(&mut world, "mallory", 7), world.provider("bob"));
    let assignment = worked(&mut world, &mallory, job());
    let audit = audits(&mut world, assignment, &bob);
    let first = disputes(&world, [assignment, audit]).unwrap();
    let refuted = world.verdict(assignment);
    assert_eq!(disputes(&world, [assignment, audit]).unwrap(), first);
    assert_eq!(world.verdict(assignment), refuted);
    assert_eq!(Refuted::all(&events(&world)).len(), 1);
}

fn events(world: &World) -> Vec<cosmwasm_std::Event> {
    let (all, _) = wait(tequio_client::Chain::events(&world.chain, 0)).unwrap();
    all.into_iter().map(|(_, event)| event).collect()
}
