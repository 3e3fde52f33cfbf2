//! The demo on a real network: keys that are made for it, contracts of its own, and money for everybody from one key.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use anyhow::Result;
use cosmwasm_std::{Addr, Uint128};
use cw20::Cw20Coin;
use tequio_client::Profile;
use tequio_embedded::LocalBeacon;
use tequio_rpc::{Connection, Key, Rpc, fee};

use super::{
    offer::Offer,
    plot::Plot,
    report::Report,
    script::TOKENS,
    sent::Ledger,
    stage::{Pace, Stage, everybody, operator},
};
use crate::{
    command::chain::artifacts,
    network::{SHORT, Signed},
    output::Output,
};

/// How long it takes where a block takes a second or two, most of it windows that have to pass.
const MINUTES: &str = "5 to 10";
/// Gas that every actor can pay for.
const GAS: u64 = 500_000_000;

pub async fn play(plot: &Plot, signed: &Signed, wasm: &artifacts::From, output: &Output) -> Result<Report> {
    let wasm = wasm.read()?;
    let (mut connection, payer) = signed.connect().await?;
    let names = plot.script.cast.names();
    let actors = keys(&mut connection, &names)?;
    let ledger = Rc::new(RefCell::new(Ledger::default()));
    let (noted, network) = (ledger.clone(), connection.network.clone());
    connection.observe(move |included| noted.borrow_mut().note(included, &network));
    eprintln!("time passes by itself on {}: this takes {MINUTES} minutes", connection.network.chain_id);

    let bar = output.progress(0, "")?;
    bar.set_message("deploy");
    let mut settings = Profile::from_toml(SHORT)?.settings(payer.clone(), connection.network.denom().into());
    let beacon = LocalBeacon::new(&plot.script.beacon_seed(), settings.beacon.genesis, settings.beacon.period);
    settings.beacon = beacon.public().clone();
    settings.balances = vec![Cw20Coin { address: actors["client"].to_string(), amount: TOKENS.into() }];
    let (deployment, since) = connection.deploy(&settings, |contract| wasm.of(contract)).await?;

    let chain = Rpc::new(connection, deployment, since);
    let stage = Stage { chain: &chain, beacon: &beacon, actors: &actors, pace: Pace::REAL };
    let offer = Offer::new(&stage, &plot.model, &plot.inputs, &plot.script).await?;
    bar.set_message("pay everybody");
    chain.connection.pay(&payer, &purses(&stage, &offer, &names)?).await?;
    bar.finish_and_clear();
    // What is told is what the story itself took.
    ledger.take();
    plot.play(&stage, offer, output, || ledger.borrow().sent()).await
}

/// A new key for everybody. What they have left in the end stays with keys that are forgotten.
fn keys(connection: &mut Connection, names: &[String]) -> Result<BTreeMap<String, Addr>> {
    let words = Key::words();
    let mut actors = BTreeMap::new();
    for (index, name) in everybody(names).into_iter().enumerate() {
        let key = Key::recover(&words, &format!("m/44'/118'/0'/0/{index}"))?;
        actors.insert(name, connection.add(key)?);
    }
    Ok(actors)
}

/// What everybody gets: gas, providers their stake, and the client the price of its job and as much as a stake for demands.
fn purses(stage: &Stage<'_, Rpc>, offer: &Offer, names: &[String]) -> Result<Vec<(Addr, Uint128)>> {
    let gas = fee(GAS, stage.chain.connection.network.gas_price());
    let price: Uint128 = offer.jobs.iter().map(|offered| offered.quote.funds).sum();
    let mut purses = vec![(stage.actor("client")?, gas + price + offer.stake), (stage.actor("relayer")?, gas)];
    for name in names {
        purses.push((stage.actor(name)?, gas + offer.stake));
        purses.push((stage.actor(&operator(name))?, gas));
    }
    Ok(purses)
}
