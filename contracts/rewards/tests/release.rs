use tequio_contract::{bounds::OutOfBounds, grant::BadGrant};
use tequio_protocol::{JobId, rewards::CreditsReleased};
use tequio_rewards::{ContractError, core::error::CoreError};

use crate::world::{World, addr, event, u};

#[test]
fn what_will_not_be_settled_comes_back_as_credits() {
    let (mut world, escrow, client) = World::settled();
    world.reserve(&escrow, 1, &client, 10).unwrap();
    let response = world.release(&escrow, 1, 4).unwrap();
    let (source, client_key) = (escrow.to_string(), client.to_string());
    let released = CreditsReleased { source, job: JobId(1), client: client_key, shards: 4, amount: u(40) };
    assert_eq!(event::<CreditsReleased>(&response), released);
    assert_eq!(world.credits(&client), 940);
    // Credits came back, the allowance did not.
    assert_eq!(world.allowance(&client, &escrow), 900);
    world.release(&escrow, 1, 6).unwrap();
    assert_eq!(world.credits(&client), 1_000);
    assert_eq!(world.reservation(&escrow, 1).shards, 0);
}

#[test]
fn what_was_rewarded_does_not_come_back() {
    let (mut world, escrow, client) = World::settled();
    world.reserve(&escrow, 1, &client, 10).unwrap();
    world.reward(&escrow, 1, 1, &addr("alice"), 8).unwrap();
    let error = ContractError::Core(CoreError::ShardsShort { job: JobId(1), left: 2, needed: 3 });
    assert_eq!(world.release(&escrow, 1, 3).unwrap_err(), error);
    world.release(&escrow, 1, 2).unwrap();
    assert_eq!(world.credits(&client), 920);
}

#[test]
fn a_commons_job_gives_nothing_back_but_its_shards() {
    let (mut world, escrow, _) = World::settled();
    world.commons(&escrow, 1, 10).unwrap();
    let response = world.release(&escrow, 1, 10).unwrap();
    assert_eq!(event::<CreditsReleased>(&response).amount, u(0));
    assert_eq!(world.credits(&world.owner), 0);
    assert!(matches!(
        world.reward(&escrow, 1, 1, &addr("alice"), 1),
        Err(ContractError::Core(CoreError::ShardsShort { .. }))
    ));
}

#[test]
fn wrong_ways_to_release() {
    let (mut world, escrow, client) = World::settled();
    world.reserve(&escrow, 1, &client, 10).unwrap();
    assert_eq!(world.release(&escrow, 1, 0).unwrap_err(), ContractError::Bounds(OutOfBounds::Zero { name: "shards" }));
    let unknown = ContractError::UnknownReservation { origin: escrow.clone(), job: JobId(2) };
    assert_eq!(world.release(&escrow, 2, 1).unwrap_err(), unknown);
    assert_eq!(
        world.release(&client, 1, 1).unwrap_err(),
        ContractError::Grant(BadGrant::Never { right: "reserve", address: client.clone() })
    );
}
