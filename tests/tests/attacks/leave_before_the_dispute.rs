//! One stake behind many assignments; leave before the dispute.

use tequio_contract::{bounds::OutOfBounds, grant::BadGrant};
use tequio_protocol::{
    escrow::Ending,
    registry::{Config, ExecuteMsg, MAX_TIMELOCK, Withdrawn},
};
use tequio_registry::{ContractError, core::error::CoreError};
use tequio_tests::{Provider, World, job, model::noise};

/// The lien of one shard of the small job.
fn lien(world: &mut World) -> u128 {
    let spec = world.offer(&job());
    world.quote(&spec).lien.u128()
}

fn cheat(world: &mut World, stake: u128) -> Provider {
    let mallory = world.cheat("mallory", |scene| {
        let mut last = scene.honest.clone();
        last.slots.iter_mut().for_each(|slot| *slot = noise(5, slot.len()));
        last
    });
    let more = world.stake(&mallory).free.u128() - stake;
    world.send(&mallory.owner, ExecuteMsg::Unbond { amount: more.into() }, 0);
    world.pass(172_800);
    world.send(&mallory.owner, ExecuteMsg::Withdraw {}, 0);
    assert_eq!(world.stake(&mallory).stake.u128(), stake);
    mallory
}

#[test]
fn a_stake_stands_behind_one_shard_at_a_time() {
    let mut world = World::new();
    let each = lien(&mut world);
    let alice = world.provider_with("alice", 5 * each - 1);
    let jobs = [world.post(job()), world.post(job())];
    world.assign_of(jobs[0], &alice, 2);
    world.assign_of(jobs[1], &alice, 2);
    for job in jobs {
        world.refuses(
            &alice.operator,
            alice.taking(job, 1),
            0,
            ContractError::Core(CoreError::StakeShort { free: (each - 1).into(), needed: each.into() }),
        );
    }
}

#[test]
fn a_stake_stands_behind_no_more_than_its_owner_allows() {
    let mut world = World::new();
    let each = lien(&mut world);
    let alice = world.provider("alice");
    let (holder, cap) = (world.chain.deployment().escrow.clone(), (3 * each).into());
    world.send(&alice.owner, ExecuteMsg::Cap { holder: holder.to_string(), amount: cap }, 0);
    let job = world.post(job());
    world.assign(&alice, 3);
    world.refuses(
        &alice.operator,
        alice.taking(job, 1),
        0,
        ContractError::Core(CoreError::CapExceeded { holder, placed: cap, amount: each.into(), cap }),
    );
}

#[test]
fn what_is_under_a_lien_does_not_leave() {
    let mut world = World::new();
    let each = lien(&mut world);
    let mallory = cheat(&mut world, 10 * each);
    world.post(job());
    let assignment = world.assign(&mallory, 8);
    world.attest(&mallory);

    let all = ExecuteMsg::Unbond { amount: (10 * each).into() };
    world.refuses(
        &mallory.owner,
        all,
        0,
        ContractError::Core(CoreError::StakeShort { free: (2 * each).into(), needed: (10 * each).into() }),
    );
    // What is free may thaw, and leaves while the rest stays.
    world.send(&mallory.owner, ExecuteMsg::Unbond { amount: (2 * each).into() }, 0);
    world.beacon();
    world.open(&mallory);
    world.pass(172_800);
    let withdrawn: Vec<Withdrawn> = world.send(&mallory.owner, ExecuteMsg::Withdraw {}, 0).all();
    assert_eq!(withdrawn[0].amount.u128(), 2 * each);
    world.refuses(
        &mallory.owner,
        ExecuteMsg::Unbond { amount: 1u128.into() },
        0,
        ContractError::Core(CoreError::StakeShort { free: 0u128.into(), needed: 1u128.into() }),
    );
    let ended = world.settle();
    assert_eq!(
        (ended[0].assignment, ended[0].ending, ended[0].slashed.u128()),
        (assignment, Ending::Slashed, 8 * each)
    );
    assert_eq!(world.stake(&mallory).stake.u128(), 0);
}

#[test]
fn what_thaws_stands_behind_nothing_new() {
    let mut world = World::new();
    let each = lien(&mut world);
    let alice = world.provider_with("alice", 8 * each);
    world.send(&alice.owner, ExecuteMsg::Unbond { amount: (5 * each).into() }, 0);
    let job = world.post(job());
    world.refuses(
        &alice.operator,
        alice.taking(job, 4),
        0,
        ContractError::Core(CoreError::StakeShort { free: (3 * each).into(), needed: (4 * each).into() }),
    );
    world.assign(&alice, 3);
}

#[test]
fn a_new_holder_of_liens_comes_later_than_anyone_needs_to_leave() {
    let mut world = World::new();
    let (alice, governance) = (world.provider("alice"), world.chain.deployment().governance.clone());
    let holder = world.actor("another escrow");
    world.send(&alice.owner, ExecuteMsg::Cap { holder: holder.to_string(), amount: 1_000u128.into() }, 0);
    world.send(&governance, ExecuteMsg::Grant { holder: holder.to_string() }, 0);
    let Config { thaw, timelock, burn_bps } =
        world.ask::<tequio_protocol::registry::ConfigResponse>(tequio_protocol::registry::QueryMsg::Config {}).config;
    assert!(timelock > thaw);
    world.pass(thaw);
    let place = ExecuteMsg::Lien { provider: alice.owner.to_string(), amount: 1u128.into() };
    let refused: ContractError = world.refused(&holder, place, 0);
    assert!(matches!(refused, ContractError::Grant(BadGrant::Waits { .. })), "{refused}");
    let shorter = Config { thaw, timelock: thaw, burn_bps };
    let refused: ContractError = world.refused(&governance, ExecuteMsg::Configure { config: shorter }, 0);
    let bounds = OutOfBounds::Number { name: "timelock", value: thaw, min: thaw + 1, max: MAX_TIMELOCK };
    assert_eq!(refused, ContractError::Core(bounds.into()));
}

#[test]
fn nobody_but_a_holder_takes_from_a_stake() {
    let mut world = World::new();
    let (alice, mallory) = (world.provider("alice"), world.provider("mallory"));
    let provider = alice.owner.to_string();
    let slash = ExecuteMsg::Slash { provider: provider.clone(), amount: 1u128.into(), client: None, reporter: None };
    let release = ExecuteMsg::Release { provider, amount: 1u128.into() };
    for (sender, message) in [(&mallory.owner, slash), (&alice.owner, release)] {
        world.refuses(
            sender,
            message,
            0,
            ContractError::Grant(BadGrant::Never { right: "place liens", address: sender.clone() }),
        );
    }
}
