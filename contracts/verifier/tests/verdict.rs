//! Lapsed and void follow from time and blocks alone, and what is final stays so.

use tequio_protocol::{
    Deadline, Moment,
    verifier::{ExecuteMsg, Subject, Terms, Verdict},
};
use tequio_verifier::ContractError;

use crate::world::{FIRST, ROOT, TERMS, World, subject};

const OPEN: u64 = TERMS.open_window as u64;
const VOID: u64 = TERMS.void_after as u64;

fn opening(attestation: tequio_protocol::AttestationId) -> ExecuteMsg {
    ExecuteMsg::Open { attestation, opening: vec![1].into() }
}

#[test]
fn not_opened_by_the_deadline_is_lapsed() {
    let mut world = World::new();
    let id = world.attest_and_tick(&world.alice.clone(), &subject(), ROOT);
    let deadline = world.post_round(id).deadline.unwrap();
    assert_eq!(deadline, Deadline { since: world.moment(), seconds: TERMS.open_window, blocks: TERMS.blocks });
    world.pass_to(deadline.time());
    assert_eq!(world.verdict(id), Verdict::Pending {});
    world.block(1);
    assert_eq!(world.verdict(id), Verdict::Lapsed {});
    let error = world.refused(&world.alice.clone(), &opening(id));
    assert_eq!(error, ContractError::Lapsed { opened: 0, draws: 16, deadline, now: world.moment() });
    world.blocks(1, 10 * VOID);
    assert_eq!(world.verdict(id), Verdict::Lapsed {});
}

/// A chain that stands still for a month right after the round came makes nobody late: what counts is blocks too.
#[test]
fn a_halt_after_the_round_makes_nobody_late() {
    let mut world = World::new();
    let id = world.attest_and_tick(&world.alice.clone(), &subject(), ROOT);
    world.post_round(id);
    world.block(30 * 86_400);
    for _ in 1..TERMS.blocks {
        assert_eq!(world.verdict(id), Verdict::Pending {});
        assert!(matches!(world.refused(&world.alice.clone(), &opening(id)), ContractError::Malformed(_)));
        world.block(0);
    }
    assert_eq!(world.verdict(id), Verdict::Lapsed {});
}

/// Blocks without time, as of a chain whose clock stands still, make nobody late either.
#[test]
fn blocks_without_time_make_nobody_late() {
    let mut world = World::new();
    let id = world.attest_and_tick(&world.alice.clone(), &subject(), ROOT);
    let deadline = world.post_round(id).deadline.unwrap();
    world.blocks(1_000_000, 0);
    assert_eq!(world.verdict(id), Verdict::Pending {});
    world.block_at(deadline.time() + 1);
    assert_eq!(world.verdict(id), Verdict::Lapsed {});
}

#[test]
fn the_deadline_counts_from_when_the_round_came_not_from_when_it_was_due() {
    let mut world = World::new();
    let id = world.attest_and_tick(&world.alice.clone(), &subject(), ROOT);
    let due = world.drawn_from(id).due;
    world.pass_to(due + VOID);
    let deadline = world.post_round(id).deadline.unwrap();
    assert_eq!((deadline.time(), deadline.since), (due + VOID + OPEN, world.moment()));
    assert_eq!(world.verdict(id), Verdict::Pending {});
    world.pass_to(deadline.time());
    assert_eq!(world.verdict(id), Verdict::Pending {});
    world.block(1);
    assert_eq!(world.verdict(id), Verdict::Lapsed {});
}

#[test]
fn a_round_that_never_comes_makes_it_void() {
    let mut world = World::new();
    let id = world.attest_and_tick(&world.alice.clone(), &subject(), ROOT);
    let drawn = world.drawn_from(id);
    assert_eq!(drawn.limit.time(), drawn.due + VOID);
    world.pass_to(drawn.limit.time());
    assert_eq!(world.verdict(id), Verdict::Pending {});
    world.block(1);
    assert_eq!(world.verdict(id), Verdict::Void {});
    let error = world.refused(&world.alice.clone(), &opening(id));
    assert_eq!(error, ContractError::Void { round: drawn.round, limit: drawn.limit });
}

