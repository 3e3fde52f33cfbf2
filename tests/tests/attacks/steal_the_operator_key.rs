//! Steal a provider's operator key: take shards of a job of one's own with it, show nothing, and share in the slash.

use cosmwasm_std::Uint128;
use tequio_embedded::Setup;
use tequio_escrow::ContractError;
use tequio_protocol::{
    escrow::{Assigned, Ended, Ending, ExecuteMsg, NotYet},
    registry, rewards, verifier,
};
use tequio_tests::{Job, Provider, World, job};

const STAKE: u128 = 1_000_000;
const CAP: u128 = 200_000;

/// What the owner lost and the thief won.
fn steals(setup: Setup) -> (u128, u128) {
    let mut world = World::with(setup);
    let alice = world.provider_with("alice", STAKE);
    let cap = registry::ExecuteMsg::Cap { holder: world.chain.deployment().escrow.to_string(), amount: CAP.into() };
    world.send(&alice.owner, cap, 0);
    let thief = world.actor("thief");
    let before = world.wealth(&thief);
    let job = world.post_as(&thief, Job { price: 19_000, ..job() });
    for round in 0u8.. {
        let mut taken = vec![];
        while let Ok(executed) = world.chain.send(&alice.operator, alice.taking(job, 1), 0) {
            let Assigned { assignment, .. } = executed.one().unwrap();
            let subject = world.assignment(assignment).subject;
            world.send(&alice.operator, verifier::ExecuteMsg::Attest { subject, root: [round; 32].into() }, 0);
            taken.push(assignment);
        }
        if taken.is_empty() {
            break;
        }
        world.beacon();
        world.pass(3_700);
        world.send(&thief, ExecuteMsg::Expire { assignments: taken }, 0);
    }
    world.send(&thief, ExecuteMsg::Refund { job, shards: None }, 0);
    world.send(&thief, ExecuteMsg::Withdraw {}, 0);
    world.send(&thief, registry::ExecuteMsg::Withdraw {}, 0);
    (world.stake(&alice).slashed.u128(), world.wealth(&thief) - before)
}

/// Jobs that cost no credits, and shares as high as governance may set them.
fn generous() -> Setup {
    let setup = Setup::default();
    let rewards = rewards::Config { rate: Uint128::zero(), ..setup.rewards.clone() };
    let mut setup = Setup { rewards, ..setup };
    setup.max_gas = Uint128::MAX;
    setup.escrow.client_gas = Uint128::MAX;
    setup.escrow.reporter_tip = Uint128::MAX;
    setup
}

#[test]
fn the_cap_bounds_the_loss_for_good_and_four_fifths_are_nobodys() {
    let (lost, won) = steals(generous());
    assert!(lost > 0 && lost <= CAP, "{lost} of a cap of {CAP}");
    assert!(5 * won <= lost, "{won} of {lost}");
}

/// The thief took 4 shards, and the owner found out.
fn rotated() -> (World, Provider, tequio_protocol::AssignmentId) {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 4);
    let rig = world.actor("alice's other rig");
    world.rotate(&alice, &[&rig], &[&alice.operator]);
    (world, alice, assignment)
}

/// A key that was rotated away takes nothing, and gives nothing back.
#[test]
fn a_rotated_key_does_not_go_on() {
    let (mut world, alice, assignment) = rotated();
    let not_operator = || ContractError::NotOperator { sender: alice.operator.clone(), provider: alice.owner.clone() };
    let job = world.assignment(assignment).job;
    world.refuses(&alice.operator, alice.taking(job, 1), 0, not_operator());
    let fee = world.give_back_fee(assignment);
    world.refuses(&alice.operator, ExecuteMsg::GiveBack { assignment }, fee, not_operator());
}

/// What a stolen key took is ended before it attests to garbage: absence costs a share, garbage the whole lien.
#[test]
fn the_owner_stops_a_stolen_keys_work_at_the_cost_of_absence() {
    let (mut world, alice, assignment) = rotated();
    let lien = world.assignment(assignment).lien.u128();
    let expire = ExecuteMsg::Expire { assignments: vec![assignment] };
    let thief = alice.operator.clone();
    let refused: ContractError = world.refused(&thief, expire.clone(), 0);
    assert!(matches!(refused, ContractError::NotYet { reason: NotYet::Unattested { .. }, .. }), "{refused}");
    let ended = world.send(&alice.owner, expire, 0).one::<Ended>().unwrap();
    let share = u128::from(world.job(ended.job).rules.absence_bps);
    assert_eq!((ended.ending, ended.slashed.u128()), (Ending::Absent, (lien * share).div_ceil(10_000)));
    // The garbage comes too late.
    let subject = world.assignment(assignment).subject;
    world.send(&thief, verifier::ExecuteMsg::Attest { subject, root: [7; 32].into() }, 0);
    world.beacon();
    world.pass(3_700);
    let over = ContractError::Over { assignment, ending: Ending::Absent };
    for message in
        [ExecuteMsg::Expire { assignments: vec![assignment] }, ExecuteMsg::Settle { assignments: vec![assignment] }]
    {
        assert_eq!(world.refused::<ContractError>(&thief, message, 0), over);
    }
    assert_eq!(world.stake(&alice).liens.u128(), 0);
}

/// The owner key itself runs from nothing that was attested.
#[test]
fn an_owner_does_not_end_what_its_operator_attested_to() {
    let (mut world, alice, assignment) = rotated();
    let subject = world.assignment(assignment).subject;
    world.send(&alice.operator, verifier::ExecuteMsg::Attest { subject, root: [7; 32].into() }, 0);
    let expire = ExecuteMsg::Expire { assignments: vec![assignment] };
    let refused: ContractError = world.refused(&alice.owner, expire, 0);
    assert!(matches!(refused, ContractError::NotYet { reason: NotYet::Pending { .. }, .. }), "{refused}");
}
