use tequio_contract::grant::BadGrant;
use tequio_protocol::registry::{Granted, HolderResponse, QueryMsg};
use tequio_registry::ContractError;

use crate::world::{CONFIG, World, addr, event};

fn holders(world: &World) -> Vec<HolderResponse> {
    world.ask(&QueryMsg::Holders { start_after: None, limit: None })
}

#[test]
fn before_the_first_provider_a_grant_takes_effect_at_once() {
    let mut world = World::new();
    let escrow = addr("escrow");
    let response = world.grant(&escrow).unwrap();
    let effective = world.now();
    assert_eq!(event::<Granted>(&response), Granted { holder: escrow.to_string(), effective });
    assert_eq!(holders(&world), [HolderResponse { holder: escrow.to_string(), effective: Some(effective) }]);
    let alice = world.provider("alice", 1_000);
    world.cap(&alice, &escrow, 1).unwrap();
    world.lien(&escrow, &alice, 1).unwrap();
}

#[test]
fn later_it_waits_for_the_timelock_in_which_every_provider_can_leave() {
    let mut world = World::new();
    let escrow = addr("escrow");
    let alice = world.provider("alice", 1_000);
    world.cap(&alice, &escrow, 1_000).unwrap();
    world.grant(&escrow).unwrap();
    let effective = world.now() + CONFIG.timelock;
    let leaver = world.provider("bob", 500);
    world.unbond(&leaver, 500).unwrap();
    world.pass(CONFIG.timelock - 1);
    assert_eq!(
        world.lien(&escrow, &alice, 1).unwrap_err(),
        ContractError::Grant(BadGrant::Waits {
            right: "place liens",
            address: escrow.clone(),
            effective,
            now: effective - 1
        })
    );
    world.withdraw(&leaver).unwrap();
    world.pass(1);
    world.lien(&escrow, &alice, 1).unwrap();
}

#[test]
fn a_grant_is_not_repeated() {
    let mut world = World::new();
    let escrow = addr("escrow");
    world.grant(&escrow).unwrap();
    let effective = world.now();
    world.pass(5);
    assert_eq!(
        world.grant(&escrow).unwrap_err(),
        ContractError::Grant(BadGrant::AlreadyGranted { address: escrow, effective })
    );
}

#[test]
fn after_a_revocation_it_waits_once_more() {
    let (mut world, alice, escrow) = World::settled();
    world.revoke(&escrow).unwrap();
    world.grant(&escrow).unwrap();
    assert!(matches!(world.lien(&escrow, &alice, 1), Err(ContractError::Grant(BadGrant::Waits { .. }))));
    world.pass(CONFIG.timelock);
    world.lien(&escrow, &alice, 1).unwrap();
}
