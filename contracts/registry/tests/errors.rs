//! Every error a message can meet, and the text that carries its numbers.

use cosmwasm_std::{Coin, coin, coins};
use cw_ownable::Action;
use tequio_protocol::registry::{Config, ExecuteMsg, Metadata, Part};

use crate::world::{CONFIG, DENOM, OTHER, World, addr, part, u};

struct Attempt {
    sender: &'static str,
    msg: ExecuteMsg,
    funds: Vec<Coin>,
    error: String,
}

fn attempt(sender: &'static str, msg: ExecuteMsg, error: &str) -> Attempt {
    let mut error = error.to_string();
    for name in ["alice", "bob", "carol", "dave", "escrow", "other"] {
        error = error.replace(&format!("<{name}>"), addr(name).as_str());
    }
    Attempt { sender, msg, funds: vec![], error }
}

fn paying(mut attempt: Attempt, funds: Vec<Coin>) -> Attempt {
    attempt.funds = funds;
    attempt
}

fn register(operator: &str, moniker: String) -> ExecuteMsg {
    let metadata = Metadata { moniker, ..Metadata::default() };
    ExecuteMsg::Register { operators: vec![addr(operator).to_string()], metadata }
}

fn update(add: &[&str], remove: &[&str]) -> ExecuteMsg {
    let [add, remove] = [add, remove].map(|names| names.iter().map(|name| addr(name).to_string()).collect());
    ExecuteMsg::Update { add, remove, metadata: None }
}

fn lien(provider: &str, amount: u128) -> ExecuteMsg {
    ExecuteMsg::Lien { provider: addr(provider).to_string(), amount: u(amount) }
}

fn slash(amount: u128, client: Option<Part>) -> ExecuteMsg {
    ExecuteMsg::Slash { provider: addr("alice").to_string(), amount: u(amount), client, reporter: None }
}

fn configure(config: Config) -> ExecuteMsg {
    ExecuteMsg::Configure { config }
}

/// Alice has 1,000 with 300 of escrow's 600 under lien, and carol works for her; bob has 1, 32 thaws and 16 operators; `other` was granted at 1571797419.
fn attempts() -> Vec<Attempt> {
    let alice = || addr("alice").to_string();
    let bond = || ExecuteMsg::Bond { provider: None };
    vec![
        attempt("dave", ExecuteMsg::Unbond { amount: u(1) }, "<dave> is not the owner key of a provider"),
        attempt("dave", lien("alice", 1), "<dave> was never granted the right to place liens"),
        attempt("dave", configure(CONFIG), "Caller is not the contract's current owner"),
        attempt("escrow", lien("dave", 1), "<dave> is not a provider"),
        attempt("alice", register("carol", String::new()), "<alice> is a provider already"),
        attempt("dave", register("dave", String::new()), "<dave> works for <dave> already"),
        attempt("alice", update(&["carol"], &[]), "<carol> works for <alice> already"),
        attempt("alice", update(&[], &["dave"]), "<dave> is no operator of <alice>"),
        attempt("alice", update(&["dave"; 2], &["carol"]), "<dave> works for <alice> already"),
        attempt("bob", update(&["carol"], &[]), "<bob> has 16 operators, at most 16"),
        paying(
            attempt("alice", ExecuteMsg::Withdraw {}, "5utoken sent to a message that takes no funds"),
            coins(5, DENOM),
        ),
        paying(attempt("alice", bond(), "5uother sent where only utoken is taken"), coins(5, OTHER)),
        paying(
            attempt("alice", bond(), "5uother,6utoken sent where only utoken is taken"),
            vec![coin(5, OTHER), coin(6, DENOM)],
        ),
        attempt("alice", bond(), "no utoken sent"),
        attempt("alice", ExecuteMsg::Unbond { amount: u(0) }, "amount is zero"),
        attempt("escrow", lien("alice", 0), "amount is zero"),
        attempt("escrow", ExecuteMsg::Release { provider: alice(), amount: u(0) }, "amount is zero"),
        attempt("escrow", slash(0, None), "amount is zero"),
        attempt("alice", update(&[], &[]), "neither operators nor metadata to update"),
        attempt("dave", register("carol", "x".repeat(300)), "moniker of 300 bytes is longer than 256"),
        attempt("alice", ExecuteMsg::Unbond { amount: u(701) }, "free stake 700 short of 701"),
        attempt("escrow", lien("alice", 701), "free stake 700 short of 701"),
        attempt("bob", ExecuteMsg::Unbond { amount: u(1) }, "32 thaws open, at most 32"),
        attempt("dave", ExecuteMsg::Withdraw {}, "nothing to withdraw for <dave>"),
        attempt("escrow", lien("alice", 301), "lien 300 and 301 more exceed the cap 600 of <escrow>"),
        attempt("escrow", slash(301, None), "lien 300 short of 301"),
        attempt("escrow", ExecuteMsg::Release { provider: alice(), amount: u(301) }, "lien 300 short of 301"),
        attempt(
            "escrow",
            slash(101, part(&addr("dave"), 21)),
            "parts 21 and 0 leave 80 of the slash 101 to burn, at least 81",
        ),
        attempt("escrow", slash(101, part(&addr("dave"), 102)), "parts 102 and 0 exceed the slash 101"),
        attempt("other", lien("alice", 1), "<other> may place liens from 1571970219 on, now is 1571797419"),
        attempt(
            "governance",
            ExecuteMsg::Grant { holder: addr("other").to_string() },
            "<other> is granted already, at 1571797419",
        ),
        attempt("carol", lien("alice", 1), &format!("the right of {} to place liens was revoked", addr("carol"))),
        attempt("governance", ExecuteMsg::Revoke { holder: addr("dave").to_string() }, "<dave> has no right to revoke"),
        attempt("governance", configure(Config { thaw: 1, ..CONFIG }), "thaw is 1, not between 86400 and 31536000"),
        attempt(
            "governance",
            configure(Config { timelock: 5, ..CONFIG }),
            "timelock is 5, not between 86401 and 63072000",
        ),
        attempt(
            "governance",
            configure(Config { burn_bps: 7_999, ..CONFIG }),
            "burn_bps is 7999, not between 8000 and 10000",
        ),
        attempt(
            "dave",
            ExecuteMsg::UpdateOwnership(Action::AcceptOwnership),
            "There isn't a pending ownership transfer",
        ),
    ]
}

