//! `tequio receipt`: a file that shows, to somebody without a node, that shards were verified and paid.

mod export;
mod verify;

use std::collections::BTreeMap;

use anyhow::Result;
use clap::Subcommand;
use cosmwasm_std::Addr;
use serde::{Deserialize, Serialize};
use tequio_protocol::{
    AssignmentId, BeaconId, JobId,
    verifier::{Beacon, Subject},
};
use tequio_rpc::inclusion::{Block, Included};

use crate::{network::block_on, output::Output};

#[derive(Subcommand)]
pub enum Command {
    /// Writes the receipt of an assignment that was settled.
    Export(export::Args),
    /// Checks a receipt. Asks nobody.
    Verify(verify::Args),
}

pub fn run(command: Command, output: &Output) -> Result<()> {
    match command {
        Command::Export(args) => output.print(&block_on(export::run(args))?),
        Command::Verify(args) => output.print(&verify::run(args)?),
    }
}

/// What is shown of an assignment.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Receipt {
    chain_id: String,
    verifier: Addr,
    escrow: Addr,
    assignment: AssignmentId,
    job: JobId,
    /// Of the job.
    shards: u64,
    /// What was attested to: program, inputs, shards, draws.
    subject: Subject,
    /// Which beacon it is drawn from, and its key.
    beacon: BeaconId,
    key: Beacon,
    round: u64,
    /// The transactions that attest, post the round, open the draws, and settle.
    attest: Included,
    beacon_tx: Included,
    open: Vec<Included>,
    settle: Included,
    /// Their blocks, and the ones after.
    blocks: BTreeMap<u64, Block>,
}
