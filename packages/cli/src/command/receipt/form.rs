//! What is in a receipt.

use std::collections::BTreeMap;

use cosmwasm_std::Addr;
use serde::{Deserialize, Serialize};
use tequio_protocol::{
    AssignmentId, BeaconId, JobId,
    verifier::{Beacon, Subject},
};
use tequio_rpc::inclusion::{Block, Proven};

/// What is shown of an assignment.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    pub chain_id: String,
    pub verifier: Addr,
    pub escrow: Addr,
    pub assignment: AssignmentId,
    pub job: JobId,
    /// Of the job.
    pub shards: u64,
    /// What was attested to: program, inputs, shards, draws.
    pub subject: Subject,
    /// Which beacon it is drawn from, and its key.
    pub beacon: BeaconId,
    pub key: Beacon,
    pub round: u64,
    /// The transactions that attest, post the round, open the draws, and settle.
    pub attest: Proven,
    pub beacon_tx: Proven,
    pub open: Vec<Proven>,
    pub settle: Proven,
    /// Their blocks, and the ones after.
    pub blocks: BTreeMap<u64, Block>,
}
