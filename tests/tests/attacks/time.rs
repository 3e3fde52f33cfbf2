//! Cheats on when things are known.

use tequio_client::embedded::BEACON;
use tequio_protocol::{
    escrow::{self, State},
    verifier::{self, Verdict},
};
use tequio_tests::{World, job};
use tequio_verifier::ContractError;

/// Blocks whose time stands still.
fn blocks(world: &mut World, blocks: u64, seconds: u64) {
    world.chain.app.update_block(|block| {
        block.height += blocks;
        block.time = block.time.plus_seconds(seconds);
    });
}

#[test]
fn learning_the_beacon_early_or_attesting_in_the_first_block_after_a_halt() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    // The chain has stood still for an hour: its first block still carries the time from before.
    world.attest(&alice);
    let stranger = world.stranger.clone();
    for seconds in [0, 3_600] {
        blocks(&mut world, 1, seconds);
        world.send(&stranger, verifier::ExecuteMsg::Tick {}, 0);
        let round = world.attestation(assignment).round;
        // One block later is not enough; two are, and by then time has caught up.
        assert_eq!(round.is_some(), seconds == 3_600);
    }
    let round = world.attestation(assignment).round.unwrap();
    let delay = world.ask::<verifier::Config>(verifier::QueryMsg::Config {}).delay;
    assert!(round.due > world.now() + delay, "{round:?} at {}", world.now());

    // Its signature is worth nothing before it is due, and nothing can be opened without it.
    let signature = world.chain.beacon.sign(round.round).into();
    let early = verifier::ExecuteMsg::Beacon { beacon: BEACON, round: round.round, signature };
    let refused: ContractError = world.refused(&stranger, early, 0);
    assert!(matches!(refused, ContractError::NotDue { .. }), "{refused}");
    let attestation = world.attestation(assignment).id;
    let open = verifier::ExecuteMsg::Open { attestation, opening: vec![0].into() };
    let refused: ContractError = world.refused(&stranger, open, 0);
    assert!(matches!(refused, ContractError::RoundMissing { .. }), "{refused}");
}

#[test]
fn grinding_the_root_moves_no_round_that_is_known() {
    // Whatever is attested to in one block, all of it is drawn from one round that lies ahead.
    let mut world = World::new();
    let providers = ["alice", "bob", "carol"].map(|name| world.provider(name));
    world.post(job());
    let assignments = providers.clone().map(|provider| world.assign(&provider, 2));
    providers.iter().for_each(|provider| world.attest(provider));
    world.beacon();
    let rounds = assignments.map(|assignment| world.attestation(assignment).round.unwrap());
    assert!(rounds.iter().all(|round| round.round == rounds[0].round), "{rounds:?}");
    // The seeds differ all the same.
    assert_ne!(rounds[0].seed, rounds[1].seed);
}

#[test]
fn attesting_to_many_roots_to_use_the_lucky_one() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    let first = world.attestation(assignment);
    let again = verifier::ExecuteMsg::Attest { subject: first.subject.clone(), root: [7; 32].into() };
    let refused: ContractError = world.refused(&alice.operator, again, 0);
    assert!(matches!(refused, ContractError::AlreadyAttested { .. }), "{refused}");
    assert_eq!(world.attestation(assignment).root, first.root);
}

#[test]
fn attesting_before_assigning() {
    // The subject is known in advance to whoever can count; here, from a world that went the same way.
    let set = || {
        let mut world = World::new();
        let alice = world.provider("alice");
        world.post(job());
        (world, alice)
    };
    let (mut foretold, alice) = set();
    let assignment = foretold.assign(&alice, 8);
    let subject = foretold.assignment(assignment).subject;
    let root = foretold.run(&alice, assignment).run.root();

    let (mut world, alice) = set();
    world.send(&alice.operator, verifier::ExecuteMsg::Attest { subject: subject.clone(), root: root.into() }, 0);
    world.beacon();
    // Now that the draws are known, it looks worth assigning; but that attestation does not count, nor does another.
    let assignment = world.assign(&alice, 8);
    assert_eq!(world.assignment(assignment).subject, subject);
    let again = verifier::ExecuteMsg::Attest { subject, root: root.into() };
    let refused: ContractError = world.refused(&alice.operator, again, 0);
    assert!(matches!(refused, ContractError::AlreadyAttested { .. }), "{refused}");
    let attest_by = world.assignment(assignment).attest_by;
    world.chain.advance_to(attest_by + 1);
    let stranger = world.stranger.clone();
    world.send(&stranger, escrow::ExecuteMsg::Expire { assignments: vec![assignment] }, 0);
    assert_eq!((world.state_of(assignment), world.balance(&alice.owner)), (State::Absent, 0));
}

#[test]
fn giving_back_after_seeing_the_draws() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.beacon();
    let (fee, give_back) = (world.give_back_fee(assignment), escrow::ExecuteMsg::GiveBack { assignment });
    let refused: tequio_escrow::ContractError = world.refused(&alice.operator, give_back, fee);
    assert!(matches!(refused, tequio_escrow::ContractError::Attested { .. }), "{refused}");
}

#[test]
fn opening_only_when_lucky_or_vanishing() {
    let mut world = World::new();
    let (unlucky, gone) = (world.provider("unlucky"), world.provider("gone"));
    world.post(job());
    let (attested, never) = (world.assign(&unlucky, 4), world.assign(&gone, 4));
    world.attest(&unlucky);
    world.beacon();
    // All but the last draws are opened: not enough.
    let parts = world.openings(attested, 16);
    for part in &parts[..3] {
        world.send(&unlucky.operator, part.clone(), 0);
    }
    assert_eq!(world.verdict(attested), Verdict::Pending {});
    let lien = world.assignment(attested).lien;
    let ended = world.expire();
    let [lapsed, absent] = [attested, never].map(|id| ended.iter().find(|end| end.assignment == id).unwrap());
    assert_eq!((lapsed.state, lapsed.slashed), (State::Lapsed, lien));
    assert_eq!(absent.state, State::Absent);
    assert!(absent.slashed.u128() > 0 && absent.slashed < lien);
    // Too late now.
    let refused: ContractError = world.refused(&unlucky.operator, parts[3].clone(), 0);
    assert!(matches!(refused, ContractError::Lapsed { .. }), "{refused}");
}

#[test]
fn the_beacon_stops() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    let ended = world.expire();
    assert_eq!((ended[0].state, ended[0].slashed.u128()), (State::Void, 0));
    // A round that comes after all brings nothing back to life.
    let (round, stranger) = (world.attestation(assignment).round.unwrap().round, world.stranger.clone());
    world.chain.post_round(&stranger, round).unwrap();
    assert_eq!(world.verdict(assignment), Verdict::Void {});
}
