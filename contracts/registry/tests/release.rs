use tequio_contract::{bounds::OutOfBounds, grant::BadGrant};
use tequio_protocol::registry::LienReleased;
use tequio_registry::{ContractError, core::error::CoreError};

use crate::world::{CONFIG, World, addr, event, u};

#[test]
fn released_stake_is_free_again() {
    let (mut world, alice, escrow) = World::settled();
    world.lien(&escrow, &alice, 600).unwrap();
    let response = world.release(&escrow, &alice, 250).unwrap();
    let released = LienReleased { provider: alice.to_string(), holder: escrow.to_string(), amount: u(250) };
    assert_eq!(event::<LienReleased>(&response), released);
    assert_eq!(world.stake(&alice), (650, 0, 350, 0));
    world.release(&escrow, &alice, 350).unwrap();
    assert_eq!(world.stake(&alice), (1_000, 0, 0, 0));
}

#[test]
fn a_holder_releases_its_own_lien_and_no_more() {
    let (mut world, alice, escrow) = World::settled();
    let other = addr("other");
    world.grant(&other).unwrap();
    world.cap(&alice, &other, 100).unwrap();
    world.pass(CONFIG.timelock);
    world.lien(&escrow, &alice, 300).unwrap();
    world.lien(&other, &alice, 100).unwrap();
    assert_eq!(
        world.release(&other, &alice, 101).unwrap_err(),
        ContractError::Core(CoreError::LienShort { placed: u(100), needed: u(101) })
    );
    world.release(&other, &alice, 100).unwrap();
    assert_eq!(
        world.release(&other, &alice, 1).unwrap_err(),
        ContractError::Core(CoreError::LienShort { placed: u(0), needed: u(1) })
    );
    assert_eq!(world.stake(&alice), (700, 0, 300, 0));
}

#[test]
fn wrong_ways_to_release() {
    let (mut world, alice, escrow) = World::settled();
    world.lien(&escrow, &alice, 300).unwrap();
    assert_eq!(
        world.release(&escrow, &alice, 0).unwrap_err(),
        ContractError::Bounds(OutOfBounds::Zero { name: "amount" })
    );
    assert_eq!(
        world.release(&alice, &alice, 1).unwrap_err(),
        ContractError::Grant(BadGrant::Never { right: "place liens", address: alice.clone() })
    );
    assert_eq!(
        world.release(&escrow, &addr("dave"), 1).unwrap_err(),
        ContractError::Core(CoreError::LienShort { placed: u(0), needed: u(1) })
    );
}
