//! Random messages of random actors. `TEQUIO_CASES` raises the number of sequences.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use cosmwasm_std::{Addr, coins};
use proptest::{prelude::*, test_runner::TestRunner};
use tequio_protocol::{
    TypedEvent,
    registry::{Config, ExecuteMsg, HolderResponse, MIN_THAW, Metadata, Part, ProviderResponse, QueryMsg, Slashed},
};

use crate::world::{DENOM, RICHES, World, addr, u};

const PROVIDERS: [&str; 3] = ["alice", "bob", "carol"];
const HOLDERS: [&str; 2] = ["escrow", "other"];
const PEOPLE: [&str; 9] = ["alice", "bob", "carol", "dave", "client", "reporter", "escrow", "other", "governance"];
const STEPS: usize = 60;

#[derive(Clone, Debug)]
enum Step {
    Send(&'static str, ExecuteMsg, u128),
    Pass(u64),
}

fn cases() -> u32 {
    std::env::var("TEQUIO_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(64)
}

/// A name from `likely`, now and then anyone's.
fn who(likely: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop_oneof![9 => prop::sample::select(likely), 1 => prop::sample::select(&PEOPLE[..])]
}

fn text(likely: &'static [&'static str]) -> impl Strategy<Value = String> {
    who(likely).prop_map(|name| addr(name).to_string())
}

/// Fewer than `most` names, perhaps twice the same.
fn some(most: usize) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(text(&PEOPLE), 0..most)
}

fn amount() -> impl Strategy<Value = u128> {
    prop_oneof![8 => 1..400u128, 1 => Just(0u128), 1 => 1_000..3_000u128]
}

fn a_part() -> impl Strategy<Value = Option<Part>> {
    prop::option::of((text(&PEOPLE), 0..60u128).prop_map(|(to, amount)| Part { to, amount: u(amount) }))
}

fn step() -> impl Strategy<Value = Step> {
    let by = |likely: &'static [&'static str], msg: BoxedStrategy<ExecuteMsg>| {
        (who(likely), msg).prop_map(|(sender, msg)| Step::Send(sender, msg, 0)).boxed()
    };
    let register = some(3).prop_map(|operators| ExecuteMsg::Register { operators, metadata: Metadata::default() });
    let bond = prop::option::of(text(&PROVIDERS)).prop_map(|provider| ExecuteMsg::Bond { provider });
    let paid = |msg: BoxedStrategy<ExecuteMsg>| {
        (who(&PROVIDERS), msg, amount()).prop_map(|(sender, msg, paid)| Step::Send(sender, msg, paid)).boxed()
    };
    let update = (some(2), some(2)).prop_map(|(add, remove)| ExecuteMsg::Update { add, remove, metadata: None });
    let cap = (text(&HOLDERS), 0..1_500u128).prop_map(|(holder, amount)| ExecuteMsg::Cap { holder, amount: u(amount) });
    let unbond = amount().prop_map(|amount| ExecuteMsg::Unbond { amount: u(amount) });
    let lien =
        (text(&PROVIDERS), amount()).prop_map(|(provider, amount)| ExecuteMsg::Lien { provider, amount: u(amount) });
    let release =
        (text(&PROVIDERS), amount()).prop_map(|(provider, amount)| ExecuteMsg::Release { provider, amount: u(amount) });
    let slash = (text(&PROVIDERS), amount(), a_part(), a_part()).prop_map(|(provider, amount, client, reporter)| {
        ExecuteMsg::Slash { provider, amount: u(amount), client, reporter }
    });
    let grant = text(&HOLDERS).prop_map(|holder| ExecuteMsg::Grant { holder });
    let revoke = text(&HOLDERS).prop_map(|holder| ExecuteMsg::Revoke { holder });
    let configure =
        (MIN_THAW - 1..3 * MIN_THAW, 1..2 * MIN_THAW, 7_900..10_001u16).prop_map(|(thaw, more, burn_bps)| {
            ExecuteMsg::Configure { config: Config { thaw, timelock: thaw + more, burn_bps } }
        });
    prop_oneof![
        3 => paid(register.boxed()),
        5 => paid(bond.boxed()),
        3 => by(&PROVIDERS, update.boxed()),
        6 => by(&PROVIDERS, cap.boxed()),
        4 => by(&PROVIDERS, unbond.boxed()),
        6 => by(&PROVIDERS, Just(ExecuteMsg::Withdraw {}).boxed()),
        2 => by(&PEOPLE, Just(ExecuteMsg::Burn {}).boxed()),
        10 => by(&HOLDERS, lien.boxed()),
        5 => by(&HOLDERS, release.boxed()),
        6 => by(&HOLDERS, slash.boxed()),
        3 => by(&["governance"], grant.boxed()),
        1 => by(&["governance"], revoke.boxed()),
        1 => by(&["governance"], configure.boxed()),
        6 => (0..4 * MIN_THAW).prop_map(Step::Pass),
    ]
}

/// A registry in use: most sequences start here, or few messages would pass.
fn furnish(world: &mut World) {
    for holder in HOLDERS {
        world.grant(&addr(holder)).unwrap();
    }
    for provider in PROVIDERS {
        let provider = world.provider(provider, 1_500);
        for holder in HOLDERS {
            world.cap(&provider, &addr(holder), 900).unwrap();
        }
    }
}

fn verb(msg: &ExecuteMsg) -> String {
    format!("{msg:?}").split([' ', '{', '(']).next().unwrap_or_default().to_string()
}

fn providers(world: &World) -> Vec<ProviderResponse> {
    world.ask(&QueryMsg::Providers { start_after: None, limit: Some(100) })
}

