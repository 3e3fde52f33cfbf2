use tequio_contract::bounds::OutOfBounds;
use tequio_protocol::{
    ThawId,
    registry::{MIN_THAW, ThawResponse, Unbonded},
};
use tequio_registry::{ContractError, core::error::CoreError};

use crate::world::{World, addr, event, u};

#[test]
fn unbonded_stake_thaws_and_bears_no_lien() {
    let (mut world, alice, escrow) = World::settled();
    let response = world.unbond(&alice, 700).unwrap();
    let ready = world.now() + MIN_THAW;
    assert_eq!(
        event::<Unbonded>(&response),
        Unbonded { provider: alice.to_string(), thaw: ThawId(1), amount: u(700), ready }
    );
    assert_eq!(world.thaws(&alice), [ThawResponse { id: ThawId(1), amount: u(700), ready }]);
    assert_eq!(world.stake(&alice), (300, 700, 0, 0));
    assert_eq!(
        world.lien(&escrow, &alice, 301).unwrap_err(),
        ContractError::Core(CoreError::StakeShort { free: u(300), needed: u(301) })
    );
    world.lien(&escrow, &alice, 300).unwrap();
}

#[test]
fn stake_under_lien_does_not_thaw() {
    let (mut world, alice, escrow) = World::settled();
    world.lien(&escrow, &alice, 600).unwrap();
    assert_eq!(
        world.unbond(&alice, 401).unwrap_err(),
        ContractError::Core(CoreError::StakeShort { free: u(400), needed: u(401) })
    );
    world.unbond(&alice, 400).unwrap();
    assert_eq!(world.stake(&alice), (0, 400, 600, 0));
}

#[test]
fn at_most_32_thaws_are_open() {
    let mut world = World::new();
    let alice = world.provider("alice", 1_000);
    for _ in 0..32 {
        world.unbond(&alice, 1).unwrap();
    }
    assert_eq!(world.unbond(&alice, 1).unwrap_err(), ContractError::TooManyThaws { open: 32, max: 32 });
    world.pass(MIN_THAW);
    assert_eq!(world.unbond(&alice, 1).unwrap_err(), ContractError::TooManyThaws { open: 32, max: 32 });
    world.withdraw(&alice).unwrap();
    world.unbond(&alice, 1).unwrap();
    let bob = world.provider("bob", 10);
    world.unbond(&bob, 1).unwrap();
}

#[test]
fn zero_strangers_and_operators_are_refused() {
    let mut world = World::new();
    let alice = world.provider("alice", 1_000);
    world.rotate(&alice, &["carol"], &[]).unwrap();
    assert_eq!(world.unbond(&alice, 0).unwrap_err(), ContractError::Bounds(OutOfBounds::Zero { name: "amount" }));
    for name in ["carol", "dave"] {
        assert_eq!(world.unbond(&addr(name), 1).unwrap_err(), ContractError::NotProvider { sender: addr(name) });
    }
}
