//! post · assign · run · attest · open · settle · reward · claim.

use tequio_client::data::receive;
use tequio_escrow::ContractError;
use tequio_protocol::{
    escrow::{self, Ended, Ending, NotYet, State},
    verifier::Verdict,
};
use tequio_tests::{
    Job, STAKE, World, job,
    model::{digits, images},
    wait,
};

#[test]
fn who_works_is_paid_and_mints() {
    let mut world = World::new();
    let alice = world.provider("alice");
    let spec = world.offer(&job());
    let quote = world.quote(&spec);
    let job = world.post(job());

    let assignment = world.assign(&alice, 8);
    assert_eq!(world.shards(), (0, 8, 0, 0));
    assert_eq!(world.stake(&alice).liens.u128(), 8 * quote.lien.u128());

    world.attest(&alice);
    assert_eq!(world.verdict(assignment), Verdict::Pending {});
    world.beacon();
    world.open(&alice);
    assert!(world.verdict(assignment).agreed());

    let ended = world.settle();
    let provider = alice.owner.to_string();
    let (paid, slashed, fee, ending) = (8_000u128.into(), 0u128.into(), 0u128.into(), Ending::Settled);
    assert_eq!(
        ended,
        [Ended { assignment, job, provider, ending, first: 0, shards: 8, paid, slashed, fee, to_burn: fee }]
    );
    assert_eq!(world.shards(), (0, 0, 8, 0));
    assert_eq!(world.stake(&alice).free.u128(), STAKE);

    let before = world.bank(&alice.owner);
    assert_eq!(world.withdraw(&alice.owner), 8_000);
    assert_eq!(world.bank(&alice.owner), before + 8_000);
    // κ is 4/5.
    assert_eq!(world.claim(&alice), quote.credits.u128() * 4 / 5);
    assert_eq!(world.tokens(&alice.owner), quote.credits.u128() * 4 / 5);
}

#[test]
fn the_client_gets_what_the_program_computes() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(Job { draws: 16, ..Job::of(digits(), images(3)) });
    let assignment = world.assign(&alice, 3);
    world.complete(&alice);
    assert_eq!(world.state_of(assignment), State::Ended(Ending::Settled));

    let (root, key) = (world.attestation(assignment).root, &world.held(assignment).delivered);
    let mut delivered = vec![];
    let take = |outputs: Vec<Vec<u8>>| delivered.extend(outputs.concat());
    wait(receive(&world.store, key, digits().manifest(), 3, &root, take)).unwrap();
    assert_eq!(delivered, tequio_models::digits().outputs[..delivered.len()]);
    assert_eq!(delivered.len(), 3 * 4 * 10);
}

#[test]
fn nothing_is_paid_before_the_audit_window_is_over() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(Job { audit_window: Some(7_200), ..job() });
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.beacon();
    world.open(&alice);
    let Verdict::GenuineSoFar { until } = world.verdict(assignment) else { panic!("final already") };
    assert_eq!((until.since, until.seconds), (world.chain.moment(), 7_200));

    let settle = escrow::ExecuteMsg::Settle { assignments: vec![assignment] };
    let (stranger, now) = (world.stranger.clone(), world.chain.moment());
    world.refuses(
        &stranger,
        settle.clone(),
        0,
        ContractError::NotYet { assignment, reason: NotYet::Audit { until, now } },
    );
    world.chain.advance_past(until);
    world.send(&stranger, settle, 0);
    assert_eq!(world.balance(&alice.owner), 8_000);
}

#[test]
fn without_an_audit_window_it_is_paid_at_once() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(Job { audit_window: Some(0), ..job() });
    world.assign(&alice, 8);
    world.attest(&alice);
    world.beacon();
    world.open(&alice);
    let now = world.now();
    world.settle();
    assert_eq!((world.balance(&alice.owner), world.now()), (8_000, now));
}
