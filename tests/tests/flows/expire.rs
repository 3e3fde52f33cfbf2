//! What never came, and what that costs.

use tequio_escrow::ContractError;
use tequio_protocol::{
    escrow::{self, Ending, NotYet, State},
    verifier::Verdict,
};
use tequio_tests::{STAKE, World, job};

fn amounts(world: &World, alice: &tequio_tests::Provider) -> [u128; 3] {
    let stake = world.stake(alice);
    [stake.stake.u128(), stake.liens.u128(), stake.slashed.u128()]
}

#[test]
fn who_never_attests_forfeits_a_share_of_the_lien() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    let (lien, attest_by) = (world.assignment(assignment).lien.u128(), world.assignment(assignment).attest_by);

    world.chain.advance_to(attest_by.time());
    let expire = escrow::ExecuteMsg::Expire { assignments: vec![assignment] };
    let (stranger, now) = (world.stranger.clone(), world.chain.moment());
    world.refuses(
        &stranger,
        expire.clone(),
        0,
        ContractError::NotYet { assignment, reason: NotYet::Unattested { attest_by, now } },
    );

    world.pass(1);
    let settle = escrow::ExecuteMsg::Settle { assignments: vec![assignment] };
    world.refuses(&stranger, settle, 0, ContractError::Expires { assignment, ending: Ending::Absent });
    world.send(&stranger, expire.clone(), 0);
    // 5 % is what never attesting costs.
    let forfeit = (lien * 5).div_ceil(100);
    assert_eq!(amounts(&world, &alice), [STAKE - forfeit, 0, forfeit]);
    assert_eq!(world.free(), [(0, 8)]);

    world.refuses(&stranger, expire, 0, ContractError::Over { assignment, ending: Ending::Absent });
}

#[test]
fn who_attests_and_does_not_open_forfeits_all_of_it() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    let lien = world.assignment(assignment).lien.u128();
    world.attest(&alice);
    world.beacon();
    let ended = world.expire();
    assert_eq!((ended[0].ending, ended[0].slashed.u128()), (Ending::Lapsed, lien));
    assert_eq!(world.verdict(assignment), Verdict::Lapsed {});
    assert_eq!(amounts(&world, &alice), [STAKE - lien, 0, lien]);
    assert_eq!(world.free(), [(0, 8)]);
}

#[test]
fn what_is_to_be_settled_cannot_be_expired() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.beacon();
    world.open(&alice);
    world.pass(30 * 86_400);
    let stranger = world.stranger.clone();
    let expire = escrow::ExecuteMsg::Expire { assignments: vec![assignment] };
    world.refuses(&stranger, expire, 0, ContractError::Settles { assignment, ending: Ending::Settled });
    world.settle();
    assert_eq!(world.balance(&alice.owner), 8_000);
}

#[test]
fn an_attestation_that_comes_too_late_is_none() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    let attest_by = world.assignment(assignment).attest_by;
    world.chain.advance_past(attest_by);
    world.attest(&alice);
    world.beacon();
    world.open(&alice);
    assert!(world.verdict(assignment).agreed());
    let stranger = world.stranger.clone();
    let settle = escrow::ExecuteMsg::Settle { assignments: vec![assignment] };
    world.refuses(&stranger, settle, 0, ContractError::Expires { assignment, ending: Ending::Absent });
    let expire = escrow::ExecuteMsg::Expire { assignments: vec![assignment] };
    world.send(&stranger, expire, 0);
    assert_eq!((world.state_of(assignment), world.balance(&alice.owner)), (State::Ended(Ending::Absent), 0));
}
