//! The clock: which round an attestation is drawn from.

use tequio_protocol::{
    Deadline, Digest, Moment, TypedEvent,
    verifier::{Attested, DrawnFrom, ExecuteMsg, Ticked},
};
use tequio_verifier::core::beacon::randomness;

use crate::world::{CONFIG, FIRST, PERIOD, ROOT, TERMS, World, event, subject};

/// The round for a clock that read `time`.
fn expected(world: &World, time: u64) -> DrawnFrom {
    let round = world.beacon.public().round_after(time + u64::from(TERMS.delay));
    let due = world.beacon.public().time_of(round);
    assert!(due > time + u64::from(TERMS.delay) && due <= time + u64::from(TERMS.delay) + PERIOD);
    let limit =
        Deadline { since: Moment { time: due, ..world.moment() }, seconds: TERMS.void_after, blocks: TERMS.blocks };
    DrawnFrom { beacon: FIRST, round, due, limit, seed: None, deadline: None }
}

#[test]
fn the_round_follows_from_the_first_block_two_blocks_later() {
    let mut world = World::new();
    let id = world.attest(&world.alice.clone(), &subject(), ROOT);
    world.tick();
    assert_eq!(world.attestation(id).round, None);
    world.block(5);
    world.tick();
    assert_eq!(world.attestation(id).round, None);
    world.block(5);
    assert_eq!(world.attestation(id).round, None);
    world.tick();
    let drawn = world.drawn_from(id);
    assert_eq!(drawn, expected(&world, world.now()));

    for _ in 0..5 {
        world.block(7);
        world.tick();
        assert_eq!(world.drawn_from(id), drawn);
    }
}

#[test]
fn a_later_block_counts_where_none_was_recorded() {
    let mut world = World::new();
    let id = world.attest(&world.alice.clone(), &subject(), ROOT);
    for _ in 0..50 {
        world.block(100);
    }
    assert_eq!(world.attestation(id).round, None);
    world.tick();
    assert_eq!(world.drawn_from(id), expected(&world, world.now()));
}

#[test]
fn every_message_moves_the_clock() {
    let config = ExecuteMsg::Configure { config: CONFIG };
    let other = ExecuteMsg::Attest { subject: subject(), root: ROOT };
    let mut world = World::new();
    let (governance, bob) = (world.governance.clone(), world.bob.clone());
    let propose = ExecuteMsg::Propose { beacon: world.beacon.public().clone() };
    let messages =
        [(bob.clone(), other), (bob.clone(), world.signed(1)), (governance.clone(), propose), (governance, config)];
    for (n, (sender, msg)) in (0u8..).zip(messages) {
        let id = world.attest(&world.alice.clone(), &subject(), Digest([n; 32]));
        world.block(5);
        world.block(5);
        world.send(&sender, &msg).unwrap();
        assert_eq!(world.drawn_from(id), expected(&world, world.now()));
        world.alice = cw_multi_test::IntoAddr::into_addr(["alice 2", "alice 3", "alice 4", "alice 5"][n as usize]);
    }
}

/// What an indexer sees is enough to know the round.
#[test]
fn the_clock_is_told_once_a_block() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let attest = ExecuteMsg::Attest { subject: subject(), root: ROOT };
    let answer = world.send(&alice, &attest).unwrap();
    assert_eq!(event::<Ticked>(&answer), Ticked { block: world.height(), time: world.now() });
    let attested: Attested = event(&answer);
    let answer = world.send(&bob, &attest).unwrap();
    assert_eq!(Ticked::all(&answer.events), []);

    world.block(5);
    world.block(5);
    let answer = world.send(&bob, &ExecuteMsg::Tick {}).unwrap();
    let ticked: Ticked = event(&answer);
    assert_eq!(ticked, Ticked { block: attested.clock_block, time: world.now() });
    let round = world.beacon.public().round_after(ticked.time + u64::from(attested.delay));
    assert_eq!(world.drawn_from(attested.attestation).round, round);
}

#[test]
fn a_message_that_fails_does_not() {
    let mut world = World::new();
    let id = world.attest(&world.alice.clone(), &subject(), ROOT);
    world.block(5);
    world.block(5);
    world.refused(&world.bob.clone(), &world.signed(0));
    assert_eq!(world.attestation(id).round, None);
}

/// After a halt the first block carries the time from before it, so who attests in it already knows the rounds that
/// came while the chain stood still.
#[test]
fn no_round_known_after_a_halt_is_drawn_from() {
    let mut world = World::new();
    world.tick();
    let halted = 10_000;
    let real = world.now() + halted;
    // Block time stands while hours pass outside, for this block and, at worst, the next.
    world.block(1);
    let id = world.attest(&world.alice.clone(), &subject(), ROOT);
    world.tick();
    world.block(1);
    world.tick();
    assert_eq!(world.attestation(id).round, None);
    // The third block is of validators that are back.
    world.block_at(real + 10);
    world.tick();
    let drawn = world.drawn_from(id);
    assert!(drawn.due > real, "round due at {} was known at {real}", drawn.due);
}

#[test]
fn attestations_of_one_block_share_a_round() {
    let mut world = World::new();
    let alices = world.attest(&world.alice.clone(), &subject(), ROOT);
    let bobs = world.attest_and_tick(&world.bob.clone(), &subject(), ROOT);
    assert_eq!(world.drawn_from(alices), world.drawn_from(bobs));
    assert_ne!(alices, bobs);
}

#[test]
fn the_seed_binds_attestation_beacon_round_and_randomness() {
    let mut world = World::new();
    let id = world.attest_and_tick(&world.alice.clone(), &subject(), ROOT);
    let drawn = world.post_round(id);
    let randomness = randomness(&world.beacon.sign(drawn.round));
    let seed = tequio_attestation::seed(&id, FIRST.0, drawn.round, &randomness);
    assert_eq!(drawn.seed, Some(seed));
}
