//! `pause`: governance stops posting and assigning, and nothing else.

use cw_ownable::OwnershipError;
use tequio_escrow::ContractError;
use tequio_protocol::escrow::{ExecuteMsg, PauseSet, QueryMsg};

use crate::world::{World, event};

fn pause(world: &mut World, posting: bool, assigning: bool) {
    let events = world.sends(&world.governance.clone(), ExecuteMsg::Pause { posting, assigning }, 0);
    assert_eq!(event::<PauseSet>(&events), PauseSet { posting, assigning });
}

#[test]
fn paused_posting_refuses_jobs_and_quotes() {
    let mut world = World::new();
    let job = world.post(world.spec());
    pause(&mut world, true, false);
    let (client, spec) = (world.client.clone(), world.spec());
    assert_eq!(world.refused(&client, ExecuteMsg::Post { spec: spec.clone() }, 100_000), ContractError::PostingPaused);
    let quote = world.app.wrap().query_wasm_smart::<cosmwasm_std::Binary>(&world.escrow, &QueryMsg::Quote { spec });
    assert!(quote.unwrap_err().to_string().contains("posting is paused"));
    world.assign(&world.alice.operator.clone(), job, 1);
}

#[test]
fn paused_assigning_refuses_assignments() {
    let mut world = World::new();
    pause(&mut world, false, true);
    let job = world.post(world.spec());
    let alice = world.alice.operator.clone();
    assert_eq!(world.refused(&alice, world.taking(&alice, job, 1), 0), ContractError::AssigningPaused);
    pause(&mut world, false, false);
    world.assign(&alice, job, 1);
}

#[test]
fn nothing_else_can_be_paused() {
    let mut world = World::new();
    let genuine = world.genuine(10);
    let job = world.assignment(genuine).job;
    let (bob, client) = (world.bob.operator.clone(), world.client.clone());
    let given_back = world.assign(&bob, job, 10);
    let absent = world.assign(&bob, job, 10);
    pause(&mut world, true, true);
    world.rewards_fails(true);
    world.settle(genuine);
    world.sends(&bob, ExecuteMsg::GiveBack { assignment: given_back }, 100);
    world.pass(3_601);
    world.expire(absent);
    world.sends(&client, ExecuteMsg::TopUp { job, first: 10, price: 1_001u128.into() }, 90);
    world.sends(&client, ExecuteMsg::Refund { job, shards: None }, 0);
    world.rewards_fails(false);
    world.sends(&client, ExecuteMsg::Reward { assignments: vec![genuine] }, 0);
    world.sends(&client, ExecuteMsg::Release { jobs: vec![job] }, 0);
    world.sends(&client, ExecuteMsg::Withdraw {}, 0);
    world.sends(&world.alice.owner.clone(), ExecuteMsg::Withdraw {}, 0);
    world.sends(&world.stranger.clone(), ExecuteMsg::Burn {}, 0);
    assert_eq!(world.bank(&world.escrow), 0);
}

#[test]
fn nobody_else_pauses() {
    let mut world = World::new();
    let error = world.refused(&world.client.clone(), ExecuteMsg::Pause { posting: true, assigning: true }, 0);
    assert_eq!(error, ContractError::Ownership(OwnershipError::NotOwner));
}
