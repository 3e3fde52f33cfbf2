//! `withdraw`: pays the sender's balance.

use cosmwasm_std::coins;
use cw_multi_test::Executor;
use tequio_escrow::ContractError;
use tequio_protocol::escrow::{ExecuteMsg, Withdrawn};

use crate::world::{DENOM, World, event};

#[test]
fn each_party_withdraws_its_own_once() {
    let mut world = World::new();
    let assignment = world.genuine(40);
    let (owner, client) = (world.alice.owner.clone(), world.client.clone());
    world.settle(assignment);
    let job = world.assignment(assignment).job;
    world.sends(&client, ExecuteMsg::Refund { job, shards: None }, 0);
    let before = world.bank(&client);
    let events = world.sends(&owner, ExecuteMsg::Withdraw {}, 0);
    let withdrawn = Withdrawn { address: owner.to_string(), amount: 40_000u128.into() };
    assert_eq!((event::<Withdrawn>(&events), world.bank(&owner)), (withdrawn, 40_000));
    world.sends(&client, ExecuteMsg::Withdraw {}, 0);
    assert_eq!((world.bank(&client) - before, world.bank(&world.escrow)), (60_000, 0));
    for address in [owner, client] {
        let error = ContractError::NothingToWithdraw { address: address.clone() };
        assert_eq!(world.refused(&address, ExecuteMsg::Withdraw {}, 0), error);
    }
}

#[test]
fn who_has_nothing_gets_nothing() {
    let mut world = World::new();
    let assignment = world.genuine(40);
    world.settle(assignment);
    for address in [world.stranger.clone(), world.alice.operator.clone(), world.governance.clone()] {
        let error = ContractError::NothingToWithdraw { address: address.clone() };
        assert_eq!(world.refused(&address, ExecuteMsg::Withdraw {}, 0), error);
    }
}

#[test]
fn dust_sent_to_the_contract_is_nobodys() {
    let mut world = World::new();
    let assignment = world.genuine(100);
    let (stranger, escrow) = (world.stranger.clone(), world.escrow.clone());
    world.app.send_tokens(stranger, escrow, &coins(3, DENOM)).unwrap();
    world.settle(assignment);
    world.sends(&world.alice.owner.clone(), ExecuteMsg::Withdraw {}, 0);
    assert_eq!(world.bank(&world.escrow), 3);
}
