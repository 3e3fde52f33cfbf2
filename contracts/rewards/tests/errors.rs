//! Every error a message can meet, and the text that carries its numbers.

use cosmwasm_std::{Binary, coins};
use cw_ownable::Action;
use cw20::Cw20ReceiveMsg;
use tequio_protocol::{
    JobId,
    rewards::{Config, ExecuteMsg, Kind},
};

use crate::world::{CONFIG, World, addr, u};

fn named(text: &str, world: &World) -> String {
    let mut text = text.replace("<token>", world.token.as_str());
    for name in ["alice", "client", "dave", "escrow", "other", "source"] {
        text = text.replace(&format!("<{name}>"), addr(name).as_str());
    }
    text
}

fn reserve(job: u64, client: &str, shards: u64, cost: u64) -> ExecuteMsg {
    let client = addr(client).to_string();
    ExecuteMsg::Reserve { job: JobId(job), client, kind: Kind::Client, shards, cost: cost.into() }
}

fn reward(number: u64, job: u64, shards: u64) -> ExecuteMsg {
    ExecuteMsg::Reward { number: number.into(), job: JobId(job), provider: addr("alice").to_string(), shards }
}

fn release(job: u64, shards: u64) -> ExecuteMsg {
    ExecuteMsg::Release { job: JobId(job), shards }
}

fn claim_for(name: &str) -> ExecuteMsg {
    ExecuteMsg::Claim { provider: Some(addr(name).to_string()) }
}

fn grant(name: &str) -> ExecuteMsg {
    ExecuteMsg::Grant { source: addr(name).to_string() }
}

fn configure(config: Config) -> ExecuteMsg {
    ExecuteMsg::Configure { config }
}

/// Escrow holds job 1 with 6 of 10 shards left and counted number 1; the client has 900 credits and lets escrow reserve
/// 500; `other` was granted at 1571797419; `source` was revoked.
fn attempts() -> Vec<(&'static str, ExecuteMsg, &'static str)> {
    let forged = Cw20ReceiveMsg { sender: addr("dave").to_string(), amount: u(5), msg: Binary::default() };
    vec![
        ("dave", ExecuteMsg::Receive(forged), "<dave> is not the token <token>"),
        ("dave", reserve(2, "client", 1, 1), "<dave> was never granted the right to reserve"),
        ("dave", reward(2, 1, 1), "<dave> was never granted the right to reserve"),
        ("dave", release(1, 1), "<dave> was never granted the right to reserve"),
        ("dave", configure(CONFIG), "Caller is not the contract's current owner"),
        ("dave", ExecuteMsg::UpdateOwnership(Action::AcceptOwnership), "There isn't a pending ownership transfer"),
        ("escrow", reserve(2, "client", 0, 1), "shards is zero"),
        ("escrow", reserve(2, "client", 1, 0), "cost is zero"),
        ("escrow", reward(2, 1, 0), "shards is zero"),
        ("escrow", release(1, 0), "shards is zero"),
        (
            "escrow",
            reserve(2, "client", 51, 1_000_000),
            "<client> allows <escrow> to reserve 500 more credits, short of 510",
        ),
        ("escrow", reserve(2, "dave", 1, 1_000_000), "5 free credits of <dave> short of 10"),
        ("escrow", reserve(1, "client", 1, 1), "job 1 of <escrow> was reserved already"),
        ("escrow", reward(2, 9, 1), "nothing was ever reserved for job 9 of <escrow>"),
        ("escrow", release(9, 1), "nothing was ever reserved for job 9 of <escrow>"),
        ("escrow", reward(2, 1, 7), "6 shards reserved for job 1, short of 7"),
        ("escrow", release(1, 7), "6 shards reserved for job 1, short of 7"),
        ("escrow", reward(1, 1, 1), "number 1 of <escrow> was counted already"),
        ("dave", ExecuteMsg::Claim { provider: None }, "nothing to claim for <dave>"),
        ("alice", claim_for("dave"), "nothing to claim for <dave>"),
        ("other", reserve(1, "client", 1, 1), "<other> may reserve from 1571970219 on, now is 1571797419"),
        ("source", reserve(1, "client", 1, 1), "the right of <source> to reserve was revoked"),
        ("governance", grant("other"), "<other> is granted already, at 1571797419"),
        ("governance", ExecuteMsg::Revoke { source: addr("dave").to_string() }, "<dave> has no right to revoke"),
        (
            "governance",
            configure(Config { rate: u(1_000_000_000_001), ..CONFIG }),
            "rate is 1000000000001, more than 1000000000000",
        ),
        ("governance", configure(Config { kappa_bps: 10_000, ..CONFIG }), "kappa_bps is 10000, not between 0 and 9999"),
        ("governance", configure(Config { timelock: 5, ..CONFIG }), "timelock is 5, not between 172800 and 63072000"),
    ]
}

fn busy() -> World {
    let (mut world, escrow, client) = World::settled();
    let dave = addr("dave");
    world.approve(&client, &escrow, 600).unwrap();
    world.buy_for(&client, 5, Some(&dave)).unwrap();
    world.approve(&dave, &escrow, 100).unwrap();
    world.reserve(&escrow, 1, &client, 10).unwrap();
    world.reward(&escrow, 1, 1, &addr("alice"), 4).unwrap();
    world.grant(&addr("other")).unwrap();
    world.grant(&addr("source")).unwrap();
    world.revoke(&addr("source")).unwrap();
    world
}

#[test]
fn each_error_carries_its_numbers_and_leaves_no_trace() {
    let mut world = busy();
    let before = world.app.dump_wasm_raw(&world.rewards);
    let supply = world.supply();
    for (sender, msg, error) in attempts() {
        let met = world.send(&addr(sender), &msg).expect_err(error);
        assert_eq!(met.to_string(), named(error, &world), "{msg:?}");
    }
    assert_eq!(world.app.dump_wasm_raw(&world.rewards), before);
    assert_eq!(world.supply(), supply);
}

#[test]
fn no_message_takes_funds() {
    let mut world = busy();
    let client = addr("client");
    let transfer = Action::TransferOwnership { new_owner: client.to_string(), expiry: None };
    world.send(&world.owner.clone(), &ExecuteMsg::UpdateOwnership(transfer)).unwrap();
    world.send(&client, &ExecuteMsg::UpdateOwnership(Action::AcceptOwnership)).unwrap();
    // So that one sender, who has native funds, may send every message.
    world.send(&client, &grant("client")).unwrap();
    world.pass(CONFIG.timelock);
    for msg in [
        ExecuteMsg::Approve { source: addr("escrow").to_string(), amount: u(1) },
        ExecuteMsg::Claim { provider: None },
        reserve(3, "client", 1, 1),
        reward(1, 3, 1),
        release(3, 1),
        grant("dave"),
        ExecuteMsg::Revoke { source: addr("escrow").to_string() },
        configure(CONFIG),
        ExecuteMsg::UpdateOwnership(Action::RenounceOwnership),
    ] {
        let met = world.pay(&client, &msg, &coins(7, "utoken")).unwrap_err();
        assert_eq!(met.to_string(), "7utoken sent to a message that takes no funds", "{msg:?}");
    }
}
