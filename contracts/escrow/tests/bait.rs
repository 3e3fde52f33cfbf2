//! Bait: a client posts inputs that are wrong or nowhere to be had, to live on the fees and forfeits of those who take
//! its shards.

use proptest::prelude::*;
use tequio_protocol::{
    escrow::{Config, ExecuteMsg, JobSpec},
    registry,
    verifier::Verdict,
};

use crate::world::{FALSE, World, config};

/// What becomes of an assignment of a bait.
#[derive(Clone, Copy, Debug)]
enum Fate {
    GivenBack,
    Absent,
    False,
    Lapsed,
}

/// What somebody got of slashes, as registry was told.
fn parts(world: &World) -> (u128, u128) {
    world.told_registry().iter().fold((0, 0), |(clients, reporters), message| match message {
        registry::ExecuteMsg::Slash { client, reporter, .. } => {
            let amount = |part: &Option<registry::Part>| part.as_ref().map_or(0, |part| part.amount.u128());
            (clients + amount(client), reporters + amount(reporter))
        }
        _ => (clients, reporters),
    })
}

fn baits(price: u128, gas: u128, tip: u128, fates: &[(usize, u64, Fate)]) {
    let mut world = World::new();
    let config = Config { client_gas: gas.into(), reporter_tip: tip.into(), ..config() };
    world.sends(&world.governance.clone(), ExecuteMsg::Configure { config }, 0);
    let job = world.post(JobSpec { price: price.into(), ..world.spec() });
    let client = world.client.clone();
    let mut ended = 0;
    for &(provider, count, fate) in fates {
        let operator = world.providers()[provider % 3].operator.clone();
        if world.send(&operator, &world.taking(&operator, job, count), 0).is_err() {
            continue;
        }
        let all: Vec<tequio_protocol::escrow::AssignmentResponse> =
            world.ask(&tequio_protocol::escrow::QueryMsg::Assignments {
                job: Some(job),
                start_after: None,
                limit: Some(100),
            });
        let assignment = all.last().unwrap().id;
        let fee = (price * u128::from(count)).div_ceil(100);
        let assignments = vec![assignment];
        // The client ends them all itself, for the tip.
        match fate {
            Fate::GivenBack if world.send(&operator, &ExecuteMsg::GiveBack { assignment }, fee).is_ok() => continue,
            Fate::GivenBack | Fate::Absent => {
                world.pass(3_601);
                world.sends(&client, ExecuteMsg::Expire { assignments }, 0);
            }
            Fate::False => {
                world.attest(assignment);
                world.verdict(assignment, FALSE);
                world.sends(&client, ExecuteMsg::Settle { assignments }, 0);
            }
            Fate::Lapsed => {
                world.attest(assignment);
                world.verdict(assignment, Verdict::Lapsed {});
                world.sends(&client, ExecuteMsg::Expire { assignments }, 0);
            }
        }
        ended += 1;
    }
    world.sends(&client, ExecuteMsg::Refund { job, shards: None }, 0);
    let (slashes, tips) = parts(&world);
    let fees = world.balance(&client) - 100 * price;
    assert!(fees + slashes <= gas, "{fees} + {slashes} above the gas of posting, {gas}");
    assert!(tips <= ended * tip, "{tips} above the gas of ending {ended}");
    assert_eq!(world.job(job).client_gas_left.u128(), gas - fees - slashes);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever those who take the bait do, the client gets its gas of posting at most, and of ending each its gas.
    #[test]
    fn no_bait_pays(
        price in 1..100_000u128,
        gas in 0..5_000u128,
        tip in 0..500u128,
        fates in proptest::collection::vec(
            (0..3usize, 1..40u64, prop_oneof![
                3 => Just(Fate::GivenBack), 3 => Just(Fate::Absent), 1 => Just(Fate::False), 1 => Just(Fate::Lapsed),
            ]),
            1..16,
        ),
    ) {
        baits(price, gas, tip, &fates);
    }
}

/// The audit's bait: three give-backs and one absence.
#[test]
fn three_give_backs_and_an_absence_pay_no_more_than_gas() {
    let back = |provider| (provider, 100, Fate::GivenBack);
    baits(1_000_000, 10_000, 10_000, &[back(0), back(1), back(2), (0, 100, Fate::Absent)]);
}
