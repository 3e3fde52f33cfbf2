//! `refute`: anyone shows one element that does not follow.

use tequio_attestation::Malformed;
use tequio_protocol::{
    AttestationId,
    verifier::{ExecuteMsg, Mismatch, Refuted, Subject, Terms, Verdict},
};
use tequio_verifier::ContractError;

use crate::{
    program::{DRAWS, Run, SHARDS},
    world::{TERMS, World, event},
};

/// The one element that is wrong.
const SHARD: usize = 5;
const ELEMENT: usize = 77;

fn refutation(attestation: AttestationId, shard: u64, element: u32, opening: Vec<u8>) -> ExecuteMsg {
    ExecuteMsg::Refute { attestation, shard: shard.into(), element, opening: opening.into() }
}

/// Alice attests to a run with one wrong element, which is watched for an hour.
fn attested(run: &Run) -> (World, AttestationId) {
    let mut world = World::new();
    let terms = Terms { audit_window: 3_600, ..TERMS };
    let id = world.attest(&world.alice.clone(), &Subject { terms, ..run.subject() }, run.root());
    (world, id)
}

fn shows(run: &Run, id: AttestationId) -> ExecuteMsg {
    refutation(id, SHARD as u64, ELEMENT as u32, run.show(SHARD as u64, ELEMENT as u32))
}

/// The draws of an attestation are opened; with one element of 1,600 wrong they mostly agree.
fn opened(world: &mut World, run: &Run, id: AttestationId) {
    world.block(5);
    world.block(5);
    world.tick();
    world.post_round(id);
    let opening = run.open(world, id, 0, DRAWS).into();
    world.send(&world.bob.clone(), &ExecuteMsg::Open { attestation: id, opening }).unwrap();
    assert!(world.verdict(id).agreed(), "another element would have to be wrong in this test");
}

#[test]
fn one_wrong_element_is_enough_before_its_draws_are_known() {
    let run = Run::one_wrong(SHARD, ELEMENT);
    let (mut world, id) = attested(&run);
    let bob = world.bob.clone();
    let answer = world.send(&bob, &shows(&run, id)).unwrap();
    let Verdict::Refuted { by, wrong } = world.verdict(id) else { panic!("not refuted") };
    let Mismatch { shard, tensor, element, claimed, computed, .. } = wrong;
    assert_eq!((by.as_str(), shard, tensor, element), (bob.as_str(), SHARD as u64, 1, ELEMENT as u32));
    assert_eq!(claimed, computed ^ 1);
    let told = Refuted { attestation: id, by, shard: shard.into(), tensor, element, claimed, computed };
    assert_eq!(event::<Refuted>(&answer), told);
    assert!(world.conservation().holds());
}

#[test]
fn also_while_openings_are_due_and_after_they_agreed() {
    let run = Run::one_wrong(SHARD, ELEMENT);
    for all in [false, true] {
        let (mut world, id) = attested(&run);
        if all {
            opened(&mut world, &run, id);
        } else {
            world.block(5);
            world.block(5);
            world.tick();
            world.post_round(id);
        }
        world.send(&world.bob.clone(), &shows(&run, id)).unwrap();
        assert!(matches!(world.verdict(id), Verdict::Refuted { .. }));
        assert!(world.conservation().holds());
        // It is final: no opening and no time changes it.
        let opening = run.open(&world, id, 0, DRAWS).into();
        let error = world.refused(&world.alice.clone(), &ExecuteMsg::Open { attestation: id, opening });
        assert!(matches!(error, ContractError::Closed { verdict: "refuted", .. }), "{error}");
        world.blocks(100_000, 100_000_000);
        assert!(matches!(world.verdict(id), Verdict::Refuted { .. }));
    }
}

#[test]
fn who_comes_second_changes_nothing() {
    let run = Run::one_wrong(SHARD, ELEMENT);
    let (mut world, id) = attested(&run);
    world.send(&world.bob.clone(), &shows(&run, id)).unwrap();
    let error = world.refused(&world.governance.clone(), &shows(&run, id));
    assert!(matches!(error, ContractError::Closed { verdict: "refuted", .. }), "{error}");
}

#[test]
fn after_the_audit_window_it_is_too_late() {
    let run = Run::one_wrong(SHARD, ELEMENT);
    let (mut world, id) = attested(&run);
    opened(&mut world, &run, id);
    let Verdict::GenuineSoFar { until } = world.verdict(id) else { panic!("final already") };
    world.pass_to(until.time() + 1);
    let error = world.refused(&world.bob.clone(), &shows(&run, id));
    assert!(matches!(error, ContractError::Closed { verdict: "genuine", .. }), "{error}");
    assert_eq!(world.verdict(id), Verdict::Genuine {});
}

