//! A job, as it stays from posting on.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Uint128};
use tequio_protocol::escrow::{Config, Kind};
use tequio_protocol::{Digest, ProgramId};

use super::lien;

/// A posted job. Nothing in it changes; its shards are counted in a [`super::ledger::Tally`].
#[cw_serde]
pub struct Job {
    pub client: Addr,
    pub kind: Kind,
    pub program_id: ProgramId,
    pub input_root: Digest,
    /// Root of the tree over the inputs, as posted.
    pub inputs: Digest,
    pub shards: u64,
    /// Payment for one shard, as posted.
    pub price: Uint128,
    pub draws: u32,
    pub attest_window: u64,
    pub audit_window: u64,
    pub end: u64,
    pub min_providers: u32,
    pub data: String,
    /// Cost of one shard in MAC equivalents.
    pub work: u64,
    pub lien: lien::Terms,
    pub rules: Rules,
}

impl Job {
    /// Most shards that one provider may hold or have been paid for: ⌈shards / min_providers⌉.
    pub fn cap(&self) -> u64 {
        self.shards.div_ceil(u64::from(self.min_providers).max(1))
    }
}

/// The part of the config that a job keeps, whatever governance sets later.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Rules {
    pub give_back_window: u64,
    pub give_back_fee_bps: u16,
    pub absence_bps: u16,
    pub client_gas: Uint128,
    pub reporter_tip: Uint128,
    pub rewards_gas: u64,
}

impl From<&Config> for Rules {
    fn from(config: &Config) -> Self {
        Self {
            give_back_window: config.give_back_window,
            give_back_fee_bps: config.give_back_fee_bps,
            absence_bps: config.absence_bps,
            client_gas: config.client_gas,
            reporter_tip: config.reporter_tip,
            rewards_gas: config.rewards_gas,
        }
    }
}