fn all_people() -> Vec<Addr> {
    PEOPLE.iter().map(|name| addr(name)).collect()
}

/// The sums a contract cannot keep wrongly without some list showing it.
fn lists_agree(world: &World, to_burn: &u128) {
    let mut stake = 0;
    for provider in providers(world) {
        let address = Addr::unchecked(&provider.provider);
        let (free, thawing, liens, _) = world.stake(&address);
        stake += free + thawing + liens;
        assert_eq!(liens, world.liens(&address).iter().map(|lien| lien.placed.u128()).sum::<u128>());
        let thaws = world.thaws(&address);
        assert!(thaws.len() <= 32);
        assert_eq!(thawing, thaws.iter().map(|thaw| thaw.amount.u128()).sum::<u128>());
        // Both directions say the same of everyone.
        for person in all_people() {
            let listed = provider.operators.contains(&person.to_string());
            assert_eq!(world.works(&address, &person), listed || person == address);
            assert_eq!(world.works_for(&person).contains(&address), listed);
        }
    }
    let balances: u128 = all_people().iter().map(|who| world.balance(who)).sum();
    // Nobody sends dust here, so what is held is the bank balance to the unit.
    let left = world.purse(&world.registry) - stake - balances;
    assert_eq!(left, *to_burn);
    let purses: u128 = all_people().iter().map(|who| world.purse(who)).sum();
    assert_eq!(world.supply(), purses + stake + balances + left);
}

/// A message moves what it may and nothing else.
fn moves_only_what_it_may(world: &mut World, sender: &str, msg: &ExecuteMsg, paid: u128, to_burn: &mut u128) -> bool {
    let sender = addr(sender);
    let supply = world.supply();
    let liens: BTreeMap<_, _> =
        providers(world).into_iter().map(|p| (p.provider.clone(), (p.liens, p.slashed))).collect();
    let funds = if paid == 0 { vec![] } else { coins(paid, DENOM) };
    let response = world.pay(&sender, msg, &funds);
    let (burned, passed) = (supply - world.supply(), response.is_ok());
    let slashed = matches!(msg, ExecuteMsg::Slash { .. }) && passed;
    if matches!(msg, ExecuteMsg::Burn {}) && passed {
        assert!(burned > 0 && burned == std::mem::take(to_burn));
    } else {
        assert_eq!(burned, 0, "{msg:?}");
    }
    let kept: u128 =
        response.iter().flat_map(|response| Slashed::all(&response.events)).map(|e| e.to_burn.u128()).sum();
    *to_burn += kept;
    assert_eq!(kept > 0, slashed, "{msg:?}");
    for provider in providers(world) {
        let (liens, before) = liens.get(&provider.provider).copied().unwrap_or_default();
        let taken = provider.slashed - before;
        if let ExecuteMsg::Slash { provider: target, amount, .. } = msg
            && slashed
            && *target == provider.provider
        {
            assert_eq!(taken, *amount);
            assert_eq!(provider.liens, liens - amount);
            assert!(5 * kept >= 4 * amount.u128());
        } else {
            assert!(taken.is_zero(), "{msg:?}");
        }
    }
    passed
}

/// Whatever happened, holders let go, time passes, and everyone takes out what is theirs: nothing is left. Whether there was
/// something to burn.
fn drains(world: &mut World) -> bool {
    let granted: BTreeSet<String> = world
        .ask::<Vec<HolderResponse>>(&QueryMsg::Holders { start_after: None, limit: Some(100) })
        .into_iter()
        .map(|holder| holder.holder)
        .collect();
    for provider in providers(world) {
        let address = Addr::unchecked(provider.provider);
        for lien in world.liens(&address).into_iter().filter(|lien| !lien.placed.is_zero()) {
            assert!(granted.contains(&lien.holder));
            world.release(&Addr::unchecked(lien.holder), &address, lien.placed.u128()).unwrap();
        }
        world.pass(4 * MIN_THAW);
        let _ = world.withdraw(&address);
        let (free, ..) = world.stake(&address);
        if free > 0 {
            world.unbond(&address, free).unwrap();
        }
    }
    world.pass(4 * MIN_THAW);
    for who in all_people() {
        let _ = world.withdraw(&who);
    }
    let burned = world.burn().is_ok();
    assert_eq!(world.purse(&world.registry), 0);
    let rich: u128 = all_people().iter().map(|who| world.purse(who)).sum();
    assert_eq!(rich, world.supply());
    assert!(rich <= RICHES * PEOPLE.len() as u128);
    burned
}

#[test]
fn nothing_is_lost_whatever_is_sent() {
    let passed = RefCell::new(BTreeMap::<String, u32>::new());
    let config = ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&(prop::bool::weighted(0.8), prop::collection::vec(step(), STEPS)), |(furnished, steps)| {
            let (mut world, mut to_burn) = (World::new(), 0);
            if furnished {
                furnish(&mut world);
            }
            for step in steps {
                match step {
                    Step::Pass(seconds) => world.pass(seconds),
                    Step::Send(sender, msg, paid) => {
                        if moves_only_what_it_may(&mut world, sender, &msg, paid, &mut to_burn) {
                            *passed.borrow_mut().entry(verb(&msg)).or_default() += 1;
                            lists_agree(&world, &to_burn);
                        }
                    }
                }
            }
            let burned = drains(&mut world);
            *passed.borrow_mut().entry("Burn".into()).or_default() += u32::from(burned);
            Ok(())
        })
        .unwrap();
    // Sequences in which a message never passes prove nothing about it.
    let passed = passed.into_inner();
    println!("passed: {passed:?}");
    assert!(cases() < 64 || passed.len() == 13 && passed["Burn"] > 0, "{passed:?}");
}
