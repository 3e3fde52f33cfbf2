use cosmwasm_std::coins;
use tequio_contract::grant::BadGrant;
use tequio_protocol::registry::{Config, ExecuteMsg, Granted, HolderResponse, MAX_THAW, Metadata, QueryMsg};
use tequio_registry::ContractError;

use crate::world::{CONFIG, DENOM, World, addr, event, u};

fn holders(world: &World) -> Vec<HolderResponse> {
    world.ask(&QueryMsg::Holders { start_after: None, limit: None })
}

#[test]
fn before_the_first_provider_a_grant_takes_effect_at_once() {
    let mut world = World::fresh();
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
    let since = world.now();
    world.pass(5);
    assert_eq!(
        world.grant(&escrow).unwrap_err(),
        ContractError::Grant(BadGrant::AlreadyGranted { address: escrow, since })
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

/// Before, a stakeless registration put the timelock between a deployment and its first job.
#[test]
fn nobody_forces_the_timelock_on_the_first_holder() {
    let (mut world, escrow, alice) = (World::fresh(), addr("escrow"), addr("alice"));
    let register = ExecuteMsg::Register { operators: vec![], metadata: Metadata::default() };
    assert_eq!(world.send(&alice, &register).unwrap_err(), ContractError::NoHolder);
    assert_eq!(world.pay(&alice, &register, &coins(1_000, DENOM)).unwrap_err(), ContractError::NoHolder);
    let now = world.now();
    assert_eq!(event::<Granted>(&world.grant(&escrow).unwrap()).effective, now);
    world.send(&alice, &register).unwrap();
    // Not even a holder that was revoked at once shuts the door again.
    let mut world = World::fresh();
    world.grant(&escrow).unwrap();
    world.revoke(&escrow).unwrap();
    world.send(&alice, &register).unwrap();
    let effective = world.now() + CONFIG.timelock;
    assert_eq!(event::<Granted>(&world.grant(&escrow).unwrap()).effective, effective);
}

/// Before, a thaw raised after a grant was longer than the grant's timelock: who unbonded then left too late.
#[test]
fn a_thaw_raised_after_a_grant_does_not_outrun_its_timelock() {
    let (mut world, alice, escrow) = World::settled();
    let other = addr("other");
    world.cap(&alice, &other, 100).unwrap();
    world.grant(&other).unwrap();
    let granted = world.now();
    let thaw = 10 * CONFIG.timelock;
    world.configure(Config { thaw, timelock: thaw + 1, ..CONFIG }).unwrap();
    let leaver = world.provider("bob", 500);
    world.unbond(&leaver, 500).unwrap();

    world.pass(thaw);
    let effective = granted + thaw + 1;
    let waits = BadGrant::Waits { right: "place liens", address: other.clone(), effective, now: effective - 1 };
    assert_eq!(world.lien(&other, &alice, 1).unwrap_err(), ContractError::Grant(waits));
    let answer = holders(&world).into_iter().find(|holder| holder.holder == other.as_str());
    assert_eq!(answer.unwrap().effective, Some(effective));
    world.withdraw(&leaver).unwrap();
    assert_eq!(world.describe(&leaver).stake, u(0));
    world.pass(1);
    world.lien(&other, &alice, 1).unwrap();

    // Nobody was there when escrow was granted, so no thaw touches it; a lowered thaw shortens no timelock.
    world.configure(Config { thaw: MAX_THAW, timelock: MAX_THAW + 1, ..CONFIG }).unwrap();
    world.lien(&escrow, &alice, 1).unwrap();
    let carol = addr("carol");
    world.cap(&alice, &carol, 1).unwrap();
    world.grant(&carol).unwrap();
    world.configure(CONFIG).unwrap();
    world.pass(MAX_THAW);
    assert!(matches!(world.lien(&carol, &alice, 1), Err(ContractError::Grant(BadGrant::Waits { .. }))));
    world.pass(1);
    world.lien(&carol, &alice, 1).unwrap();
}
