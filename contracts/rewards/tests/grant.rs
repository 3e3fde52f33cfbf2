use tequio_contract::grant::BadGrant;
use tequio_protocol::rewards::{QueryMsg, SourceGranted, SourceResponse};
use tequio_rewards::ContractError;

use crate::world::{CONFIG, World, addr, event};

fn sources(world: &World) -> Vec<SourceResponse> {
    world.ask(&QueryMsg::Sources { start_after: None, limit: None })
}

#[test]
fn before_the_first_job_a_grant_takes_effect_at_once() {
    let mut world = World::new();
    let escrow = addr("escrow");
    let response = world.grant(&escrow).unwrap();
    let effective = world.now();
    assert_eq!(event::<SourceGranted>(&response), SourceGranted { source: escrow.to_string(), effective });
    assert_eq!(sources(&world), [SourceResponse { source: escrow.to_string(), effective: Some(effective) }]);
    world.commons(&escrow, 1, 1).unwrap();
}

#[test]
fn later_it_waits_for_the_timelock() {
    let (mut world, escrow, client) = World::settled();
    world.reserve(&escrow, 1, &client, 1).unwrap();
    let other = addr("other");
    world.grant(&other).unwrap();
    let effective = world.now() + CONFIG.timelock;
    world.approve(&client, &other, 100).unwrap();
    world.pass(CONFIG.timelock - 1);
    assert_eq!(
        world.reserve(&other, 1, &client, 1).unwrap_err(),
        ContractError::Grant(BadGrant::Waits {
            right: "reserve",
            address: other.clone(),
            effective,
            now: effective - 1
        })
    );
    world.pass(1);
    world.reserve(&other, 1, &client, 1).unwrap();
}

#[test]
fn a_job_that_is_over_still_was_a_job() {
    let (mut world, escrow, client) = World::settled();
    world.reserve(&escrow, 1, &client, 1).unwrap();
    world.release(&escrow, 1, 1).unwrap();
    world.grant(&addr("other")).unwrap();
    assert!(matches!(world.commons(&addr("other"), 1, 1), Err(ContractError::Grant(BadGrant::Waits { .. }))));
}

#[test]
fn a_grant_is_not_repeated() {
    let mut world = World::new();
    let escrow = addr("escrow");
    world.grant(&escrow).unwrap();
    let since = world.now();
    world.pass(5);
    assert_eq!(
        world.grant(&escrow).unwrap_err(),
        ContractError::Grant(BadGrant::AlreadyGranted { address: escrow, since })
    );
}

/// Only a source reserves, so that nobody puts the timelock between a deployment and its first job.
#[test]
fn nobody_forces_the_timelock_on_the_first_source() {
    let (mut world, escrow, dave) = (World::new(), addr("escrow"), addr("dave"));
    world.buy(&addr("client"), 1_000).unwrap();
    world.approve(&addr("client"), &dave, 1_000).unwrap();
    for sender in [&dave, &addr("client"), &world.owner.clone()] {
        let never = || ContractError::Grant(BadGrant::Never { right: "reserve", address: sender.clone() });
        assert_eq!(world.reserve(sender, 1, &addr("client"), 1).unwrap_err(), never());
        assert_eq!(world.commons(sender, 1, 1).unwrap_err(), never());
    }
    let now = world.now();
    assert_eq!(event::<SourceGranted>(&world.grant(&escrow).unwrap()).effective, now);
    world.reserve(&escrow, 1, &addr("client"), 1).unwrap_err();
    world.commons(&escrow, 1, 1).unwrap();
}