#[test]
fn a_round_that_comes_too_late_leaves_it_void() {
    let mut world = World::new();
    let id = world.attest_and_tick(&world.alice.clone(), &subject(), ROOT);
    let drawn = world.drawn_from(id);
    world.pass_to(drawn.limit.time() + 1);
    world.send(&world.bob.clone(), &world.signed(drawn.round)).unwrap();
    assert_eq!(world.verdict(id), Verdict::Void {});
    assert_eq!(world.drawn_from(id), drawn);
    world.pass_to(world.now() + OPEN + 1);
    assert_eq!(world.verdict(id), Verdict::Void {});
    assert!(matches!(world.refused(&world.alice.clone(), &opening(id)), ContractError::Void { .. }));
}

/// A chain that stands still past the limit still takes the round: the work is paid.
#[test]
fn a_halt_makes_nothing_void() {
    let mut world = World::new();
    let id = world.attest_and_tick(&world.alice.clone(), &subject(), ROOT);
    let drawn = world.drawn_from(id);
    world.blocks(u64::from(TERMS.blocks) - 1, 10 * VOID);
    assert_eq!(world.verdict(id), Verdict::Pending {});
    world.send(&world.bob.clone(), &world.signed(drawn.round)).unwrap();
    let deadline = world.drawn_from(id).deadline.unwrap();
    assert_eq!(deadline.since, world.moment());
    world.block(1);
    assert_eq!(world.verdict(id), Verdict::Pending {});
}

#[test]
fn while_nobody_moves_the_clock_it_is_pending_and_anyone_can() {
    let mut world = World::new();
    let id = world.attest(&world.alice.clone(), &subject(), ROOT);
    world.block(1);
    world.blocks(1_000, 100 * VOID);
    assert_eq!(world.verdict(id), Verdict::Pending {});
    world.tick();
    let due = world.drawn_from(id).due;
    world.pass_to(due + VOID + 1);
    assert_eq!(world.verdict(id), Verdict::Void {});
}

/// The terms are the subject's: nobody who governs changes them, and two subjects may have two.
#[test]
fn each_attestation_has_its_own_terms() {
    let mut world = World::new();
    let terms = Terms { delay: 90, open_window: 6_000, void_after: 100_000, blocks: 200, ..TERMS };
    let short = world.attest(&world.alice.clone(), &subject(), ROOT);
    let long = world.attest_and_tick(&world.bob.clone(), &Subject { terms, ..subject() }, ROOT);
    let clock = world.now();
    assert!((31..=33).contains(&(world.drawn_from(short).due - clock)));
    assert!((91..=93).contains(&(world.drawn_from(long).due - clock)));
    let deadline = |since: Moment, terms: Terms| Deadline { since, seconds: terms.open_window, blocks: terms.blocks };
    assert_eq!(world.post_round(short).deadline, Some(deadline(world.moment(), TERMS)));
    assert_eq!(world.post_round(long).deadline, Some(deadline(world.moment(), terms)));
}

#[test]
fn what_is_opened_too_early_says_what_is_missing() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let id = world.attest(&alice, &subject(), ROOT);
    let height = world.height();
    world.block(5);
    assert_eq!(world.refused(&alice, &opening(id)), ContractError::ClockBehind { block: height + 2 });
    world.block(5);
    world.tick();
    let drawn = world.drawn_from(id);
    let missing = ContractError::RoundMissing { beacon: FIRST, round: drawn.round, due: drawn.due };
    assert_eq!(world.refused(&alice, &opening(id)), missing);
}

#[test]
fn an_opening_two_blocks_later_moves_the_clock_itself() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let id = world.attest(&alice, &subject(), ROOT);
    world.block(5);
    world.block(5);
    assert!(matches!(world.refused(&alice, &opening(id)), ContractError::RoundMissing { .. }));
}
