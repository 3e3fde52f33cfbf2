use tequio_protocol::registry::{Capped, LienResponse};
use tequio_registry::{ContractError, core::error::CoreError};

use crate::world::{World, addr, event, u};

#[test]
fn nobody_may_place_anything_at_first() {
    let mut world = World::new();
    let escrow = addr("escrow");
    world.grant(&escrow).unwrap();
    let alice = world.provider("alice", 1_000);
    let error =
        ContractError::Core(CoreError::CapExceeded { holder: escrow.clone(), placed: u(0), amount: u(1), cap: u(0) });
    assert_eq!(world.lien(&escrow, &alice, 1).unwrap_err(), error);
}

#[test]
fn a_cap_is_for_one_holder_on_one_provider() {
    let mut world = World::new();
    let (escrow, other) = (addr("escrow"), addr("other"));
    world.grant(&escrow).unwrap();
    world.grant(&other).unwrap();
    let alice = world.provider("alice", 1_000);
    let bob = world.provider("bob", 1_000);
    world.cap(&alice, &escrow, 100).unwrap();
    world.lien(&escrow, &alice, 100).unwrap();
    assert!(matches!(world.lien(&other, &alice, 1), Err(ContractError::Core(CoreError::CapExceeded { .. }))));
    assert!(matches!(world.lien(&escrow, &bob, 1), Err(ContractError::Core(CoreError::CapExceeded { .. }))));
}

#[test]
fn lowered_below_what_is_placed_it_refuses_new_liens_and_touches_no_old_one() {
    let (mut world, alice, escrow) = World::settled();
    world.lien(&escrow, &alice, 500).unwrap();
    world.cap(&alice, &escrow, 10).unwrap();
    let lien = LienResponse { holder: escrow.to_string(), placed: u(500), cap: u(10) };
    assert_eq!(world.liens(&alice), [lien]);
    let error = ContractError::Core(CoreError::CapExceeded {
        holder: escrow.clone(),
        placed: u(500),
        amount: u(1),
        cap: u(10),
    });
    assert_eq!(world.lien(&escrow, &alice, 1).unwrap_err(), error);
    world.release(&escrow, &alice, 495).unwrap();
    world.lien(&escrow, &alice, 5).unwrap();
    assert_eq!(world.stake(&alice), (990, 0, 10, 0));
}

#[test]
fn a_cap_of_zero_with_nothing_placed_leaves_no_entry() {
    let (mut world, alice, escrow) = World::settled();
    assert_eq!(world.liens(&alice).len(), 1);
    world.cap(&alice, &escrow, 0).unwrap();
    assert_eq!(world.liens(&alice), []);
}

#[test]
fn a_holder_can_be_capped_before_it_is_granted() {
    let mut world = World::new();
    let alice = world.provider("alice", 1_000);
    let response = world.cap(&alice, &addr("escrow"), 100).unwrap();
    let capped = Capped { provider: alice.to_string(), holder: addr("escrow").to_string(), amount: u(100) };
    assert_eq!(event::<Capped>(&response), capped);
    assert_eq!(world.liens(&alice)[0].cap, u(100));
}

#[test]
fn only_a_provider_sets_caps_and_not_its_operator() {
    let mut world = World::new();
    let error = ContractError::NotProvider { sender: addr("bob") };
    assert_eq!(world.cap(&addr("bob"), &addr("escrow"), 100).unwrap_err(), error);
}
