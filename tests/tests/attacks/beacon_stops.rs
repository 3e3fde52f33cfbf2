//! The beacon stops.

use tequio_embedded::{LocalBeacon, Setup};
use tequio_protocol::{
    BeaconId,
    escrow::Ending,
    verifier::{ExecuteMsg, Verdict},
};
use tequio_tests::{STAKE, World, job};
use tequio_verifier::ContractError;

#[test]
fn nobody_loses_by_it() {
    let mut world = World::new();
    let alice = world.provider("alice");
    let client = world.wealth(&world.client);
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    assert_eq!(world.expire()[0].ending, Ending::Void);
    assert_eq!((world.verdict(assignment), world.stake(&alice).free.u128()), (Verdict::Void {}, STAKE));
    world.refund(None);
    assert_eq!(world.wealth(&world.client), client);
}

#[test]
fn a_round_that_comes_late_counts_from_its_arrival_and_one_that_comes_too_late_not_at_all() {
    let terms = Setup::default().escrow.terms;
    let (open_window, void_after) = (u64::from(terms.open_window), u64::from(terms.void_after));
    for (late, counts) in [(void_after - 60, true), (void_after + 60, false)] {
        let mut world = World::new();
        let alice = world.provider("alice");
        world.post(job());
        let assignment = world.assign(&alice, 8);
        world.attest(&alice);
        world.pass(10);
        let stranger = world.stranger.clone();
        world.send(&stranger, ExecuteMsg::Tick {}, 0);
        let drawn = world.attestation(assignment).round.unwrap();
        world.chain.advance_to(drawn.due + late);
        world.post_round(drawn.round);
        // The whole window to open it, however late.
        world.pass(open_window - 60);
        if counts {
            world.open(&alice);
            assert!(world.verdict(assignment).agreed());
        } else {
            let message = world.opening(assignment, vec![]);
            world.refuses(&alice.operator, message, 0, ContractError::Void { round: drawn.round, limit: drawn.limit });
            assert_eq!(world.verdict(assignment), Verdict::Void {});
        }
    }
}

#[test]
fn another_beacon_is_for_attestations_after_its_timelock_only() {
    let mut world = World::new();
    let (alice, governance, stranger) =
        (world.provider("alice"), world.chain.deployment().governance.clone(), world.stranger.clone());
    world.post(job());
    let before = world.assign(&alice, 4);
    world.attest(&alice);
    let new = LocalBeacon::new(b"another", world.now(), 3);
    world.send(&governance, ExecuteMsg::Propose { beacon: new.public().clone() }, 0);

    // Governance's own beacon draws nothing that was attested before, and for three days nothing at all.
    world.pass(10);
    world.send(&stranger, ExecuteMsg::Tick {}, 0);
    assert_eq!(world.attestation(before).round.unwrap().beacon, BeaconId(1));
    world.pass(259_200);
    let after = world.assign(&alice, 4);
    world.attest_to(&alice, after);
    world.pass(10);
    world.send(&stranger, ExecuteMsg::Tick {}, 0);
    let drawn = world.attestation(after).round.unwrap();
    assert_eq!((drawn.beacon, world.attestation(before).round.unwrap().beacon), (BeaconId(2), BeaconId(1)));

    world.chain.advance_to(drawn.due);
    let round = |beacon: u64, signature: Vec<u8>| ExecuteMsg::Beacon {
        beacon: BeaconId(beacon),
        round: drawn.round,
        signature: signature.into(),
    };
    let wrong = round(2, world.chain.beacon().sign(drawn.round));
    world.refuses(&stranger, wrong, 0, ContractError::WrongSignature { beacon: BeaconId(2), round: drawn.round });
    world.send(&stranger, round(2, new.sign(drawn.round)), 0);
    for message in world.openings(after, u32::MAX) {
        world.send(&stranger, message, 0);
    }
    assert!(world.verdict(after).agreed());
}
