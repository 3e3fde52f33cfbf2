//! Whatever governance sets, of escrow or of its neighbours, touches no job that is posted already.

use cosmwasm_std::{Decimal, Uint128};
use tequio_protocol::{
    escrow::{Config, Ending, ExecuteMsg, JobSpec, Kind, State},
    registry,
    verifier::{Terms, Verdict},
};

use crate::world::{FALSE, TERMS, World, config, sent};

/// Everything that can be set, set otherwise.
fn upheaval(world: &mut World) {
    let config = Config {
        margin_bps: 90_000,
        token_value: Decimal::percent(9_000),
        give_back_window: 60,
        give_back_fee_bps: 1_000,
        absence_bps: 2_000,
        client_gas: Uint128::new(500),
        reporter_tip: Uint128::new(300),
        terms: Terms { delay: 60, open_window: 9_000, void_after: 90_000, audit_window: 9_000, blocks: 900 },
        arbitration: None,
        max_opening_bytes: 70_000u64.into(),
        max_draw_bytes: 20_000,
        max_reads: 1_024,
        rewards_gas: 300_000,
    };
    world.sends(&world.governance.clone(), ExecuteMsg::Configure { config }, 0);
    world.terms(Kind::Client, 900, 800);
    world.burn_bps(9_000);
}

#[test]
fn liens_stay_as_quoted() {
    let mut world = World::new();
    let job = world.post(world.spec());
    upheaval(&mut world);
    let assignment = world.assign(&world.alice.operator.clone(), job, 1);
    assert_eq!(world.assignment(assignment).lien.u128(), 2_065);
    world.sends(&world.client.clone(), ExecuteMsg::TopUp { job, first: 1, price: 2_000u128.into() }, 99_000);
    let assignment = world.assign(&world.alice.operator.clone(), job, 1);
    assert_eq!(world.assignment(assignment).lien.u128(), 4_106, "at another price too");
}

#[test]
fn windows_fees_and_gas_stay() {
    let mut world = World::new();
    let (settles, goes_back) = (world.assigned(1), world.assigned(1));
    upheaval(&mut world);
    world.attest(settles);
    world.verdict(settles, Verdict::Genuine {});
    world.pass(120);
    world.sends(&world.alice.operator.clone(), ExecuteMsg::GiveBack { assignment: goes_back }, 10);
    world.pass(480);
    world.settle(settles);
    assert_eq!(sent().last().unwrap().gas_limit, Some(400_000));
}

#[test]
fn forfeits_stay() {
    let mut world = World::new();
    let (absent, slashed) = (world.assigned(10), world.assigned(10));
    upheaval(&mut world);
    world.attest(slashed);
    world.verdict(slashed, FALSE);
    world.pass(3_601);
    world.expire(absent);
    world.settle(slashed);
    assert_eq!(
        (world.state(absent), world.state(slashed)),
        (State::Ended(Ending::Absent), State::Ended(Ending::Slashed))
    );
    let slashes: Vec<_> = world
        .told_registry()
        .into_iter()
        .filter_map(|message| match message {
            registry::ExecuteMsg::Slash { amount, client, reporter, .. } => {
                Some((amount.u128(), client.unwrap().amount.u128(), reporter.unwrap().amount.u128()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(slashes, [(2_065, 50, 30), (20_650, 50, 30)]);
}

#[test]
fn later_jobs_follow_the_new_config() {
    let mut world = World::new();
    let config = Config { terms: Terms { audit_window: 42, ..TERMS }, margin_bps: 30_000, ..config() };
    world.sends(&world.governance.clone(), ExecuteMsg::Configure { config }, 0);
    let job = world.post(JobSpec { draws: 1, ..world.spec() });
    // One draw: q = 1/4, S = 1,012 × (3/q − 1) / ½.
    assert_eq!((world.job(job).terms.audit_window, world.job(job).lien.u128()), (42, 22_264));
}
