//! Giving a whole assignment back.

use tequio_contract::funds::BadFunds;
use tequio_escrow::ContractError;
use tequio_protocol::{
    Deadline,
    escrow::{self, Ending, Kept},
};
use tequio_tests::{STAKE, World, job};

#[test]
fn for_a_fee_to_the_client_it_is_as_if_it_had_not_been_taken() {
    let mut world = World::new();
    let (alice, bob) = (world.provider("alice"), world.provider("bob"));
    world.post(job());
    let assignment = world.assign(&alice, 8);
    // 1 % of 8,000.
    let fee = world.give_back_fee(assignment);
    assert_eq!(fee, 80);
    let give_back = escrow::ExecuteMsg::GiveBack { assignment };
    let denom = world.chain.deployment().denom.clone();
    let refused: ContractError = world.refused(&alice.operator, give_back.clone(), 79);
    assert_eq!(refused, BadFunds::Underfunded { sent: 79u128.into(), due: 80u128.into(), denom }.into());
    let refused: ContractError = world.refused(&bob.operator, give_back, 80);
    assert!(matches!(refused, ContractError::NotOperator { .. }), "{refused}");

    let ended = world.give_back(assignment);
    assert_eq!((ended.ending, ended.slashed.u128()), (Ending::GivenBack, 0));
    assert_eq!((world.balance(&world.client), world.stake(&alice).free.u128()), (80, STAKE));
    assert_eq!(world.free(), [(0, 8)]);

    world.assign(&bob, 8);
    world.complete(&bob);
    assert_eq!(world.balance(&bob.owner), 8_000);
}

#[test]
fn once_for_each_provider_and_job_and_not_late() {
    let mut world = World::new();
    let alice = world.provider("alice");
    let first = world.post(job());
    let assignment = world.assign(&alice, 8);
    world.give_back(assignment);

    let again = world.assign(&alice, 8);
    let fee = world.give_back_fee(again);
    let give_back = escrow::ExecuteMsg::GiveBack { assignment: again };
    world.refuses(
        &alice.operator,
        give_back,
        fee,
        ContractError::GaveBack { job: first, provider: alice.owner.clone() },
    );

    // Another job is another matter, but time is.
    world.post(job());
    let other = world.assign(&alice, 8);
    let until = Deadline { seconds: 300, ..world.assignment(other).attest_by };
    world.chain.advance_past(until);
    let now = world.chain.moment();
    world.refuses(
        &alice.operator,
        escrow::ExecuteMsg::GiveBack { assignment: other },
        fee,
        ContractError::Kept { assignment: other, reason: Kept::Closed { until, now } },
    );
}
