use tequio_contract::grant::BadGrant;
use tequio_protocol::rewards::{
    Config, ConfigResponse, Configured, Kind, MAX_PER_UNIT, MAX_TIMELOCK, MIN_TIMELOCK, QueryMsg, TermsResponse,
    WORK_UNIT,
};
use tequio_rewards::{ContractError, core::error::CoreError};

use crate::world::{CONFIG, World, addr, bounds, event, u};

#[test]
fn a_change_touches_only_later_jobs() {
    let (mut world, escrow, client) = World::settled();
    world.reserve(&escrow, 1, &client, 10).unwrap();
    let config = Config { rate: u(20), kappa_bps: 1_000, ..CONFIG };
    let response = world.configure(config.clone()).unwrap();
    assert_eq!(event::<Configured>(&response), Configured::new(&config).unwrap());
    assert_eq!(world.ask::<ConfigResponse>(&QueryMsg::Config {}).config, config);
    world.reserve(&escrow, 2, &client, 10).unwrap();
    world.reward(&escrow, 1, 1, &addr("alice"), 10).unwrap();
    world.reward(&escrow, 2, 2, &addr("bob"), 10).unwrap();
    assert_eq!(world.claimable(&addr("alice")).earned, u(50));
    assert_eq!(world.claimable(&addr("bob")).earned, u(20));
    assert_eq!(world.credits(&client), 700);
}

#[test]
fn a_new_timelock_is_for_later_grants() {
    let (mut world, escrow, client) = World::settled();
    world.reserve(&escrow, 1, &client, 1).unwrap();
    let (early, late) = (addr("other"), addr("dave"));
    world.grant(&early).unwrap();
    world.configure(Config { timelock: 2 * MIN_TIMELOCK, ..CONFIG }).unwrap();
    world.grant(&late).unwrap();
    world.pass(MIN_TIMELOCK);
    world.commons(&early, 1, 1).unwrap();
    assert!(matches!(world.commons(&late, 1, 1), Err(ContractError::Grant(BadGrant::Waits { .. }))));
}

#[test]
fn every_bound_is_enforced() {
    let mut world = World::new();
    let too_much = |name| CoreError::TooMuch { name, value: MAX_PER_UNIT + u(1), max: MAX_PER_UNIT }.into();
    for (config, error) in [
        (Config { kappa_bps: 10_000, ..CONFIG }, bounds("kappa_bps", 10_000, 0, 9_999)),
        (Config { kappa_bps: u16::MAX, ..CONFIG }, bounds("kappa_bps", u64::from(u16::MAX), 0, 9_999)),
        (Config { rate: MAX_PER_UNIT + u(1), ..CONFIG }, too_much("rate")),
        (Config { cap: MAX_PER_UNIT + u(1), ..CONFIG }, too_much("cap")),
        (
            Config { timelock: MAX_TIMELOCK + 1, ..CONFIG },
            bounds("timelock", MAX_TIMELOCK + 1, MIN_TIMELOCK, MAX_TIMELOCK),
        ),
        (Config { timelock: 0, ..CONFIG }, bounds("timelock", 0, MIN_TIMELOCK, MAX_TIMELOCK)),
    ] {
        assert_eq!(world.configure(config).unwrap_err(), error);
        assert_eq!(world.ask::<ConfigResponse>(&QueryMsg::Config {}).config, CONFIG);
    }
    let most = Config { rate: MAX_PER_UNIT, kappa_bps: 9_999, cap: MAX_PER_UNIT, timelock: MAX_TIMELOCK };
    let least = Config { rate: u(0), kappa_bps: 0, cap: u(0), timelock: MIN_TIMELOCK };
    for config in [most, least] {
        world.configure(config).unwrap();
    }
}

#[test]
fn terms_are_those_of_a_job_posted_now() {
    let mut world = World::new();
    let terms =
        |world: &World, kind, cost: u64| world.ask::<TermsResponse>(&QueryMsg::Terms { kind, cost: cost.into() });
    let client = terms(&world, Kind::Client, WORK_UNIT + 1);
    assert_eq!(client, TermsResponse { credits: u(11), mint: u(6) });
    let commons = terms(&world, Kind::Commons, WORK_UNIT + 1);
    assert_eq!(commons, TermsResponse { credits: u(0), mint: u(201) });
    world.configure(Config { rate: u(1), cap: u(0), ..CONFIG }).unwrap();
    assert_eq!(terms(&world, Kind::Client, WORK_UNIT), TermsResponse { credits: u(1), mint: u(1) });
    assert_eq!(terms(&world, Kind::Commons, WORK_UNIT), TermsResponse { credits: u(0), mint: u(0) });
}
