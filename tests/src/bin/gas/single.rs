//! Every message in a transaction of its own.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use cosmwasm_std::{Addr, Uint128, to_json_binary};
use cw20::Cw20ExecuteMsg;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tequio_adversary::{Actor, Role};
use tequio_attestation::Wanted;
use tequio_backend::cpu::Cpu;
use tequio_client::{Chain, Escrow};
use tequio_protocol::{AssignmentId, escrow, rewards, verifier::ExecuteMsg};
use tequio_rpc::Rpc;
use tequio_runner::{Providers, Relayer, Watcher, provider::Part, watcher::Shards};
use tequio_tests::Model;

use crate::{
    Backend, Costs, SIZES, WINDOW,
    lane::{self, post},
    network::Net,
};

/// Shards of the assignments that are refuted and demanded of.
const SHARDS: u64 = 32;

/// Gas of every message; openings by the size of their assignment.
pub async fn run(net: &Net, model: Arc<Model>, draws: u32) -> Result<Costs> {
    let mut costs = Costs::new();
    let client = net.account();
    let mut note = |name: &str, gas: u64| costs.insert(name.to_owned(), gas);
    buy(net, &mut note).await?;

    let job = post(net, &client, &model, draws, 2 * SIZES.iter().sum::<u64>(), Some(0)).await?;
    note("buy + post", net.sent().last().context("nothing was sent")?.gas_used);
    let address = net.account();
    let mut provider = lane::provider(net, address.clone(), "single").await?;
    let registered = net.sent().iter().rfind(|sent| sent.sender == address).map(|sent| sent.gas_used);
    note("register + cap", registered.context("it is registered")?);
    let mut relayer = Relayer::new(&net.chain, net.stranger.clone(), |round| net.sign(round));
    // The first of each kind makes records that later ones change.
    for lap in 0..2 {
        let mut taken = vec![];
        for size in SIZES {
            let assigned = provider.assign(job, size).await?;
            provider.attest(assigned.assignment).await?;
            taken.push((size, assigned.assignment));
        }
        relayer.draw().await?;
        for (size, assignment) in taken {
            provider.open(assignment, Part::default()).await?;
            let opened = net.alone("verifier open")?;
            let ended = relayer.end(assignment).await?;
            ensure!(ended.is_ok(), "assignment {assignment} is not ended: {ended:?}");
            net.send(&address, rewards::ExecuteMsg::Claim { provider: None }).await?;
            net.send(&address, escrow::ExecuteMsg::Withdraw {}).await?;
            if lap == 1 {
                note(&format!("verifier open {size}"), opened);
            }
        }
    }
    for name in
        ["escrow assign", "verifier attest", "escrow settle", "rewards claim", "escrow withdraw", "verifier beacon"]
    {
        note(name, net.alone(name)?);
    }
    net.send(&net.stranger, ExecuteMsg::Tick {}).await?;
    net.send(&net.stranger, ExecuteMsg::Tick {}).await?;
    note("verifier tick", net.alone("verifier tick")?);
    dispute(net, &model, draws, &mut note).await?;
    Ok(costs)
}

/// Credits, bought and approved one after the other.
async fn buy(net: &Net, note: &mut impl FnMut(&str, u64) -> Option<u64>) -> Result<()> {
    let deployment = net.chain.deployment();
    for _ in 0..2 {
        let msg = to_json_binary(&rewards::Hook::Buy { client: None, approve: None })?;
        let buy = Cw20ExecuteMsg::Send { contract: deployment.rewards.to_string(), amount: 1_000u128.into(), msg };
        note("rewards buy", net.send(&net.client, buy).await?.gas_used);
        let (source, amount) = (deployment.escrow.to_string(), Uint128::new(1_000));
        let approve = rewards::ExecuteMsg::Approve { source, amount };
        note("rewards approve", net.send(&net.client, approve).await?.gas_used);
    }
    Ok(())
}

/// One refutation, and one demand with what answers it.
async fn dispute(net: &Net, model: &Model, draws: u32, note: &mut impl FnMut(&str, u64) -> Option<u64>) -> Result<()> {
    let backend: Backend = Arc::new(Cpu::default());
    let client = net.account();
    let job = post(net, &client, model, draws, 2 * SHARDS, Some(20 * WINDOW)).await?;
    let mut actors = vec![];
    for role in [Role::Saboteur, Role::Hoarder] {
        let keys = [net.account(), net.account()];
        let mut actor = Actor::new(&net.chain, &net.store, &backend, role, keys);
        actor.register("one", Uint128::new(1_000_000_000)).await?;
        actor.provider.assign(job, SHARDS).await?;
        actor.attest().await?;
        actors.push(actor);
    }
    let relayer = || Relayer::new(&net.chain, client.clone(), |round| net.sign(round));
    relayer().draw().await?;
    let dice = ChaCha8Rng::seed_from_u64(1);
    let mut watcher = Watcher::new(&net.chain, net.store.clone(), backend.clone(), relayer(), Shards::Exactly(1), dice);
    for actor in &actors {
        let assignment = Escrow(&net.chain).active(&actor.provider.owner, None, None).await?.assignments[0].id;
        actor.provider.open(assignment, Part::default()).await?;
        watcher.look(assignment, &Reached(actor)).await?;
    }
    note("verifier refute", net.alone("verifier refute")?);
    note("arbiter demand", net.alone("arbiter demand")?);
    let met = actors[1].provider.reveal_all().await?;
    ensure!(met > 0, "nothing was demanded");
    note("arbiter reveal", net.alone("arbiter reveal")?);
    Ok(())
}

struct Reached<'s, 'a>(&'s Actor<'a, Rpc>);

impl Providers for Reached<'_, '_> {
    async fn delivery(&self, assignment: AssignmentId) -> Option<String> {
        self.0.delivery(assignment)
    }

    async fn serve(&self, asker: &Addr, assignment: AssignmentId, wanted: Wanted) -> Result<String> {
        self.0.serve(asker, assignment, wanted).await
    }
}
