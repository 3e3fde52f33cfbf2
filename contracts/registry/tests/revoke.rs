use tequio_contract::grant::BadGrant;
use tequio_protocol::registry::{HolderResponse, QueryMsg, Revoked};
use tequio_registry::ContractError;

use crate::world::{World, addr, event};

#[test]
fn a_revoked_holder_places_no_lien_but_releases_and_slashes_what_it_placed() {
    let (mut world, alice, escrow) = World::settled();
    world.lien(&escrow, &alice, 300).unwrap();
    let response = world.revoke(&escrow).unwrap();
    assert_eq!(event::<Revoked>(&response), Revoked { holder: escrow.to_string() });
    assert_eq!(
        world.lien(&escrow, &alice, 1).unwrap_err(),
        ContractError::Grant(BadGrant::Revoked { right: "place liens", address: escrow.clone() })
    );
    world.slash(&escrow, &alice, 100, None, None).unwrap();
    world.release(&escrow, &alice, 200).unwrap();
    assert_eq!(world.stake(&alice), (900, 0, 0, 100));
    let holders: Vec<HolderResponse> = world.ask(&QueryMsg::Holders { start_after: None, limit: None });
    assert_eq!(holders, [HolderResponse { holder: escrow.to_string(), effective: None }]);
}

#[test]
fn a_grant_can_be_revoked_while_it_waits() {
    let (mut world, alice, _) = World::settled();
    let other = addr("other");
    world.cap(&alice, &other, 1).unwrap();
    world.grant(&other).unwrap();
    world.revoke(&other).unwrap();
    assert_eq!(
        world.lien(&other, &alice, 1).unwrap_err(),
        ContractError::Grant(BadGrant::Revoked { right: "place liens", address: other })
    );
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
