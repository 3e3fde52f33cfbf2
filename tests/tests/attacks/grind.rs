//! Grind the commitment for lucky draws; learn the beacon early; attest in the first block after a halt.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use tequio_adversary::follow;
use tequio_attestation::{Digest, Draw, ShardTrace, Source, attestation_id, seed};
use tequio_client::deploy::BEACON;
use tequio_protocol::{
    AssignmentId,
    escrow::{NotYet, Ruling, context},
    verifier::{AttestedResponse, DrawnFrom, ExecuteMsg, QueryMsg, RoundResponse, Subject, Verdict},
};
use tequio_tests::{Job, Model, World, job, model::layers};
use tequio_verifier::ContractError;

/// The last round that anyone can know at `time`.
fn known(world: &World, time: u64) -> u64 {
    world.chain.beacon().public().round_after(time) - 1
}

/// Whether all draws from a seed miss the last tensor of the program, the one that was made up.
fn lucky(model: &Model, seed: &Digest, draws: u32, shards: u64) -> bool {
    (0..draws).all(|number| {
        let ticket = Draw::new(seed, number, shards).ticket;
        !model.manifest().tensors.iter().any(
            |tensor| matches!(tensor.source, Source::Committed { slot: 3, interval, .. } if interval.contains(ticket)),
        )
    })
}

#[test]
fn a_root_that_is_lucky_for_the_rounds_that_are_known_is_drawn_from_another() {
    let mut world = World::new();
    let nonce = Arc::new(AtomicU32::new(0));
    let seen = nonce.clone();
    let mallory = world.cheat("mallory", move |scene| -> ShardTrace {
        let mut last = vec![0; scene.honest.slots[3].len()];
        last[..4].copy_from_slice(&u32::to_be_bytes(seen.load(Ordering::SeqCst)));
        follow(scene.manifest, &scene.inputs, &[(3, last)].into()).trace
    });
    world.post(Job { draws: 32, ..job() });
    let assignment = world.assign(&mallory, 2);
    let subject = world.assignment(assignment).subject;

    // The latest round there is, as everybody can see it.
    let round = known(&world, world.now());
    world.post_round(round);
    let latest: Option<RoundResponse> = world.ask(QueryMsg::Round { beacon: BEACON, round });
    let (randomness, subject) = (latest.unwrap().randomness, subject.id());
    let root = (0..10_000).find_map(|guess| {
        nonce.store(guess, Ordering::SeqCst);
        let root = world.run(&mallory, assignment).run.root();
        let (chain, verifier) =
            (world.chain.app().block_info().chain_id, world.chain.deployment().verifier.to_string());
        let id = attestation_id(&chain, &verifier, mallory.operator.as_str(), &root, &subject);
        lucky(&layers(), &seed(&id, BEACON.0, round, &randomness), 32, 2).then_some(root)
    });
    world.attest(&mallory);
    assert_eq!(world.attestation(assignment).root, root.expect("some root is lucky"));

    world.beacon();
    assert!(world.attestation(assignment).round.unwrap().round > round);
    world.open(&mallory);
    assert!(matches!(world.verdict(assignment), Verdict::False { .. }));
}

#[test]
fn no_round_can_be_had_before_it_is_due_and_no_draw_without_it() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    let stranger = world.stranger.clone();
    let open = world.opening(assignment, vec![]);
    let refused: ContractError = world.refused(&stranger, open.clone(), 0);
    assert!(matches!(refused, ContractError::ClockBehind { .. }), "{refused}");

    world.pass(10);
    world.send(&stranger, ExecuteMsg::Tick {}, 0);
    let DrawnFrom { round, due, seed, .. } = world.attestation(assignment).round.unwrap();
    assert!(due > world.now() + 30 && seed.is_none());
    let post =
        |signed| ExecuteMsg::Beacon { beacon: BEACON, round, signature: world.chain.beacon().sign(signed).into() };
    let (early, wrong) = (post(round), post(round - 1));
    let now = world.now();
    world.refuses(&stranger, early.clone(), 0, ContractError::NotDue { round, due, now });
    world.refuses(&stranger, open, 0, ContractError::RoundMissing { beacon: BEACON, round, due });

    world.chain.advance_to(due);
    world.refuses(&stranger, wrong, 0, ContractError::WrongSignature { beacon: BEACON, round });
    world.send(&stranger, early, 0);
    assert!(world.attestation(assignment).round.unwrap().seed.is_some());
}

/// One block that comes `seconds` after the last.
fn block(world: &mut World, seconds: u64) {
    world.chain.app().update_block(|block| {
        block.height += 1;
        block.time = block.time.plus_seconds(seconds);
    });
}

#[test]
fn the_first_block_after_a_halt_is_drawn_from_the_future() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(Job { attest_window: 7 * 86_400, ..job() });
    let assignment = world.assign(&alice, 8);
    // The chain stands still for a day. Its first block still carries the time of before, but the day's rounds are out.
    block(&mut world, 1);
    let resumed = world.now() + 86_400;
    world.attest(&alice);
    let stranger = world.stranger.clone();
    world.send(&stranger, ExecuteMsg::Tick {}, 0);
    block(&mut world, 1);
    world.send(&stranger, ExecuteMsg::Tick {}, 0);
    assert_eq!(world.attestation(assignment).round, None);

    block(&mut world, 86_400 - 1);
    world.send(&stranger, ExecuteMsg::Tick {}, 0);
    let DrawnFrom { round, due, .. } = world.attestation(assignment).round.unwrap();
    assert!(world.now() >= resumed && due > resumed + 30 && round > known(&world, resumed), "{due} {resumed}");
}

/// Attest to shards before taking them. The chain halts in that very second, two blocks later; in its first block, which
/// carries the time of before, the round is fixed and out: take them if its draws are lucky.
#[test]
fn what_is_attested_before_it_is_taken_does_not_count_though_time_stands_still() {
    let mut world = World::new();
    let mallory = world.provider("mallory");
    world.post(job());
    let assignment = world.assign(&mallory, 1);
    let (taken, next) = (world.assignment(assignment), AssignmentId(assignment.0 + 1));
    let context = context(&world.chain.deployment().escrow, taken.job, next, 8);
    let subject = Subject { first_shard: 1, context, ..taken.subject };
    world.send(&mallory.operator, ExecuteMsg::Attest { subject: subject.clone(), root: [7; 32].into() }, 0);

    block(&mut world, 0);
    block(&mut world, 0);
    world.send(&mallory.operator, ExecuteMsg::Tick {}, 0);
    let attester = mallory.operator.to_string();
    let attested: AttestedResponse = world.ask(QueryMsg::Attested { attester, subject: subject.clone() });
    assert!(attested.attestation.unwrap().round.is_some(), "the draws are fixed");
    assert_eq!(world.assign(&mallory, 1), next);
    assert_eq!(world.assignment(next).subject, subject);
    let ruling = world.ruling(next);
    assert!(matches!(ruling, Ruling::Wait(NotYet::Unattested { .. })), "{ruling:?}");
}

#[test]
fn no_later_tick_moves_the_round() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.pass(10);
    let stranger = world.stranger.clone();
    world.send(&stranger, ExecuteMsg::Tick {}, 0);
    let drawn = world.attestation(assignment).round;
    for _ in 0..3 {
        world.pass(60);
        world.send(&alice.operator, ExecuteMsg::Tick {}, 0);
        assert_eq!(world.attestation(assignment).round, drawn);
    }
}