#[test]
fn in_the_last_moment_it_is_not() {
    let run = Run::one_wrong(SHARD, ELEMENT);
    let (mut world, id) = attested(&run);
    opened(&mut world, &run, id);
    let Verdict::GenuineSoFar { until } = world.verdict(id) else { panic!("final already") };
    world.pass_to(until.time());
    world.send(&world.bob.clone(), &shows(&run, id)).unwrap();
    assert!(matches!(world.verdict(id), Verdict::Refuted { .. }));
}

#[test]
fn without_an_audit_window_what_agreed_is_final_and_what_is_pending_is_not() {
    let run = Run::one_wrong(SHARD, ELEMENT);
    let mut world = World::new();
    let id = world.attest(&world.alice.clone(), &run.subject(), run.root());
    opened(&mut world, &run, id);
    let error = world.refused(&world.bob.clone(), &shows(&run, id));
    assert!(matches!(error, ContractError::Closed { verdict: "genuine", .. }), "{error}");
    let mut world = World::new();
    let id = world.attest(&world.alice.clone(), &run.subject(), run.root());
    world.send(&world.bob.clone(), &shows(&run, id)).unwrap();
}

#[test]
fn what_lapsed_is_not_refuted_too() {
    let run = Run::one_wrong(SHARD, ELEMENT);
    let (mut world, id) = attested(&run);
    world.block(5);
    world.block(5);
    world.tick();
    let deadline = world.post_round(id).deadline.unwrap();
    world.pass_to(deadline.time() + 1);
    let error = world.refused(&world.bob.clone(), &shows(&run, id));
    assert!(matches!(error, ContractError::Closed { verdict: "lapsed", .. }), "{error}");
}

/// Nobody makes a false element out of a right one, whatever is shown.
#[test]
fn nothing_refutes_what_is_right() {
    let run = Run::one_wrong(SHARD, ELEMENT);
    let (mut world, id) = attested(&run);
    let bob = world.bob.clone();
    for (shard, element) in [(5, 76), (5, 78), (4, 77), (0, 0), (7, 199)] {
        let message = refutation(id, shard, element, run.show(shard, element));
        assert_eq!(world.refused(&bob, &message), ContractError::Follows { shard, element });
    }
    let good = run.show(SHARD as u64, ELEMENT as u32);
    let (shard, element) = (SHARD as u64, ELEMENT as u32);
    // For another element, another shard, one that is not there, of another run; changed anywhere.
    let honest = Run::honest();
    let others = [
        refutation(id, shard, element - 1, good.clone()),
        refutation(id, shard + 1, element, good.clone()),
        refutation(id, shard, 200, good.clone()),
        refutation(id, shard, u32::MAX, good.clone()),
        refutation(id, shard, element, honest.show(shard, element)),
        refutation(id, shard, element, vec![]),
        refutation(id, shard, element, [&good[..], &[0]].concat()),
    ];
    for message in others {
        let error = world.refused(&bob, &message);
        let about = matches!(error, ContractError::Malformed(_) | ContractError::Follows { .. });
        assert!(about, "{error}");
    }
    for at in 0..good.len() {
        let mut spoiled = good.clone();
        spoiled[at] ^= 1;
        let error = world.refused(&bob, &refutation(id, shard, element, spoiled));
        assert!(matches!(error, ContractError::Malformed(_)), "byte {at}: {error}");
    }
    let cut = refutation(id, shard, element, good[..good.len() - 1].to_vec());
    assert_eq!(world.refused(&bob, &cut), ContractError::Malformed(Malformed::Truncated));
    for shard in [SHARDS, u64::MAX] {
        let error = world.refused(&bob, &refutation(id, shard, element, good.clone()));
        assert_eq!(error, ContractError::UnknownShard { shard, first: 0, count: SHARDS });
    }
    let unknown = AttestationId::from([7; 32]);
    let error = world.refused(&bob, &refutation(unknown, shard, element, good));
    assert_eq!(error, ContractError::UnknownAttestation { attestation: unknown });
}

/// Its sender may be the attester itself: it loses what a false attestation loses, and is thanked with less.
#[test]
fn the_attester_may_refute_itself() {
    let run = Run::one_wrong(SHARD, ELEMENT);
    let (mut world, id) = attested(&run);
    let alice = world.alice.clone();
    world.send(&alice, &shows(&run, id)).unwrap();
    assert!(matches!(world.verdict(id), Verdict::Refuted { by, .. } if by == alice.as_str()));
}
