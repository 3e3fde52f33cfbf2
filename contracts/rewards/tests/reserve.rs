use tequio_contract::{bounds::OutOfBounds, grant::BadGrant};
use tequio_protocol::{
    JobId,
    rewards::{Config, CreditsReserved, ExecuteMsg, Kind, MAX_PER_UNIT, ReservationResponse, WORK_UNIT},
};
use tequio_rewards::{ContractError, core::error::CoreError};

use crate::world::{CONFIG, World, addr, event, u};

fn job(client: &str, kind: Kind, shards: u64, cost: u64) -> ExecuteMsg {
    ExecuteMsg::Reserve { job: JobId(1), client: addr(client).to_string(), kind, shards, cost: cost.into() }
}

#[test]
fn credits_are_reserved_at_the_rate_and_kappa_of_this_moment() {
    let (mut world, escrow, client) = World::settled();
    // 2.5 units and a bit at 10 credits a unit: 26 a shard, rounded up.
    let response = world.send(&escrow, &job("client", Kind::Client, 3, 2_500_001)).unwrap();
    let reserved = CreditsReserved {
        source: escrow.to_string(),
        job: JobId(1),
        client: client.to_string(),
        kind: Kind::Client,
        shards: 3,
        cost: 2_500_001u64.into(),
        amount: u(78),
    };
    assert_eq!(event::<CreditsReserved>(&response), reserved);
    assert_eq!((world.credits(&client), world.allowance(&client, &escrow)), (922, 922));

    world.configure(Config { rate: u(0), kappa_bps: 1, ..CONFIG }).unwrap();
    let expected = ReservationResponse {
        client: client.to_string(),
        kind: Kind::Client,
        shards: 3,
        cost: 2_500_001u64.into(),
        credits: u(26),
        kappa_bps: 5_000,
    };
    assert_eq!(world.reservation(&escrow, 1), expected);
    world.reward(&escrow, 1, 1, &addr("alice"), 3).unwrap();
    assert_eq!(world.claimable(&addr("alice")).earned, u(39));
}

#[test]
fn commons_jobs_need_no_credits() {
    let (mut world, escrow, _) = World::settled();
    let response = world.send(&escrow, &job("governance", Kind::Commons, 3, WORK_UNIT)).unwrap();
    assert_eq!(event::<CreditsReserved>(&response).amount, u(0));
    let reservation = world.reservation(&escrow, 1);
    assert_eq!((reservation.kind, reservation.credits, reservation.kappa_bps), (Kind::Commons, u(0), 0));
}

#[test]
fn at_a_rate_of_zero_nobody_has_to_approve() {
    let mut world = World::new();
    let escrow = addr("escrow");
    world.grant(&escrow).unwrap();
    world.configure(Config { rate: u(0), ..CONFIG }).unwrap();
    world.send(&escrow, &job("dave", Kind::Client, 3, WORK_UNIT)).unwrap();
    world.reward(&escrow, 1, 1, &addr("alice"), 3).unwrap();
    assert!(matches!(world.claim(&addr("alice")), Err(ContractError::NothingToClaim { .. })));
}

#[test]
fn a_job_is_reserved_once_even_when_nothing_of_it_is_left() {
    let (mut world, escrow, client) = World::settled();
    world.reserve(&escrow, 1, &client, 2).unwrap();
    let again = ContractError::AlreadyReserved { origin: escrow.clone(), job: JobId(1) };
    assert_eq!(world.reserve(&escrow, 1, &client, 2).unwrap_err(), again);
    world.release(&escrow, 1, 2).unwrap();
    assert_eq!(world.reserve(&escrow, 1, &client, 2).unwrap_err(), again);
    assert_eq!(world.credits(&client), 1_000);
}

#[test]
fn two_sources_have_their_own_numbers() {
    let (mut world, escrow, client) = World::settled();
    let other = addr("other");
    world.grant(&other).unwrap();
    world.approve(&client, &other, 100).unwrap();
    world.reserve(&escrow, 1, &client, 2).unwrap();
    world.reserve(&other, 1, &client, 3).unwrap();
    assert_eq!(world.reservation(&escrow, 1).shards, 2);
    assert_eq!(world.reservation(&other, 1).shards, 3);
}

#[test]
fn only_sources_reserve() {
    let (mut world, _, client) = World::settled();
    for stranger in [client, world.owner.clone()] {
        assert_eq!(
            world.send(&stranger, &job("client", Kind::Client, 1, 1)).unwrap_err(),
            ContractError::Grant(BadGrant::Never { right: "reserve", address: stranger })
        );
    }
}

#[test]
fn zero_and_too_much_are_refused() {
    let (mut world, escrow, client) = World::settled();
    let mut refused = |shards, cost| world.send(&escrow, &job("client", Kind::Client, shards, cost)).unwrap_err();
    assert_eq!(refused(0, 1), ContractError::Bounds(OutOfBounds::Zero { name: "shards" }));
    assert_eq!(refused(1, 0), ContractError::Bounds(OutOfBounds::Zero { name: "cost" }));
    let needed = u((10 * u128::from(u64::MAX)).div_ceil(1_000_000));
    assert!(matches!(refused(1, u64::MAX), ContractError::AllowanceShort { needed: n, .. } if n == needed));
    world.configure(Config { rate: MAX_PER_UNIT, ..CONFIG }).unwrap();
    let msg = job("client", Kind::Client, u64::MAX, u64::MAX);
    assert!(matches!(world.send(&escrow, &msg), Err(ContractError::Core(CoreError::Overflow(_)))));
    // As large as escrow lets a job be.
    let msg = job("client", Kind::Client, 1 << 32, u64::MAX);
    assert!(matches!(world.send(&escrow, &msg), Err(ContractError::AllowanceShort { .. })));
    assert_eq!(world.credits(&client), 1_000);
}
