//! Open only when lucky; vanish.

use tequio_attestation::{Outcome, check};
use tequio_protocol::{
    escrow::{Ending, State},
    verifier::{ExecuteMsg, Verdict},
};
use tequio_tests::{World, job, model::noise};
use tequio_verifier::ContractError;

#[test]
fn opening_only_the_lucky_draws_costs_as_much_as_a_false_one() {
    let mut world = World::new();
    let mallory = world.cheat("mallory", |scene| {
        let mut last = scene.honest.clone();
        last.slots[3] = noise(3, last.slots[3].len());
        last
    });
    world.post(job());
    let assignment = world.assign(&mallory, 8);
    let lien = world.assignment(assignment).lien.u128();
    world.attest(&mallory);
    world.beacon();
    let statement = world.statement(assignment);
    let mut lucky = 0;
    for message in world.openings(assignment, 1) {
        let ExecuteMsg::Open { opening, .. } = &message else { panic!("{message:?}") };
        match check(&statement, lucky, opening) {
            Ok(Outcome::Agreed { .. }) => world.send(&mallory.operator, message, 0),
            // Better not to show this one.
            Ok(Outcome::Disagreed(_)) => break,
            Err(error) => panic!("{error}"),
        };
        lucky += 1;
    }
    assert!((1..64).contains(&lucky), "{lucky}");
    assert_eq!((world.verdict(assignment), world.attestation(assignment).opened), (Verdict::Pending {}, lucky));
    let ended = world.expire();
    assert_eq!((ended[0].ending, ended[0].slashed.u128()), (Ending::Lapsed, lien));
    assert_eq!(world.verdict(assignment), Verdict::Lapsed {});
}

#[test]
fn too_late_is_never() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.beacon();
    let opening = world.openings(assignment, 64).remove(0);
    let deadline = world.attestation(assignment).round.unwrap().deadline.unwrap();
    world.chain.advance_past(deadline);
    let now = world.chain.moment();
    world.refuses(&alice.operator, opening, 0, ContractError::Lapsed { opened: 0, draws: 64, deadline, now });
}

#[test]
fn who_vanishes_pays_and_its_shards_are_done_by_others() {
    let mut world = World::new();
    let (mallory, alice) = (world.provider("mallory"), world.provider("alice"));
    world.post(job());
    let silent = world.assign(&mallory, 4);
    let attested = world.assign(&mallory, 4);
    world.attest_to(&mallory, attested);
    world.beacon();
    world.expire();
    assert_eq!(
        [silent, attested].map(|id| world.state_of(id)),
        [State::Ended(Ending::Absent), State::Ended(Ending::Lapsed)]
    );
    let liens = [silent, attested].map(|id| world.assignment(id).lien.u128());
    assert_eq!(world.stake(&mallory).slashed.u128(), (liens[0] * 5).div_ceil(100) + liens[1]);
    world.assign(&alice, 8);
    world.complete(&alice);
    assert_eq!(world.balance(&alice.owner), 8_000);
}
