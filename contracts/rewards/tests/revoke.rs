use tequio_contract::grant::BadGrant;
use tequio_protocol::rewards::{QueryMsg, SourceResponse, SourceRevoked};
use tequio_rewards::ContractError;

use crate::world::{CONFIG, World, addr, event, u};

#[test]
fn a_revoked_source_reserves_nothing_but_rewards_and_releases_what_it_reserved() {
    let (mut world, escrow, client) = World::settled();
    world.reserve(&escrow, 1, &client, 10).unwrap();
    let response = world.revoke(&escrow).unwrap();
    assert_eq!(event::<SourceRevoked>(&response), SourceRevoked { source: escrow.to_string() });
    let error = ContractError::Grant(BadGrant::Revoked { right: "reserve", address: escrow.clone() });
    assert_eq!(world.reserve(&escrow, 2, &client, 1).unwrap_err(), error);
    world.reward(&escrow, 1, 1, &addr("alice"), 4).unwrap();
    world.release(&escrow, 1, 6).unwrap();
    assert_eq!(world.claimable(&addr("alice")).earned, u(20));
    assert_eq!(world.credits(&client), 960);
    let sources: Vec<SourceResponse> = world.ask(&QueryMsg::Sources { start_after: None, limit: None });
    assert_eq!(sources, [SourceResponse { source: escrow.to_string(), effective: None }]);
}

#[test]
fn granted_once_more_it_waits_once_more() {
    let (mut world, escrow, client) = World::settled();
    world.reserve(&escrow, 1, &client, 1).unwrap();
    world.revoke(&escrow).unwrap();
    world.grant(&escrow).unwrap();
    assert!(matches!(world.reserve(&escrow, 2, &client, 1), Err(ContractError::Grant(BadGrant::Waits { .. }))));
    world.pass(CONFIG.timelock);
    world.reserve(&escrow, 2, &client, 1).unwrap();
}

#[test]
fn only_what_was_granted_is_revoked_and_once() {
    let mut world = World::new();
    let escrow = addr("escrow");
    let error = ContractError::Grant(BadGrant::NotGranted { address: escrow.clone() });
    assert_eq!(world.revoke(&escrow).unwrap_err(), error);
    world.grant(&escrow).unwrap();
    world.revoke(&escrow).unwrap();
    assert_eq!(world.revoke(&escrow).unwrap_err(), error);
}
