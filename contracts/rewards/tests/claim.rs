use cosmwasm_std::Addr;
use tequio_protocol::rewards::{Claimed, Config};
use tequio_rewards::ContractError;

use crate::world::{CONFIG, EPOCH, RICHES, World, addr, event, u};

fn claimed(provider: &Addr, sender: &Addr, earned: u128, emitted: u128) -> Claimed {
    let (provider, sender) = (provider.to_string(), sender.to_string());
    Claimed { provider, sender, amount: u(earned + emitted), earned: u(earned), emitted: u(emitted) }
}

#[test]
fn what_client_jobs_earned_is_minted_at_once_and_once() {
    let (mut world, escrow, client) = World::settled();
    let alice = addr("alice");
    world.reserve(&escrow, 1, &client, 10).unwrap();
    world.reward(&escrow, 1, 1, &alice, 4).unwrap();
    world.reward(&escrow, 2, 1, &alice, 1).unwrap();
    let response = world.claim(&alice).unwrap();
    assert_eq!(event::<Claimed>(&response), claimed(&alice, &alice, 25, 0));
    assert_eq!(world.purse(&alice), 25);
    assert_eq!(world.supply(), 2 * RICHES - 1_000 + 25);
    assert_eq!(world.claim(&alice).unwrap_err(), ContractError::NothingToClaim { provider: alice });
}

#[test]
fn commons_work_is_paid_when_its_epoch_is_closed() {
    let (mut world, escrow, _) = World::settled();
    let (alice, bob) = (addr("alice"), addr("bob"));
    world.commons(&escrow, 1, 100).unwrap();
    world.reward(&escrow, 1, 1, &alice, 6).unwrap();
    world.pass(EPOCH - 1);
    world.reward(&escrow, 2, 1, &bob, 3).unwrap();
    assert_eq!(world.claim(&alice).unwrap_err(), ContractError::NothingToClaim { provider: alice.clone() });
    world.pass(1);
    assert_eq!(world.claimable(&alice).emitted, u(666));
    world.claim(&alice).unwrap();
    world.claim(&bob).unwrap();
    assert_eq!((world.purse(&alice), world.purse(&bob)), (666, 333));
    assert_eq!(world.epoch(0).minted, u(999));
    assert_eq!(world.claim(&bob).unwrap_err(), ContractError::NothingToClaim { provider: bob });
}

#[test]
fn little_work_gets_the_cap_and_the_rest_is_never_minted() {
    let (mut world, escrow, _) = World::settled();
    let alice = addr("alice");
    world.commons(&escrow, 1, 100).unwrap();
    world.reward(&escrow, 1, 1, &alice, 3).unwrap();
    world.pass(EPOCH);
    world.claim(&alice).unwrap();
    assert_eq!(world.purse(&alice), 600);
    world.pass(100 * EPOCH);
    assert!(world.claim(&alice).is_err());
}

#[test]
fn a_job_keeps_the_cap_it_was_reserved_under() {
    let (mut world, escrow, _) = World::settled();
    let (alice, bob) = (addr("alice"), addr("bob"));
    world.commons(&escrow, 1, 100).unwrap();
    world.configure(Config { cap: u(7), ..CONFIG }).unwrap();
    world.commons(&escrow, 2, 100).unwrap();
    world.reward(&escrow, 1, 1, &alice, 1).unwrap();
    world.reward(&escrow, 2, 2, &bob, 1).unwrap();
    world.reward(&escrow, 3, 1, &bob, 1).unwrap();
    world.configure(Config { cap: u(1_000_000), ..CONFIG }).unwrap();
    world.pass(EPOCH);
    world.claim(&alice).unwrap();
    world.claim(&bob).unwrap();
    assert_eq!((world.purse(&alice), world.purse(&bob)), (200, 207));
}

#[test]
fn budgets_halve() {
    let (mut world, escrow, _) = World::settled();
    let alice = addr("alice");
    world.commons(&escrow, 1, 1_000).unwrap();
    let mut paid = vec![];
    for number in 0..9 {
        world.reward(&escrow, number, 1, &alice, 10).unwrap();
        world.pass(EPOCH);
        paid.push(event::<Claimed>(&world.claim(&alice).unwrap()).amount.u128());
    }
    assert_eq!(paid, [1_000, 1_000, 1_000, 1_000, 500, 500, 500, 500, 250]);
}

#[test]
fn at_most_thirty_epochs_a_message_oldest_first() {
    let (mut world, escrow, _) = World::settled();
    let alice = addr("alice");
    world.commons(&escrow, 1, 1_000).unwrap();
    for number in 0..33 {
        world.reward(&escrow, number, 1, &alice, 1).unwrap();
        world.pass(EPOCH);
    }
    let budgets: Vec<u128> = (0..33).map(|epoch| (1_000u128 >> (epoch / 4)).min(200)).collect();
    let first: u128 = budgets[..30].iter().sum();
    let last: u128 = budgets[30..].iter().sum();
    assert_eq!((world.claimable(&alice).emitted, world.claimable(&alice).more), (u(first), true));
    world.claim(&alice).unwrap();
    assert_eq!((world.purse(&alice), world.claimable(&alice).more), (first, false));
    assert_eq!((world.epoch(29).minted.u128(), world.epoch(30).minted.u128()), (budgets[29], 0));
    world.claim(&alice).unwrap();
    assert_eq!(world.purse(&alice), first + last);
    assert!(world.claim(&alice).is_err());
}

