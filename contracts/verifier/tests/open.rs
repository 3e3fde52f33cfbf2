use tequio_attestation::Malformed;
use tequio_protocol::{
    AttestationId,
    verifier::{ExecuteMsg, Mismatch, Opened, Subject, Verdict},
};
use tequio_verifier::ContractError;

use crate::{
    program::{DRAWS, Run, SHARDS},
    world::{ROOT, World, event, subject},
};

fn attested(run: &Run) -> (World, AttestationId) {
    let mut world = World::new();
    let id = world.attest_and_tick(&world.alice.clone(), &run.subject(), run.root());
    world.post_round(id);
    (world, id)
}

fn open(attestation: AttestationId, opening: Vec<u8>) -> ExecuteMsg {
    ExecuteMsg::Open { attestation, opening: opening.into() }
}

fn opened(world: &World, opened: u32, verdict: &str, attestation: AttestationId) -> Opened {
    let round = world.drawn_from(attestation).round;
    Opened { attestation, round, opened, draws: DRAWS, verdict: verdict.into() }
}

#[test]
fn what_was_computed_is_genuine() {
    let run = Run::honest();
    let (mut world, id) = attested(&run);
    let answer = world.send(&world.alice.clone(), &open(id, run.open(&world, id, 0, DRAWS))).unwrap();
    assert_eq!(event::<Opened>(&answer), opened(&world, DRAWS, "genuine", id));
    let attestation = world.attestation(id);
    assert_eq!((attestation.verdict, attestation.opened), (Verdict::Genuine {}, DRAWS));
    assert!(world.conservation().holds());
}

#[test]
fn what_was_not_is_false_with_the_draw_and_both_values() {
    let run = Run::lazy();
    let (mut world, id) = attested(&run);
    let answer = world.send(&world.alice.clone(), &open(id, run.open(&world, id, 0, DRAWS))).unwrap();
    let attestation = world.attestation(id);
    let Verdict::False(Mismatch { draw, tensor: 1, claimed: 0x55, computed, .. }) = attestation.verdict else {
        panic!("{:?}", attestation.verdict);
    };
    assert_ne!(computed, 0x55);
    assert_eq!(attestation.opened, draw + 1);
    assert_eq!(event::<Opened>(&answer), opened(&world, draw + 1, "false", id));
    assert!(world.conservation().holds());
}

#[test]
fn anyone_opens_for_the_attester() {
    let run = Run::honest();
    let (mut world, id) = attested(&run);
    world.send(&world.bob.clone(), &open(id, run.open(&world, id, 0, DRAWS))).unwrap();
    assert_eq!(world.verdict(id), Verdict::Genuine {});
}

#[test]
fn an_opening_may_come_in_parts() {
    let run = Run::honest();
    let (mut world, id) = attested(&run);
    let alice = world.alice.clone();
    for (from, to) in [(0, 1), (1, 7), (7, 15)] {
        let answer = world.send(&alice, &open(id, run.open(&world, id, from, to))).unwrap();
        assert_eq!(event::<Opened>(&answer), opened(&world, to, "pending", id));
        assert_eq!((world.verdict(id), world.attestation(id).opened), (Verdict::Pending {}, to));
        world.block(5);
    }
    let answer = world.send(&alice, &open(id, run.open(&world, id, 15, DRAWS))).unwrap();
    assert_eq!(event::<Opened>(&answer), opened(&world, DRAWS, "genuine", id));
}

#[test]
fn parts_are_consecutive() {
    let run = Run::honest();
    let (mut world, id) = attested(&run);
    let alice = world.alice.clone();
    let first = run.open(&world, id, 0, 4);
    // A gap, a repetition, and more than is left.
    assert!(matches!(world.refused(&alice, &open(id, run.open(&world, id, 4, 8))), ContractError::Malformed(_)));
    world.send(&alice, &open(id, first.clone())).unwrap();
    assert!(matches!(world.refused(&alice, &open(id, first)), ContractError::Malformed(_)));
    let all = run.open(&world, id, 0, DRAWS);
    let error = world.refused(&alice, &open(id, all));
    assert_eq!(error, ContractError::Malformed(Malformed::Draws { draws: DRAWS }));
}

#[test]
fn partly_opened_is_lapsed_all_the_same() {
    let run = Run::honest();
    let (mut world, id) = attested(&run);
    let alice = world.alice.clone();
    world.send(&alice, &open(id, run.open(&world, id, 0, DRAWS - 1))).unwrap();
    let last = run.open(&world, id, DRAWS - 1, DRAWS);
    let deadline = world.drawn_from(id).deadline.unwrap();
    world.pass_to(deadline.time() + 1);
    assert_eq!(world.verdict(id), Verdict::Lapsed {});
    let error = world.refused(&alice, &open(id, last));
    assert_eq!(error, ContractError::Lapsed { opened: DRAWS - 1, draws: DRAWS, deadline, now: world.moment() });
}

