use tequio_contract::{bounds::OutOfBounds, grant::BadGrant};
use tequio_protocol::{
    JobId,
    rewards::{ExecuteMsg, Rewarded},
};
use tequio_rewards::{ContractError, core::error::CoreError};

use crate::world::{CONFIG, EPOCH, World, addr, event, u};

#[test]
fn a_settled_shard_consumes_its_credits_and_earns_kappa_of_them() {
    let (mut world, escrow, client) = World::settled();
    let alice = addr("alice");
    world.reserve(&escrow, 1, &client, 10).unwrap();
    let response = world.reward(&escrow, 7, 1, &alice, 3).unwrap();
    let rewarded = Rewarded {
        source: escrow.to_string(),
        number: 7u64.into(),
        job: JobId(1),
        provider: alice.to_string(),
        shards: 3,
        consumed: u(30),
        earned: u(15),
    };
    assert_eq!(event::<Rewarded>(&response), rewarded);
    assert_eq!(world.claimable(&alice).earned, u(15));
    assert_eq!(world.reservation(&escrow, 1).shards, 7);
    assert_eq!(world.credits(&client), 900);
}

#[test]
fn a_number_counts_once() {
    let (mut world, escrow, client) = World::settled();
    let alice = addr("alice");
    world.reserve(&escrow, 1, &client, 10).unwrap();
    world.reserve(&escrow, 2, &client, 10).unwrap();
    world.reward(&escrow, 7, 1, &alice, 3).unwrap();
    let error = ContractError::AlreadyCounted { origin: escrow.clone(), number: 7 };
    assert_eq!(world.reward(&escrow, 7, 1, &alice, 3).unwrap_err(), error);
    assert_eq!(world.reward(&escrow, 7, 2, &addr("bob"), 1).unwrap_err(), error);
    assert_eq!(world.claimable(&alice).earned, u(15));
}

#[test]
fn a_number_that_failed_may_come_again() {
    let (mut world, escrow, client) = World::settled();
    let alice = addr("alice");
    world.reserve(&escrow, 1, &client, 2).unwrap();
    assert!(world.reward(&escrow, 7, 1, &alice, 3).is_err());
    world.reward(&escrow, 7, 1, &alice, 2).unwrap();
}

#[test]
fn the_same_number_of_another_source_is_another() {
    let (mut world, escrow, client) = World::settled();
    let other = addr("other");
    world.grant(&other).unwrap();
    world.approve(&client, &other, 100).unwrap();
    world.reserve(&escrow, 1, &client, 1).unwrap();
    world.reserve(&other, 1, &client, 1).unwrap();
    world.reward(&escrow, 7, 1, &addr("alice"), 1).unwrap();
    world.reward(&other, 7, 1, &addr("alice"), 1).unwrap();
}

#[test]
fn no_more_shards_than_were_reserved() {
    let (mut world, escrow, client) = World::settled();
    let alice = addr("alice");
    world.reserve(&escrow, 1, &client, 10).unwrap();
    world.reward(&escrow, 1, 1, &alice, 6).unwrap();
    world.release(&escrow, 1, 3).unwrap();
    let error = ContractError::Core(CoreError::ShardsShort { job: JobId(1), left: 1, needed: 2 });
    assert_eq!(world.reward(&escrow, 2, 1, &alice, 2).unwrap_err(), error);
    world.reward(&escrow, 2, 1, &alice, 1).unwrap();
    let error = ContractError::Core(CoreError::ShardsShort { job: JobId(1), left: 0, needed: 1 });
    assert_eq!(world.reward(&escrow, 3, 1, &alice, 1).unwrap_err(), error);
}

#[test]
fn commons_work_counts_in_the_epoch_that_accepts_it() {
    let (mut world, escrow, _) = World::settled();
    let (alice, bob) = (addr("alice"), addr("bob"));
    world.commons(&escrow, 1, 10).unwrap();
    let response = world.reward(&escrow, 1, 1, &alice, 3).unwrap();
    let rewarded = event::<Rewarded>(&response);
    assert_eq!((rewarded.consumed, rewarded.earned), (u(0), u(0)));
    world.pass(EPOCH);
    world.reward(&escrow, 2, 1, &alice, 2).unwrap();
    world.reward(&escrow, 3, 1, &bob, 1).unwrap();
    assert_eq!((world.epoch(0).work, world.epoch(1).work), (u(3_000_000), u(3_000_000)));
    assert_eq!(world.claimable(&alice).open_work, u(2_000_000));
    assert_eq!(world.claimable(&bob).open_work, u(1_000_000));
}

#[test]
fn an_epochs_work_may_exceed_what_64_bits_hold() {
    let (mut world, escrow, _) = World::settled();
    let client = world.owner.to_string();
    let kind = tequio_protocol::rewards::Kind::Commons;
    let reserve = ExecuteMsg::Reserve { job: JobId(1), client, kind, shards: u64::MAX, cost: u64::MAX.into() };
    world.send(&escrow, &reserve).unwrap();
    world.reward(&escrow, 1, 1, &addr("alice"), u64::MAX).unwrap();
    assert_eq!(world.epoch(0).work, u(u64::MAX as u128 * u64::MAX as u128));
    world.pass(EPOCH);
    world.claim(&addr("alice")).unwrap();
    assert_eq!(world.purse(&addr("alice")), 1_000);
}

#[test]
fn wrong_ways_to_reward() {
    let (mut world, escrow, client) = World::settled();
    let alice = addr("alice");
    world.reserve(&escrow, 1, &client, 10).unwrap();
    assert_eq!(
        world.reward(&escrow, 1, 1, &alice, 0).unwrap_err(),
        ContractError::Bounds(OutOfBounds::Zero { name: "shards" })
    );
    let unknown = ContractError::UnknownReservation { origin: escrow.clone(), job: JobId(2) };
    assert_eq!(world.reward(&escrow, 1, 2, &alice, 1).unwrap_err(), unknown);
    assert_eq!(
        world.reward(&alice, 1, 1, &alice, 1).unwrap_err(),
        ContractError::Grant(BadGrant::Never { right: "reserve", address: alice.clone() })
    );
    // A source sees only its own jobs.
    let other = addr("other");
    world.grant(&other).unwrap();
    let unknown = ContractError::UnknownReservation { origin: other.clone(), job: JobId(1) };
    world.pass(CONFIG.timelock);
    assert_eq!(world.reward(&other, 1, 1, &alice, 1).unwrap_err(), unknown);
    let msg = ExecuteMsg::Reward { number: 1u64.into(), job: JobId(1), provider: "x".into(), shards: 1 };
    assert!(matches!(world.send(&escrow, &msg), Err(ContractError::Std(_))));
}
