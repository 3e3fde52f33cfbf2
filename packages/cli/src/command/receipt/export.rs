//! `tequio receipt export`.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;
use tequio_client::{Chain, Escrow};
use tequio_protocol::{
    AssignmentId,
    escrow::{Ending, State},
    verifier::{BeaconResponse, QueryMsg},
};

use super::form::Receipt;
use crate::{failure::Usage, file::write_json, network::OnNetwork};

#[derive(clap::Args)]
pub struct Args {
    #[arg(value_parser = assignment)]
    assignment: AssignmentId,
    /// Where the receipt goes.
    #[arg(short, long)]
    output: PathBuf,
    #[command(flatten)]
    on: OnNetwork,
}

fn assignment(text: &str) -> Result<AssignmentId, String> {
    text.parse().map(AssignmentId).map_err(|_| format!("{text:?} is not the number of an assignment"))
}

#[derive(Serialize)]
pub struct Written {
    receipt: PathBuf,
}

pub async fn run(args: Args) -> Result<Written> {
    let chain = args.on.chain().await?;
    let taken = Escrow(&chain).assignment(args.assignment).await?;
    if taken.state != State::Ended(Ending::Settled) {
        bail!(Usage::new(format!("assignment {} is not settled", taken.id), "wait until it is: tequio job show"));
    }
    let job = Escrow(&chain).job(taken.job).await?;
    let attestation =
        Escrow(&chain).attestation(&taken).await?.context("a settled assignment without an attestation")?;
    let drawn = attestation.round.context("a settled assignment without a round")?;
    let (start_after, limit) = (None, None);
    let beacons: Vec<BeaconResponse> = chain.query(QueryMsg::Beacons { start_after, limit }).await?;
    let key = beacons.into_iter().find(|beacon| beacon.id == drawn.beacon).context("the beacon is not known")?.beacon;

    let contracts = chain.deployment();
    let (connection, mut blocks) = (&chain.connection, BTreeMap::new());
    let id = attestation.id.to_string();
    let one =
        |name: &'static str, found: Vec<_>| found.into_iter().next().with_context(|| format!("no transaction {name}"));
    let attest =
        one("attests", connection.proven(&contracts.verifier, "wasm-attested.attestation", &id, &mut blocks).await?)?;
    let round = drawn.round.to_string();
    let beacon_tx = one(
        "posts the round",
        connection.proven(&contracts.verifier, "wasm-round_stored.round", &round, &mut blocks).await?,
    )?;
    let open = connection.proven(&contracts.verifier, "wasm-opened.attestation", &id, &mut blocks).await?;
    let ended = taken.id.to_string();
    let settle =
        one("settles", connection.proven(&contracts.escrow, "wasm-ended.assignment", &ended, &mut blocks).await?)?;
    let receipt = Receipt {
        chain_id: connection.network.chain_id.clone(),
        verifier: contracts.verifier.clone(),
        escrow: contracts.escrow.clone(),
        assignment: taken.id,
        job: taken.job,
        shards: job.shards,
        subject: taken.subject,
        beacon: drawn.beacon,
        key,
        round: drawn.round,
        attest,
        beacon_tx,
        open,
        settle,
        blocks,
    };
    // What does not convince us convinces nobody.
    let shown = super::verify::check(&receipt)?;
    ensure!(shown.attestation == attestation.id.to_string(), "the receipt is of another attestation");
    write_json(&args.output, &receipt)?;
    Ok(Written { receipt: args.output })
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}", self.receipt.display())
    }
}
