use tequio_protocol::rewards::Approved;
use tequio_rewards::ContractError;

use crate::world::{World, addr, event, u};

#[test]
fn a_source_reserves_only_what_a_client_approved() {
    let (mut world, escrow, client) = World::settled();
    world.approve(&client, &escrow, 49).unwrap();
    assert_eq!(
        world.reserve(&escrow, 1, &client, 5).unwrap_err(),
        ContractError::AllowanceShort { client: client.clone(), origin: escrow.clone(), allowed: u(49), needed: u(50) }
    );
    world.approve(&client, &escrow, 55).unwrap();
    world.reserve(&escrow, 1, &client, 5).unwrap();
    assert_eq!((world.allowance(&client, &escrow), world.credits(&client)), (5, 950));
}

#[test]
fn an_allowance_is_set_and_not_added_to() {
    let (mut world, escrow, client) = World::settled();
    let response = world.approve(&client, &escrow, 7).unwrap();
    let approved = Approved { client: client.to_string(), source: escrow.to_string(), amount: u(7) };
    assert_eq!(event::<Approved>(&response), approved);
    assert_eq!(world.allowance(&client, &escrow), 7);
    world.approve(&client, &escrow, 0).unwrap();
    assert_eq!(world.allowance(&client, &escrow), 0);
}

#[test]
fn it_is_for_one_source() {
    let (mut world, escrow, client) = World::settled();
    let other = addr("other");
    world.grant(&other).unwrap();
    assert_eq!(world.allowance(&client, &other), 0);
    assert!(matches!(world.reserve(&other, 1, &client, 1), Err(ContractError::AllowanceShort { .. })));
    world.reserve(&escrow, 1, &client, 1).unwrap();
}

#[test]
fn more_than_the_client_has_may_be_approved_and_not_reserved() {
    let (mut world, escrow, client) = World::settled();
    world.approve(&client, &escrow, u128::MAX).unwrap();
    assert_eq!(
        world.reserve(&escrow, 1, &client, 101).unwrap_err(),
        ContractError::CreditsShort { client: client.clone(), free: u(1_000), needed: u(1_010) }
    );
    world.reserve(&escrow, 1, &client, 100).unwrap();
    assert_eq!(world.credits(&client), 0);
}
