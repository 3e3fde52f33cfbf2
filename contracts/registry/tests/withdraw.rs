use tequio_protocol::registry::{Config, MIN_THAW, Thawed, Withdrawn};
use tequio_registry::ContractError;

use crate::world::{CONFIG, RICHES, World, addr, event, part, u};

#[test]
fn thawed_stake_is_paid_when_its_time_is_over_and_not_before() {
    let mut world = World::new();
    let alice = world.provider("alice", 1_000);
    world.unbond(&alice, 700).unwrap();
    world.pass(MIN_THAW - 1);
    assert_eq!(world.withdraw(&alice).unwrap_err(), ContractError::NothingToWithdraw { address: alice.clone() });
    world.pass(1);
    let response = world.withdraw(&alice).unwrap();
    assert_eq!(event::<Withdrawn>(&response), Withdrawn { address: alice.to_string(), amount: u(700) });
    assert_eq!(event::<Thawed>(&response), Thawed { provider: alice.to_string(), amount: u(700) });
    assert_eq!(world.purse(&alice), RICHES - 300);
    assert_eq!(world.stake(&alice), (300, 0, 0, 0));
    assert_eq!(world.withdraw(&alice).unwrap_err(), ContractError::NothingToWithdraw { address: alice.clone() });
}

#[test]
fn each_thaw_has_its_own_time() {
    let mut world = World::new();
    let alice = world.provider("alice", 1_000);
    world.unbond(&alice, 100).unwrap();
    world.pass(1_000);
    world.unbond(&alice, 20).unwrap();
    world.pass(MIN_THAW - 1_000);
    world.withdraw(&alice).unwrap();
    assert_eq!(world.stake(&alice), (880, 20, 0, 0));
    world.pass(1_000);
    world.withdraw(&alice).unwrap();
    assert_eq!(world.stake(&alice), (880, 0, 0, 0));
}

#[test]
fn a_shorter_thaw_overtakes_a_longer_one() {
    let mut world = World::new();
    let alice = world.provider("alice", 1_000);
    world.configure(Config { thaw: 3 * MIN_THAW, timelock: 4 * MIN_THAW, ..CONFIG }).unwrap();
    world.unbond(&alice, 100).unwrap();
    world.configure(CONFIG).unwrap();
    world.unbond(&alice, 20).unwrap();
    world.pass(MIN_THAW);
    world.withdraw(&alice).unwrap();
    assert_eq!(world.stake(&alice), (880, 100, 0, 0));
    world.pass(2 * MIN_THAW);
    world.withdraw(&alice).unwrap();
    assert_eq!(world.stake(&alice), (880, 0, 0, 0));
}

#[test]
fn a_balance_is_paid_to_whom_it_belongs() {
    let (mut world, alice, escrow) = World::settled();
    let (client, reporter) = (addr("client"), addr("reporter"));
    world.lien(&escrow, &alice, 600).unwrap();
    world.slash(&escrow, &alice, 600, part(&client, 80), part(&reporter, 40)).unwrap();
    world.withdraw(&client).unwrap();
    assert_eq!(world.purse(&client), RICHES + 80);
    assert_eq!((world.balance(&client), world.balance(&reporter)), (0, 40));
    assert_eq!(world.withdraw(&client).unwrap_err(), ContractError::NothingToWithdraw { address: client });
    world.withdraw(&reporter).unwrap();
    assert_eq!(world.purse(&reporter), RICHES + 40);
}

#[test]
fn a_provider_is_paid_its_balance_and_its_thaws_at_once() {
    let (mut world, alice, escrow) = World::settled();
    let bob = world.provider("bob", 1_000);
    world.lien(&escrow, &alice, 600).unwrap();
    world.slash(&escrow, &alice, 600, part(&bob, 120), None).unwrap();
    world.unbond(&bob, 10).unwrap();
    world.pass(MIN_THAW);
    let response = world.withdraw(&bob).unwrap();
    assert_eq!(event::<Withdrawn>(&response).amount, u(130));
    assert_eq!(event::<Thawed>(&response).amount, u(10));
    assert_eq!(world.purse(&bob), RICHES - 1_000 + 130);
}

#[test]
fn a_thaw_is_paid_whatever_liens_there_are() {
    let (mut world, alice, escrow) = World::settled();
    world.unbond(&alice, 400).unwrap();
    world.lien(&escrow, &alice, 600).unwrap();
    world.pass(MIN_THAW);
    world.withdraw(&alice).unwrap();
    assert_eq!(world.stake(&alice), (0, 0, 600, 0));
    world.slash(&escrow, &alice, 600, None, None).unwrap();
    assert_eq!(world.stake(&alice), (0, 0, 0, 600));
}
