//! `withdraw`: everyone takes out its own.

use tequio_arbiter::ContractError;
use tequio_protocol::{
    arbiter::{ExecuteMsg, Wanted, Withdrawn},
    verifier::Verdict,
};

use crate::world::{ONE, RICH, WRONG, World, event};

#[test]
fn a_balance_is_paid_once_to_its_owner() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let demand = world.demands(&bob, Wanted::Shards { depth: 0, index: 0 }).demand;
    world.verdict(ONE, Verdict::False(WRONG));
    let nothing = |address| ContractError::NothingToWithdraw { address };
    assert_eq!(world.refused(&bob, ExecuteMsg::Withdraw {}, &[]), nothing(bob.clone()));
    world.settles(&[demand]);
    assert_eq!(world.refused(&alice, ExecuteMsg::Withdraw {}, &[]), nothing(alice.clone()));
    let told: Withdrawn = event(&world.sends(&bob, ExecuteMsg::Withdraw {}, 0));
    assert_eq!(told, Withdrawn { address: bob.to_string(), amount: 126u128.into() });
    assert_eq!((world.bank(&bob), world.bank(&world.arbiter), world.balance(&bob)), (RICH, 0, 0));
    assert_eq!(world.refused(&bob, ExecuteMsg::Withdraw {}, &[]), nothing(bob.clone()));
}
