use cosmwasm_std::{Addr, coins};
use cw_multi_test::Executor;
use tequio_protocol::{
    ThawId,
    registry::{ExecuteMsg, HolderResponse, LienResponse, Metadata, ProviderResponse, QueryMsg, ThawResponse},
};

use crate::world::{DENOM, World, addr};

/// Walks a list page by page and returns the pages' lengths and all keys.
fn walk<T, K: Clone>(key: impl Fn(&T) -> K, page: impl Fn(Option<K>) -> Vec<T>) -> (Vec<usize>, Vec<K>) {
    let (mut lengths, mut keys) = (vec![], vec![]);
    loop {
        let entries = page(keys.last().cloned());
        if entries.is_empty() {
            return (lengths, keys);
        }
        lengths.push(entries.len());
        keys.extend(entries.iter().map(&key));
    }
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

#[test]
fn providers_come_in_pages() {
    let mut world = World::new();
    let names: Vec<_> = (0..70).map(|n| addr(&format!("provider {n}"))).collect();
    for name in &names {
        let msg = ExecuteMsg::Register { operators: vec![], metadata: Metadata::default() };
        world.send(name, &msg).unwrap();
    }
    let page = |limit| {
        let world = &world;
        move |start_after| world.ask::<Vec<ProviderResponse>>(&QueryMsg::Providers { start_after, limit })
    };
    let all = sorted(names.iter().map(|name| name.to_string()).collect());
    let key = |provider: &ProviderResponse| provider.provider.clone();
    assert_eq!(walk(key, page(None)), (vec![30, 30, 10], all.clone()));
    assert_eq!(walk(key, page(Some(1_000))), (vec![70], all.clone()));
    assert_eq!(walk(key, page(Some(69))), (vec![69, 1], all));
    assert_eq!(page(Some(0))(None), []);
}

#[test]
fn pages_end_at_a_hundred() {
    let mut world = World::fresh();
    let named: Vec<_> = (0..101).map(|n| addr(&format!("holder {n}"))).collect();
    for holder in &named {
        world.grant(holder).unwrap();
    }
    let alice = world.provider("alice", 1);
    for holder in &named {
        world.cap(&alice, holder, 1).unwrap();
    }
    let liens = |start_after| {
        let provider = alice.to_string();
        world.ask::<Vec<LienResponse>>(&QueryMsg::Liens { provider, start_after, limit: Some(u32::MAX) })
    };
    let holders =
        |start_after| world.ask::<Vec<HolderResponse>>(&QueryMsg::Holders { start_after, limit: Some(u32::MAX) });
    let all = sorted(named.iter().map(Addr::to_string).collect());
    assert_eq!(walk(|lien: &LienResponse| lien.holder.clone(), liens), (vec![100, 1], all.clone()));
    assert_eq!(walk(|holder: &HolderResponse| holder.holder.clone(), holders), (vec![100, 1], all));
}

#[test]
fn those_an_operator_works_for_come_in_pages() {
    let mut world = World::new();
    let names: Vec<_> = (0..40).map(|n| addr(&format!("provider {n}"))).collect();
    for name in &names {
        let operators = vec![addr("carol").to_string()];
        world.send(name, &ExecuteMsg::Register { operators, metadata: Metadata::default() }).unwrap();
    }
    let operator = addr("carol").to_string();
    let page = |start_after| {
        world.ask::<Vec<String>>(&QueryMsg::WorksFor { operator: operator.clone(), start_after, limit: None })
    };
    assert_eq!(walk(String::clone, page), (vec![30, 10], sorted(names.iter().map(Addr::to_string).collect())));
}

#[test]
fn thaws_of_one_provider_come_oldest_first() {
    let mut world = World::new();
    let alice = world.provider("alice", 100);
    let bob = world.provider("bob", 100);
    for _ in 0..32 {
        world.unbond(&alice, 1).unwrap();
        world.unbond(&bob, 1).unwrap();
    }
    let page = |start_after| {
        world.ask::<Vec<ThawResponse>>(&QueryMsg::Thaws { provider: alice.to_string(), start_after, limit: None })
    };
    let odd = (0..32).map(|n| ThawId(2 * n + 1)).collect();
    assert_eq!(walk(|thaw: &ThawResponse| thaw.id, page), (vec![30, 2], odd));
}

#[test]
fn what_does_not_exist() {
    let world = World::new();
    let provider = QueryMsg::Provider { provider: addr("alice").to_string() };
    let answer = world.app.wrap().query_wasm_smart::<ProviderResponse>(&world.registry, &provider);
    assert!(answer.unwrap_err().to_string().contains("is not a provider"));
    assert!(!world.works(&addr("alice"), &addr("alice")) && !world.works(&addr("alice"), &addr("bob")));
    assert!(world.works_for(&addr("alice")).is_empty());
    assert_eq!(world.balance(&addr("alice")), 0);
}

#[test]
fn conservation_shows_both_sides() {
    let (mut world, alice, escrow) = World::settled();
    world.lien(&escrow, &alice, 600).unwrap();
    world.slash(&escrow, &alice, 100, None, None).unwrap();
    let sides: Vec<_> = world.conservation().equations.iter().map(|e| (e.left.u128(), e.right.u128())).collect();
    assert_eq!(sides, [(1_000, 1_000), (900, 900), (1_000, 1_000)]);
    world.burn().unwrap();
    let sides: Vec<_> = world.conservation().equations.iter().map(|e| (e.left.u128(), e.right.u128())).collect();
    assert_eq!(sides, [(1_000, 1_000), (900, 900), (900, 900)]);
}

#[test]
fn dust_that_someone_sends_belongs_to_nobody_and_upsets_no_equation() {
    let (mut world, alice, _) = World::settled();
    world.app.send_tokens(alice.clone(), world.registry.clone(), &coins(7, DENOM)).unwrap();
    let conservation = world.conservation();
    assert!(conservation.holds());
    let held = conservation.equations.last().unwrap();
    assert_eq!((held.left.u128(), held.right.u128()), (1_000, 1_007));
    assert_eq!(world.stake(&alice), (1_000, 0, 0, 0));
}