#[test]
fn each_error_carries_its_numbers_and_leaves_no_trace() {
    let (mut world, alice, escrow) = World::settled();
    world.lien(&escrow, &alice, 300).unwrap();
    let bob = world.provider("bob", 33);
    for _ in 0..32 {
        world.unbond(&bob, 1).unwrap();
    }
    world.rotate(&alice, &["carol"], &[]).unwrap();
    let names: Vec<_> = (0..16).map(|n| format!("rig {n}")).collect();
    world.rotate(&bob, &names.iter().map(String::as_str).collect::<Vec<_>>(), &[]).unwrap();
    world.grant(&addr("other")).unwrap();
    world.grant(&addr("carol")).unwrap();
    world.revoke(&addr("carol")).unwrap();

    let before = world.app.dump_wasm_raw(&world.registry);
    let supply = world.supply();
    for Attempt { sender, msg, funds, error } in attempts() {
        let sender = addr(sender);
        let purse = world.purse(&sender);
        let met = world.pay(&sender, &msg, &funds).expect_err(&error);
        assert_eq!(met.to_string(), error, "{msg:?}");
        assert_eq!(world.purse(&sender), purse, "{msg:?}");
    }
    assert_eq!(world.app.dump_wasm_raw(&world.registry), before);
    assert_eq!(world.supply(), supply);
}

#[test]
fn messages_that_take_no_funds_refuse_them() {
    let (mut world, alice, escrow) = World::settled();
    world.lien(&escrow, &alice, 300).unwrap();
    let to = || alice.to_string();
    let holder = || escrow.to_string();
    let amount = u(1);
    for (sender, msg) in [
        (&alice, ExecuteMsg::Update { add: vec![], remove: vec![], metadata: Some(Metadata::default()) }),
        (&alice, ExecuteMsg::Cap { holder: holder(), amount }),
        (&alice, ExecuteMsg::Unbond { amount }),
        (&alice, ExecuteMsg::Withdraw {}),
        (&escrow, ExecuteMsg::Lien { provider: to(), amount }),
        (&escrow, ExecuteMsg::Release { provider: to(), amount }),
        (&escrow, slash(1, None)),
        (&addr("governance"), ExecuteMsg::Grant { holder: to() }),
        (&addr("governance"), ExecuteMsg::Revoke { holder: holder() }),
        (&addr("governance"), configure(CONFIG)),
        (&addr("governance"), ExecuteMsg::UpdateOwnership(Action::RenounceOwnership)),
    ] {
        let met = world.pay(sender, &msg, &coins(7, OTHER)).unwrap_err();
        assert_eq!(met.to_string(), "7uother sent to a message that takes no funds", "{msg:?}");
    }
}
