//! The demo on the chain inside this process.

use std::collections::BTreeMap;

use anyhow::Result;
use tequio_embedded::{Embedded, Setup};

use super::{
    offer::Offer,
    plot::Plot,
    report::Report,
    script::TOKENS,
    sent::Sent,
    stage::{Pace, Stage, everybody},
};
use crate::output::Output;

/// Genesis money of every actor, in the smallest unit.
const FUNDS: u128 = 1_000_000_000_000_000_000;

pub async fn play(plot: &Plot, output: &Output) -> Result<Report> {
    let names = plot.script.cast.names();
    let setup = Setup { beacon_seed: plot.script.beacon_seed(), ..Setup::default() };
    let setup = setup.fund("client", FUNDS).genesis_tokens("client", TOKENS);
    let chain = Embedded::new(&names.iter().fold(setup, |setup, name| setup.fund(name, FUNDS)))?;
    let actors: BTreeMap<_, _> = everybody(&names).into_iter().map(|name| (name.clone(), chain.actor(&name))).collect();
    let stage = Stage { chain: &chain, beacon: chain.beacon(), actors: &actors, pace: Pace::JUMPING };
    let offer = Offer::new(&stage, &plot.model, &plot.inputs, &plot.script).await?;
    plot.play(&stage, offer, output, || Sent::embedded(&chain)).await
}
