use tequio_contract::{bounds::OutOfBounds, grant::BadGrant};
use tequio_protocol::registry::{ExecuteMsg, LienPlaced, LienResponse, MIN_THAW};
use tequio_registry::{ContractError, core::error::CoreError};

use crate::world::{CONFIG, World, addr, event, u};

#[test]
fn liens_of_a_holder_add_up_to_its_cap() {
    let (mut world, alice, escrow) = World::settled();
    let response = world.lien(&escrow, &alice, 250).unwrap();
    let placed = LienPlaced { provider: alice.to_string(), holder: escrow.to_string(), amount: u(250) };
    assert_eq!(event::<LienPlaced>(&response), placed);
    world.lien(&escrow, &alice, 350).unwrap();
    let lien = LienResponse { holder: escrow.to_string(), placed: u(600), cap: u(600) };
    assert_eq!(world.liens(&alice), [lien]);
    assert_eq!(world.stake(&alice), (400, 0, 600, 0));
    let error = ContractError::Core(CoreError::CapExceeded {
        holder: escrow.clone(),
        placed: u(600),
        amount: u(1),
        cap: u(600),
    });
    assert_eq!(world.lien(&escrow, &alice, 1).unwrap_err(), error);
}

#[test]
fn liens_of_all_holders_together_stay_within_free_stake() {
    let (mut world, alice, escrow) = World::settled();
    let other = addr("other");
    world.grant(&other).unwrap();
    world.cap(&alice, &other, 600).unwrap();
    world.pass(CONFIG.timelock);
    world.lien(&escrow, &alice, 600).unwrap();
    assert_eq!(
        world.lien(&other, &alice, 401).unwrap_err(),
        ContractError::Core(CoreError::StakeShort { free: u(400), needed: u(401) })
    );
    world.lien(&other, &alice, 400).unwrap();
    assert_eq!(world.stake(&alice), (0, 0, 1_000, 0));
}

#[test]
fn a_lien_outlives_a_thaw() {
    let (mut world, alice, escrow) = World::settled();
    world.lien(&escrow, &alice, 600).unwrap();
    world.unbond(&alice, 400).unwrap();
    world.pass(10 * MIN_THAW);
    world.withdraw(&alice).unwrap();
    assert_eq!(world.stake(&alice), (0, 0, 600, 0));
    assert!(matches!(world.unbond(&alice, 1), Err(ContractError::Core(CoreError::StakeShort { .. }))));
}

#[test]
fn only_those_who_were_granted_place_liens() {
    let (mut world, alice, _) = World::settled();
    for stranger in [addr("dave"), world.owner.clone(), alice.clone()] {
        let error = ContractError::Grant(BadGrant::Never { right: "place liens", address: stranger.clone() });
        assert_eq!(world.lien(&stranger, &alice, 1).unwrap_err(), error);
    }
}

#[test]
fn zero_and_strangers_bear_no_lien() {
    let (mut world, alice, escrow) = World::settled();
    assert_eq!(
        world.lien(&escrow, &alice, 0).unwrap_err(),
        ContractError::Bounds(OutOfBounds::Zero { name: "amount" })
    );
    let error = ContractError::UnknownProvider { provider: addr("dave") };
    assert_eq!(world.lien(&escrow, &addr("dave"), 1).unwrap_err(), error);
    let nonsense = ExecuteMsg::Lien { provider: "nonsense".into(), amount: u(1) };
    assert!(matches!(world.send(&escrow, &nonsense), Err(ContractError::Std(_))));
}

#[test]
fn the_greatest_amount_overflows_nothing() {
    let (mut world, alice, escrow) = World::settled();
    world.cap(&alice, &escrow, u128::MAX).unwrap();
    world.lien(&escrow, &alice, 1).unwrap();
    assert_eq!(
        world.lien(&escrow, &alice, u128::MAX).unwrap_err(),
        ContractError::Core(CoreError::StakeShort { free: u(999), needed: u(u128::MAX) })
    );
}