#[test]
fn the_last_moment_is_in_time() {
    let run = Run::honest();
    let (mut world, id) = attested(&run);
    let deadline = world.drawn_from(id).deadline.unwrap();
    world.pass_to(deadline.time());
    world.send(&world.bob.clone(), &open(id, run.open(&world, id, 0, DRAWS))).unwrap();
    world.block(1_000_000_000);
    assert_eq!(world.verdict(id), Verdict::Genuine {});
}

#[test]
fn final_is_final() {
    for (run, word) in [(Run::honest(), "genuine"), (Run::lazy(), "false")] {
        let (mut world, id) = attested(&run);
        let alice = world.alice.clone();
        let opening = run.open(&world, id, 0, DRAWS);
        world.send(&alice, &open(id, opening.clone())).unwrap();
        let answered = world.attestation(id);
        assert_eq!(answered.verdict.word(), word);
        for opening in [opening, run.open(&world, id, DRAWS - 1, DRAWS), vec![]] {
            let error = world.refused(&alice, &open(id, opening));
            assert_eq!(
                error,
                ContractError::Closed { verdict: answered.verdict.word(), opened: answered.opened, draws: DRAWS }
            );
        }
        world.block(1_000_000_000);
        assert_eq!(world.verdict(id), answered.verdict);
    }
}

#[test]
fn bytes_that_open_nothing_change_nothing_and_may_be_followed_by_better_ones() {
    let run = Run::honest();
    let (mut world, id) = attested(&run);
    let alice = world.alice.clone();
    let good = run.open(&world, id, 0, DRAWS);
    let mut wrong: Vec<Vec<u8>> = vec![vec![], vec![0; 1], vec![0xff; 300], [&good[..], &[0]].concat()];
    wrong.push(good[..good.len() - 1].to_vec());
    wrong.push([&good[..], &good].concat());
    for opening in wrong {
        let error = world.refused(&alice, &open(id, opening));
        assert!(matches!(error, ContractError::Malformed(_)), "{error}");
    }
    assert_eq!(world.refused(&alice, &open(id, vec![])), ContractError::Malformed(Malformed::Truncated));
    let trailing = world.refused(&alice, &open(id, [&good[..], &[0]].concat()));
    assert_eq!(trailing, ContractError::Malformed(Malformed::Trailing { bytes: 1 }));
    world.send(&alice, &open(id, good)).unwrap();
    assert_eq!(world.verdict(id), Verdict::Genuine {});
}

/// Whatever byte is changed, the attester is not found false for it by anyone's hand, nor genuine.
#[test]
fn no_byte_of_an_opening_can_be_changed() {
    let run = Run::honest();
    let (mut world, id) = attested(&run);
    let bob = world.bob.clone();
    let good = run.open(&world, id, 0, 2);
    for at in 0..good.len() {
        let mut opening = good.clone();
        opening[at] ^= 1;
        let error = world.refused(&bob, &open(id, opening));
        assert!(matches!(error, ContractError::Malformed(_)), "byte {at}: {error}");
    }
}

#[test]
fn another_root_is_useless_to_a_copier() {
    let run = Run::honest();
    let mut world = World::new();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let hers = world.attest(&alice, &run.subject(), run.root());
    let copied = world.attest_and_tick(&bob, &run.subject(), run.root());
    world.post_round(hers);
    assert_ne!(world.drawn_from(hers).seed, world.drawn_from(copied).seed);
    let opening = run.open(&world, hers, 0, DRAWS);
    world.send(&alice, &open(hers, opening.clone())).unwrap();
    assert!(matches!(world.refused(&bob, &open(copied, opening)), ContractError::Malformed(_)));
}

#[test]
fn an_unknown_attestation_is_not_opened() {
    let mut world = World::new();
    let attestation = AttestationId::from([7; 32]);
    let error = world.refused(&world.bob.clone(), &open(attestation, vec![]));
    assert_eq!(error, ContractError::UnknownAttestation { attestation });
}

#[test]
fn an_attestation_of_nonsense_is_never_genuine() {
    let run = Run::honest();
    let mut world = World::new();
    let nonsense = Subject { first_shard: 0, count: SHARDS, ..subject() };
    let id = world.attest_and_tick(&world.alice.clone(), &nonsense, ROOT);
    let deadline = world.post_round(id).deadline.unwrap();
    let error = world.refused(&world.alice.clone(), &open(id, run.open(&world, id, 0, 1)));
    assert!(matches!(error, ContractError::Malformed(_)), "{error}");
    world.pass_to(deadline.time() + 1);
    assert_eq!(world.verdict(id), Verdict::Lapsed {});
}
