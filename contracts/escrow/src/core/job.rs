//! A job, as it stays from posting on.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Uint128};
use tequio_protocol::{
    Digest, ProgramId,
    escrow::{Arbiter, Basis, Kind, Rules},
    verifier::Terms,
};

/// A posted job. Nothing in it changes; its shards are counted in a [`Tally`](crate::core::ledger::Tally).
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
    pub attest_window: u32,
    /// Of every attestation for it.
    pub terms: Terms,
    /// Who may hold its attestations back.
    pub arbitration: Option<Arbiter>,
    /// Whom the outputs are delivered to.
    pub principal: Addr,
    pub end: u64,
    pub min_providers: u32,
    /// Least shards of one assignment.
    pub least: u64,
    /// The only providers that may take shards; anyone may if it is empty, and then it takes no room.
    pub takers: Vec<Addr>,
    pub data: String,
    /// Cost of one shard in MAC equivalents.
    pub cost: u64,
    /// Most bytes of one draw's opening.
    pub draw_bytes: u32,
    pub lien: Basis,
    pub rules: Rules,
}

impl Job {
    /// Whether it leaves shards to this provider at all.
    pub fn admits(&self, provider: &Addr) -> bool {
        self.takers.is_empty() || self.takers.contains(provider)
    }

    /// Most shards that one provider may hold or have been paid for.
    pub fn cap(&self) -> u64 {
        cap(self.shards, self.min_providers)
    }
}

/// ⌈shards / min_providers⌉.
pub fn cap(shards: u64, min_providers: u32) -> u64 {
    shards.div_ceil(u64::from(min_providers).max(1))
}
