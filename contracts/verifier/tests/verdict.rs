//! Lapsed and void follow from time alone, and what is final stays so.

use tequio_protocol::verifier::{Config, ExecuteMsg, Verdict};
use tequio_verifier::ContractError;

use crate::world::{CONFIG, FIRST, ROOT, World, subject};

#[test]
fn not_opened_by_the_deadline_is_lapsed() {
    let mut world = World::new();
    let id = world.attest_and_tick(&world.alice.clone(), &subject(), ROOT);
    let drawn = world.post_round(id);
    let deadline = drawn.deadline.unwrap();
    assert_eq!(deadline, world.now() + CONFIG.open_window);
    world.block_at(deadline);
    assert_eq!(world.verdict(id), Verdict::Pending {});
    world.block(1);
    assert_eq!(world.verdict(id), Verdict::Lapsed {});
    let msg = ExecuteMsg::Open { attestation: id, opening: vec![1].into() };
    let error = world.refused(&world.alice.clone(), &msg);
    assert_eq!(error, ContractError::Lapsed { opened: 0, draws: 16, deadline, now: deadline + 1 });
    world.block(10 * CONFIG.void_after);
    assert_eq!(world.verdict(id), Verdict::Lapsed {});
}

#[test]
fn the_deadline_counts_from_when_the_round_came_not_from_when_it_was_due() {
    let mut world = World::new();
    let id = world.attest_and_tick(&world.alice.clone(), &subject(), ROOT);
    let due = world.drawn_from(id).due;
    world.block_at(due + CONFIG.void_after);
    let drawn = world.post_round(id);
    assert_eq!(drawn.deadline, Some(due + CONFIG.void_after + CONFIG.open_window));
    assert_eq!(world.verdict(id), Verdict::Pending {});
    world.block(CONFIG.open_window);
    assert_eq!(world.verdict(id), Verdict::Pending {});
    world.block(1);
    assert_eq!(world.verdict(id), Verdict::Lapsed {});
}

#[test]
fn a_round_that_never_comes_makes_it_void() {
    let mut world = World::new();
    let id = world.attest_and_tick(&world.alice.clone(), &subject(), ROOT);
    let drawn = world.drawn_from(id);
    let limit = drawn.due + CONFIG.void_after;
    world.block_at(limit);
    assert_eq!(world.verdict(id), Verdict::Pending {});
    world.block(1);
    assert_eq!(world.verdict(id), Verdict::Void {});
    let msg = ExecuteMsg::Open { attestation: id, opening: vec![1].into() };
    let error = world.refused(&world.alice.clone(), &msg);
    assert_eq!(error, ContractError::Void { round: drawn.round, limit });
}

#[test]
fn a_round_that_comes_too_late_leaves_it_void() {
    let mut world = World::new();
    let id = world.attest_and_tick(&world.alice.clone(), &subject(), ROOT);
    let drawn = world.drawn_from(id);
    world.block_at(drawn.due + CONFIG.void_after + 1);
    world.send(&world.bob.clone(), &world.signed(drawn.round)).unwrap();
    assert_eq!(world.verdict(id), Verdict::Void {});
    assert_eq!(world.drawn_from(id), drawn);
    world.block(CONFIG.open_window + 1);
    assert_eq!(world.verdict(id), Verdict::Void {});
    let msg = ExecuteMsg::Open { attestation: id, opening: vec![1].into() };
    assert!(matches!(world.refused(&world.alice.clone(), &msg), ContractError::Void { .. }));
}

#[test]
fn while_nobody_moves_the_clock_it_is_pending_and_anyone_can() {
    let mut world = World::new();
    let id = world.attest(&world.alice.clone(), &subject(), ROOT);
    world.block(1);
    world.block(100 * CONFIG.void_after);
    assert_eq!(world.verdict(id), Verdict::Pending {});
    world.tick();
    let due = world.drawn_from(id).due;
    world.block_at(due + CONFIG.void_after + 1);
    assert_eq!(world.verdict(id), Verdict::Void {});
}

#[test]
fn a_new_config_touches_only_later_attestations() {
    let mut world = World::new();
    let old = world.attest(&world.alice.clone(), &subject(), ROOT);
    let longer = Config { delay: 90, open_window: 6_000, void_after: 100_000, ..CONFIG };
    world.configure(longer.clone());
    let new = world.attest_and_tick(&world.bob.clone(), &subject(), ROOT);
    let clock = world.now();
    assert!((31..=33).contains(&(world.drawn_from(old).due - clock)));
    assert!((91..=93).contains(&(world.drawn_from(new).due - clock)));
    let stored = world.post_round(old).deadline.unwrap() - CONFIG.open_window;
    assert_eq!(stored, world.now());
    assert_eq!(world.post_round(new).deadline, Some(world.now() + longer.open_window));
}

#[test]
fn what_is_opened_too_early_says_what_is_missing() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let id = world.attest(&alice, &subject(), ROOT);
    let height = world.height();
    let msg = ExecuteMsg::Open { attestation: id, opening: vec![1].into() };
    world.block(5);
    assert_eq!(world.refused(&alice, &msg), ContractError::ClockBehind { height: height + 2 });
    world.block(5);
    world.tick();
    let drawn = world.drawn_from(id);
    let missing = ContractError::RoundMissing { beacon: FIRST, round: drawn.round, due: drawn.due };
    assert_eq!(world.refused(&alice, &msg), missing);
}

#[test]
fn an_opening_two_blocks_later_moves_the_clock_itself() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let id = world.attest(&alice, &subject(), ROOT);
    world.block(5);
    world.block(5);
    let msg = ExecuteMsg::Open { attestation: id, opening: vec![1].into() };
    assert!(matches!(world.refused(&alice, &msg), ContractError::RoundMissing { .. }));
}
