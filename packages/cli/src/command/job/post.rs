//! `tequio job post`.

use std::{fmt, time::Duration};

use anyhow::Result;
use cosmwasm_std::Uint128;
use indicatif::HumanDuration;
use serde::Serialize;
use tequio_client::{
    Chain, Escrow, Token,
    data::{Bundle, upload},
    flow,
};
use tequio_protocol::{
    JobId,
    escrow::{ConfigResponse, JobSpec, QueryMsg, QuoteResponse},
    verifier,
};
use tequio_rpc::Rpc;

use super::{store::At, words::seconds};
use crate::{
    failure::Usage,
    model::{Model, Named},
    network::{Signed, confirm},
};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    program: Named,
    /// A `.npy` file, or `name=file` for each of several inputs; the leading axis is any number of items.
    #[arg(long, num_args = 1.., required = true)]
    inputs: Vec<String>,
    /// Payment for one shard, in the network's smallest unit.
    #[arg(long)]
    price: u128,
    /// Draws of each attestation: more make a cheat likelier to be caught, and its lien smaller.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=512))]
    draws: u32,
    /// For how long shards can be taken.
    #[arg(long, default_value = "7d", value_parser = seconds)]
    end: u64,
    /// How long a provider has to attest.
    #[arg(long, default_value = "1h", value_parser = seconds)]
    attest_window: u64,
    /// How long outputs can be audited before they are paid; 0s for not at all. The network's own if not given.
    #[arg(long, value_parser = seconds)]
    audit_window: Option<u64>,
    /// Over how many providers the shards are spread at least.
    #[arg(long, default_value_t = 1)]
    min_providers: u32,
    /// Fewest shards of one assignment.
    #[arg(long, default_value_t = 1)]
    least: u64,
    /// Owner keys of the providers that may take shards; anyone if not given.
    #[arg(long, value_delimiter = ',')]
    takers: Vec<String>,
    /// For how long after the end inputs and outputs are to be kept.
    #[arg(long, default_value = "30d", value_parser = seconds)]
    keep: u64,
    /// Does not ask.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    signed: Signed,
}

/// A job that was posted, and what it takes.
#[derive(Serialize)]
pub struct Posted {
    job: JobId,
    terms: Terms,
}

/// What a job takes.
#[derive(Serialize)]
struct Terms {
    shards: u64,
    denom: String,
    /// Escrowed.
    funds: Uint128,
    /// Burned of the reward token.
    credits: Uint128,
    /// On a provider's stake, for a shard.
    lien: Uint128,
    draws: u32,
    /// Chance that the draws catch a complete cheat.
    caught: f64,
    delta: f64,
    gamma: f64,
    /// Multiply-accumulates of all shards.
    cost: u64,
    data: String,
    /// Seconds after it is taken in which a shard is attested to, drawn, opened and audited, at the latest.
    settled_within: u64,
    /// When shards can't be taken any more, and for how many seconds after that data is kept.
    end: u64,
    keep: u64,
}

pub async fn run(args: Args) -> Result<Posted> {
    let model = args.program.read()?;
    let inputs = model.read_inputs(&args.inputs)?;
    let (chain, client) = args.signed.chain().await?;
    let store = args.at.open()?;
    let plan = model.plan.to_json().into_bytes();
    let bundle = Bundle::of(&model.program, &plan, args.keep).with(&inputs);
    let published = bundle.published(model.manifest(), &inputs)?;
    let window = |seconds: u64, name: &str| {
        u32::try_from(seconds).map_err(|_| Usage::new(format!("--{name} is too long"), "take less"))
    };
    let spec = JobSpec {
        price: args.price.into(),
        draws: args.draws,
        end: chain.block().await?.time.saturating_add(args.end),
        attest_window: window(args.attest_window, "attest-window")?,
        audit_window: args.audit_window.map(|seconds| window(seconds, "audit-window")).transpose()?,
        min_providers: args.min_providers,
        least: args.least,
        takers: args.takers.clone(),
        ..published.spec(model.manifest())
    };
    let quote = Escrow(&chain).quote(&spec).await?;
    let ConfigResponse { config, .. } = chain.query(QueryMsg::Config {}).await?;
    let terms = Terms::new(&chain, &spec, &quote, &config.terms, &model, args.keep);
    let tokens = Token(&chain).balance(&client).await?;
    if tokens < quote.credits {
        let what = format!("the job takes credits for {} of the reward token, {client} has {tokens}", quote.credits);
        return Err(Usage::new(what, "get tokens: credits are bought with them, and burned").into());
    }
    eprintln!("{terms}");
    confirm(args.yes, "Post it?")?;
    upload(&store, &bundle, model.program.clone(), plan, &inputs).await?;
    let (_, posted) = flow::post(&chain, &client, spec).await?;
    Ok(Posted { job: posted.job, terms })
}

impl Terms {
    fn new(
        chain: &Rpc,
        spec: &JobSpec,
        quote: &QuoteResponse,
        terms: &verifier::Terms,
        model: &Model,
        keep: u64,
    ) -> Self {
        let audit_window = spec.audit_window.unwrap_or(terms.audit_window);
        let windows = [spec.attest_window, terms.delay, terms.open_window, audit_window];
        let share = |value: u64| value as f64 / 2f64.powi(32);
        let header = &model.manifest().header;
        Self {
            shards: spec.shards,
            denom: chain.deployment().denom.clone(),
            funds: quote.funds,
            credits: quote.credits,
            lien: quote.lien,
            draws: spec.draws,
            caught: share(quote.caught.u64()),
            delta: share(header.delta.into()),
            gamma: share(header.gamma.into()),
            cost: header.cost.saturating_mul(spec.shards),
            data: spec.data.clone(),
            settled_within: windows.into_iter().map(u64::from).sum(),
            end: spec.end,
            keep,
        }
    }
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { shards, denom, funds, credits, lien, draws, caught, delta, gamma, cost, data, .. } = self;
        writeln!(f, "shards    {shards}, {:.3} G MAC in all", *cost as f64 / 1e9)?;
        writeln!(f, "escrowed  {funds} {denom}")?;
        writeln!(f, "burned    {credits} of the reward token, for credits")?;
        writeln!(
            f,
            "draws     {draws}: a complete cheat is caught with chance {caught:.4} (δ {delta:.4}, γ {gamma:.4})"
        )?;
        writeln!(f, "lien      {lien} {denom} of a provider's stake for each shard")?;
        let [within, keep] = [self.settled_within, self.keep].map(|time| HumanDuration(Duration::from_secs(time)));
        writeln!(f, "time      {within} from taking a shard to paying for it, at the latest")?;
        writeln!(f, "data      {data}, public, kept for {keep} after the end")?;
        write!(f, "end       {} (seconds since 1970)", self.end)
    }
}

impl fmt::Display for Posted {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "job {}", self.job)
    }
}
