//! `burn`: what nobody gets is burned, by anyone.

use cosmwasm_std::{Uint128, coins};
use cw_multi_test::Executor;
use tequio_arbiter::ContractError;
use tequio_protocol::{
    arbiter::{Burned, ExecuteMsg, Wanted},
    verifier::Verdict,
};

use crate::world::{DENOM, ONE, World, event};

#[test]
fn all_that_is_to_be_burned_is_burned_once() {
    let mut world = World::new();
    let (bob, stranger) = (world.bob.clone(), world.stranger.clone());
    let demand = world.demands(&bob, Wanted::Shards { depth: 0, index: 0 }).demand;
    world.reveals(demand);
    assert_eq!(world.refused(&stranger, ExecuteMsg::Burn {}, &[]), ContractError::NothingToBurn);
    world.verdict(ONE, Verdict::Genuine {});
    world.settles(&[demand]);
    let supply = |world: &World| world.app.wrap().query_supply(DENOM).unwrap().amount;
    let before = supply(&world);
    let told: Burned = event(&world.sends(&stranger, ExecuteMsg::Burn {}, 0));
    assert_eq!((told.amount, before - supply(&world)), (Uint128::new(26), Uint128::new(26)));
    assert_eq!((world.to_burn(), world.bank(&world.arbiter)), (0, 100));
    assert_eq!(world.refused(&stranger, ExecuteMsg::Burn {}, &[]), ContractError::NothingToBurn);
}

/// What somebody sends without a message is nobody's: no equation breaks and nothing more is paid.
#[test]
fn dust_is_nobodys() {
    let mut world = World::new();
    let (bob, arbiter) = (world.bob.clone(), world.arbiter.clone());
    world.app.send_tokens(bob.clone(), arbiter, &coins(7, DENOM)).unwrap();
    world.conserves();
    assert_eq!(world.refused(&bob, ExecuteMsg::Burn {}, &[]), ContractError::NothingToBurn);
    assert_eq!(world.balance(&bob), 0);
}
