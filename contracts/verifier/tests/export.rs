//! A chain that is exported and begins again at height 0: its clock counts on.

use tequio_protocol::{
    Moment,
    verifier::{ExecuteMsg, QueryMsg, Ticked, Verdict},
};

use crate::world::{ROOT, TERMS, World, event, subject};

impl World {
    /// The chain begins again at height 0, `seconds` later.
    fn export(&mut self, seconds: u64) {
        self.app.update_block(|block| {
            block.height = 0;
            block.time = block.time.plus_seconds(seconds);
        });
    }
}

/// The old chain's records are no records of the new one: with them the round, and so the draws, of an attestation made
/// now would be known at once.
#[test]
fn old_records_draw_no_new_attestation() {
    let mut world = World::new();
    for _ in 0..50 {
        world.block(5);
        world.tick();
    }
    world.export(600);
    world.block(5);
    let id = world.attest(&world.alice.clone(), &subject(), ROOT);
    assert_eq!(world.attestation(id).round, None);
    world.block(5);
    world.tick();
    assert_eq!(world.attestation(id).round, None);
    world.block(5);
    world.tick();
    let drawn = world.drawn_from(id);
    assert!(drawn.due > world.now() + u64::from(TERMS.delay), "round due at {}, now is {}", drawn.due, world.now());
}

#[test]
fn an_attestation_from_before_is_drawn_two_blocks_later() {
    let mut world = World::new();
    let id = world.attest(&world.alice.clone(), &subject(), ROOT);
    world.export(0);
    for _ in 0..2 {
        world.tick();
        assert_eq!(world.attestation(id).round, None);
        world.block(600);
    }
    world.tick();
    assert!(world.drawn_from(id).due > world.now() + u64::from(TERMS.delay));
}

#[test]
fn deadlines_from_before_count_the_new_blocks() {
    let mut world = World::new();
    let id = world.attest_and_tick(&world.alice.clone(), &subject(), ROOT);
    world.post_round(id);
    world.export(30 * 86_400);
    for _ in 0..TERMS.blocks {
        assert_eq!(world.verdict(id), Verdict::Pending {});
        world.block(5);
    }
    assert_eq!(world.verdict(id), Verdict::Lapsed {});
}

/// What was over before is over afterwards.
#[test]
fn a_passed_deadline_stays_passed() {
    let mut world = World::new();
    let id = world.attest_and_tick(&world.alice.clone(), &subject(), ROOT);
    let deadline = world.post_round(id).deadline.unwrap();
    world.pass_to(deadline.time() + 1);
    world.tick();
    for _ in 0..3 {
        assert_eq!(world.verdict(id), Verdict::Lapsed {});
        world.export(0);
        assert_eq!(world.verdict(id), Verdict::Lapsed {});
        world.block(5);
        world.tick();
    }
}

/// Blocks that no message recorded are not known to the new chain: what was over by them alone is over again later, and
/// until then as open as it was.
#[test]
fn a_deadline_that_no_message_saw_pass_passes_once_more() {
    let mut world = World::new();
    let id = world.attest_and_tick(&world.alice.clone(), &subject(), ROOT);
    let deadline = world.post_round(id).deadline.unwrap();
    world.pass_to(deadline.time() + 1);
    assert_eq!(world.verdict(id), Verdict::Lapsed {});
    world.export(0);
    for _ in 0..TERMS.blocks {
        assert_eq!(world.verdict(id), Verdict::Pending {});
        world.block(5);
    }
    assert_eq!(world.verdict(id), Verdict::Lapsed {});
}

#[test]
fn blocks_are_counted_on() {
    let mut world = World::new();
    let bob = world.bob.clone();
    world.tick();
    let mut counted = world.height();
    for height in [7, 3, 1] {
        world.export(10);
        world.blocks(height, 1);
        counted += height;
        let now: Moment = world.query(&QueryMsg::Now {});
        assert_eq!(now, Moment { time: world.now(), block: counted });
        let answer = world.send(&bob, &ExecuteMsg::Tick {}).unwrap();
        assert_eq!(event::<Ticked>(&answer), Ticked { block: counted, time: world.now() });
    }
}