#[test]
fn shares_that_round_to_nothing_do_not_bar_the_way() {
    let (mut world, escrow, _) = World::settled();
    let (alice, bob) = (addr("alice"), addr("bob"));
    world.commons(&escrow, 1, 1_000_000).unwrap();
    let mut number = 0..;
    let mut reward = |world: &mut World, who, shards| {
        world.reward(&escrow, number.next().unwrap(), 1, who, shards).unwrap();
    };
    for _ in 0..30 {
        reward(&mut world, &alice, 1);
        reward(&mut world, &bob, 10_000);
        world.pass(EPOCH);
    }
    reward(&mut world, &alice, 1);
    world.pass(EPOCH);
    let response = world.claim(&alice).unwrap();
    assert_eq!(event::<Claimed>(&response).amount, u(0));
    assert_eq!(world.purse(&alice), 0);
    // Epoch 30 has 1000 >> 7 to give.
    world.claim(&alice).unwrap();
    assert_eq!(world.purse(&alice), 7);
}

#[test]
fn both_kinds_come_with_one_claim() {
    let (mut world, escrow, client) = World::settled();
    let alice = addr("alice");
    world.reserve(&escrow, 1, &client, 10).unwrap();
    world.commons(&escrow, 2, 10).unwrap();
    world.reward(&escrow, 1, 1, &alice, 4).unwrap();
    world.reward(&escrow, 2, 2, &alice, 1).unwrap();
    world.pass(EPOCH);
    world.reward(&escrow, 3, 2, &alice, 1).unwrap();
    world.claim(&alice).unwrap();
    assert_eq!(world.purse(&alice), 20 + 200);
    let claimable = world.claimable(&alice);
    assert_eq!((claimable.open_work, claimable.closes), (u(1_000_000), world.epoch(1).ends));
    assert_eq!((claimable.earned, claimable.emitted, claimable.more), (u(0), u(0), false));
}

/// A provider whose keys are asleep is paid all the same, and nobody else is.
#[test]
fn anyone_claims_for_a_provider() {
    let (mut world, escrow, client) = World::settled();
    let (alice, dave) = (addr("alice"), addr("dave"));
    world.reserve(&escrow, 1, &client, 10).unwrap();
    world.commons(&escrow, 2, 10).unwrap();
    world.reward(&escrow, 1, 1, &alice, 4).unwrap();
    world.reward(&escrow, 2, 2, &alice, 1).unwrap();
    world.pass(EPOCH);
    let nothing = || ContractError::NothingToClaim { provider: dave.clone() };
    assert_eq!(world.claim(&dave).unwrap_err(), nothing());
    assert_eq!(world.claim_for(&alice, &dave).unwrap_err(), nothing());
    assert!(matches!(world.claim_for(&dave, &Addr::unchecked("x")), Err(ContractError::Std(_))));
    let response = world.claim_for(&dave, &alice).unwrap();
    assert_eq!(event::<Claimed>(&response), claimed(&alice, &dave, 20, 200));
    assert_eq!((world.purse(&alice), world.purse(&dave)), (220, 0));
    assert!(world.claim(&alice).is_err() && world.claim_for(&dave, &alice).is_err());
}

#[test]
fn thirty_closed_epochs_are_all_that_one_claim_takes() {
    let (mut world, escrow, _) = World::settled();
    let alice = addr("alice");
    world.commons(&escrow, 1, 1_000).unwrap();
    for number in 0..30 {
        world.reward(&escrow, number, 1, &alice, 1).unwrap();
        world.pass(EPOCH);
    }
    world.reward(&escrow, 30, 1, &alice, 1).unwrap();
    // The thirty-first is open, and not left over.
    assert!(!world.claimable(&alice).more);
    world.pass(EPOCH);
    assert!(world.claimable(&alice).more);
}

#[test]
fn who_did_nothing_claims_nothing() {
    let mut world = World::new();
    assert_eq!(world.claim(&addr("dave")).unwrap_err(), ContractError::NothingToClaim { provider: addr("dave") });
}

#[test]
fn hire_yourself_for_the_mint_loses_one_minus_kappa() {
    let (mut world, escrow, client) = World::settled();
    let everything = RICHES - 1_000;
    world.configure(Config { kappa_bps: 9_999, ..CONFIG }).unwrap();
    world.buy(&client, everything).unwrap();
    world.approve(&client, &escrow, RICHES).unwrap();
    world.reserve(&escrow, 1, &client, 100_000).unwrap();
    world.reward(&escrow, 1, 1, &client, 100_000).unwrap();
    world.claim(&client).unwrap();
    assert_eq!(world.purse(&client), RICHES - RICHES / 10_000);
}
