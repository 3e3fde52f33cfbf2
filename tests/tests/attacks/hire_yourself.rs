//! Hire yourself for the mint.

use cosmwasm_std::Uint128;
use tequio_contract::bounds::OutOfBounds;
use tequio_embedded::Setup;
use tequio_protocol::rewards;
use tequio_rewards::ContractError;
use tequio_tests::{Job, Provider, World, job};

/// Mallory is client, provider and relayer, and does the work. What she loses of tokens, what her job's credits were,
/// and what she loses of the denom.
fn hires_herself(setup: Setup, job: Job) -> (u128, u128, u128) {
    let mut world = World::with(setup);
    let mallory: Provider = world.provider("mallory");
    let client = world.client.clone();
    let tokens = |world: &World| world.token_wealth(&client) + world.token_wealth(&mallory.owner);
    let denom = |world: &World| {
        [&client, &mallory.owner, &mallory.operator].into_iter().map(|who| world.wealth(who)).sum::<u128>()
    };
    let before = (tokens(&world), denom(&world));
    let spec = world.offer(&job);
    let credits = world.quote(&spec).credits.u128();
    world.post(job);
    world.assign(&mallory, u64::MAX);
    world.attest(&mallory);
    world.beacon();
    world.open_by(&client, &mallory, u32::MAX);
    world.settle();
    world.claim(&mallory);
    world.withdraw(&mallory.owner);
    (before.0 - tokens(&world), credits, before.1 - denom(&world))
}

#[test]
fn it_costs_a_fifth_of_the_credits() {
    let (lost, credits, denom) = hires_herself(Setup::default(), job());
    assert!(lost * 5 >= credits && lost > 0, "lost {lost} of {credits}");
    assert_eq!(denom, 0);
}

#[test]
fn it_costs_something_at_the_highest_kappa_and_whatever_the_price() {
    let mut generous = Setup::default();
    generous.rewards.kappa_bps = 9_999;
    generous.rewards.rate = Uint128::new(1_000_000_000);
    for price in [1, 1_000, 1 << 60] {
        let (lost, credits, denom) = hires_herself(generous.clone(), Job { price, ..job() });
        assert!(lost * 10_000 >= credits && lost > 0, "lost {lost} of {credits}");
        assert_eq!(denom, 0);
    }
}

#[test]
fn a_lie_about_the_work_burns_the_liars_own_tokens() {
    // The header says a thousand times what the program costs, and mallory, who knows better, runs it all the same.
    let mut world = World::new();
    let client = world.client.clone();
    let honest = job();
    let mut header = honest.model.manifest().header.clone();
    header.cost *= 1_000;
    let spec = world.offer(&honest);
    let honest_credits = world.quote(&spec).credits.u128();
    let before = world.token_wealth(&client);
    world.post_with(honest, |spec| spec.header = header.encode().into());
    let burned = before - world.token_wealth(&client);
    assert!(burned > 900 * honest_credits, "{burned}");
    let kappa = u128::from(Setup::default().rewards.kappa_bps);
    let terms: rewards::TermsResponse =
        world.ask(rewards::QueryMsg::Terms { kind: rewards::Kind::Client, cost: header.cost.into() });
    assert!(8 * terms.mint.u128() <= (burned * kappa).div_ceil(10_000) + 8);
}

#[test]
fn governance_cannot_make_it_pay() {
    let mut world = World::new();
    let governance = world.chain.deployment().governance.clone();
    let config = rewards::Config { kappa_bps: 10_000, ..Setup::default().rewards };
    let refused: ContractError = world.refused(&governance, rewards::ExecuteMsg::Configure { config }, 0);
    let bounds = OutOfBounds::Number { name: "kappa_bps", value: 10_000, min: 0, max: 9_999 };
    assert_eq!(refused, ContractError::Core(bounds.into()));
}
