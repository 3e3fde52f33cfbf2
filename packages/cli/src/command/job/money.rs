//! `tequio job top-up`, `refund` and `withdraw`.

use std::fmt;

use anyhow::{Context, Result};
use cosmwasm_std::Uint128;
use serde::Serialize;
use tequio_client::{Call, Chain, Escrow, flow};
use tequio_protocol::{JobId, escrow::ExecuteMsg};

use super::words::job;
use crate::network::Signed;

#[derive(clap::Args)]
pub struct TopUp {
    #[arg(value_parser = job)]
    job: JobId,
    /// First shard of the free range; the first one if not given.
    #[arg(long)]
    first: Option<u64>,
    /// The new payment for one shard.
    #[arg(long)]
    price: u128,
    #[command(flatten)]
    signed: Signed,
}

#[derive(clap::Args)]
pub struct Refund {
    #[arg(value_parser = job)]
    job: JobId,
    /// How many shards; all that are free if not given. Before the job's end only its client takes any back.
    #[arg(long)]
    shards: Option<u64>,
    #[command(flatten)]
    signed: Signed,
}

#[derive(clap::Args)]
pub struct Withdraw {
    #[command(flatten)]
    signed: Signed,
}

/// What was done.
#[derive(Serialize)]
pub struct Done {
    /// What of.
    amount: Uint128,
    denom: String,
    #[serde(skip)]
    word: &'static str,
}

pub async fn top_up(args: TopUp) -> Result<Done> {
    let (chain, client) = args.signed.chain().await?;
    let free = Escrow(&chain).free(args.job, args.first.and_then(|first| first.checked_sub(1))).await?;
    let range = free.into_iter().find(|range| args.first.is_none_or(|first| first == range.first));
    let range = range.with_context(|| format!("job {} has no such free shards", args.job))?;
    let price = Uint128::new(args.price);
    let amount = price.saturating_sub(range.price) * Uint128::from(range.count);
    let message = ExecuteMsg::TopUp { job: args.job, first: range.first, price };
    chain.execute(&client, Call::paying(amount, message)).await?;
    Ok(Done { amount, denom: chain.deployment().denom.clone(), word: "added" })
}

pub async fn refund(args: Refund) -> Result<Done> {
    let (chain, client) = args.signed.chain().await?;
    let before = Escrow(&chain).balance(&client).await?;
    chain.execute(&client, ExecuteMsg::Refund { job: args.job, shards: args.shards }).await?;
    let amount = Escrow(&chain).balance(&client).await? - before;
    Ok(Done { amount, denom: chain.deployment().denom.clone(), word: "refunded, to be withdrawn:" })
}

pub async fn withdraw(args: Withdraw) -> Result<Done> {
    let (chain, address) = args.signed.chain().await?;
    let denom = chain.deployment().denom.clone();
    let amount = Escrow(&chain).balance(&address).await?;
    flow::collect(&chain, &address).await?;
    Ok(Done { amount, denom, word: "withdrawn" })
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} {} {}", self.word, self.amount, self.denom)
    }
}
