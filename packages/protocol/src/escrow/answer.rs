//! What is answered.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Uint64, Uint128};

use super::{
    config::{Arbiter, Config, Rules},
    lien::Basis,
    ruling::{Case, Ruling},
    state::State,
};
use crate::{
    AssignmentId, Deadline, Digest, JobId, ProgramId,
    rewards::Kind,
    verifier::{AttestationResponse, Subject, Terms},
};

#[cw_serde]
pub struct ConfigResponse {
    pub denom: String,
    pub registry: String,
    pub verifier: String,
    pub rewards: String,
    /// Most that `client_gas` and `reporter_tip` can ever be.
    pub max_gas: Uint128,
    pub config: Config,
    pub paused: Paused,
}

#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Paused {
    pub posting: bool,
    pub assigning: bool,
}

#[cw_serde]
#[derive(Eq)]
pub struct QuoteResponse {
    pub program_id: ProgramId,
    pub input_root: Digest,
    /// Funds to send.
    pub funds: Uint128,
    /// Credits to hold and approve.
    pub credits: Uint128,
    /// Lien on a provider's stake for one shard.
    pub lien: Uint128,
    /// Most tokens minted for one shard.
    pub mint: Uint128,
    /// Chance that a complete cheat is caught, in 1/2³².
    pub caught: Uint64,
    /// Most bytes of one attestation's opening.
    pub opening_bytes: Uint64,
    /// Most bytes of one of its draws.
    pub draw_bytes: u32,
}

#[cw_serde]
#[derive(Eq)]
pub struct JobResponse {
    pub id: JobId,
    pub client: String,
    pub kind: Kind,
    pub program_id: ProgramId,
    pub input_root: Digest,
    /// Root of the tree over the inputs of all shards, as posted.
    pub inputs: Digest,
    pub shards: u64,
    pub price: Uint128,
    pub draws: u32,
    pub attest_window: u32,
    pub terms: Terms,
    /// Who may hold its attestations back; nobody if `None`.
    pub arbitration: Option<Arbiter>,
    /// Whom the outputs are delivered to.
    pub principal: String,
    pub end: u64,
    pub min_providers: u32,
    /// Least shards of one assignment.
    pub least: u64,
    /// The only providers that may take shards; anyone may if there are none.
    pub takers: Vec<String>,
    pub data: String,
    /// Cost of one shard in MAC equivalents.
    pub cost: Uint64,
    /// Most bytes of one draw's opening.
    pub draw_bytes: u32,
    /// What of the config it keeps.
    pub rules: Rules,
    /// What makes up its liens, besides the price.
    pub basis: Basis,
    /// Lien for one shard at the posted price.
    pub lien: Uint128,
    /// Of `rules.client_gas`, what the client has not been given yet.
    pub client_gas_left: Uint128,
    /// Shards by state; they sum to `shards`.
    pub free: u64,
    pub active: u64,
    pub settled: u64,
    pub refunded: u64,
}

#[cw_serde]
#[derive(Eq)]
pub struct RangeResponse {
    pub first: u64,
    pub count: u64,
    /// Payment for one of its shards.
    pub price: Uint128,
}

/// A free range as it would be taken.
#[cw_serde]
#[derive(Eq)]
pub struct FreeResponse {
    pub first: u64,
    pub count: u64,
    /// Payment for one of its shards.
    pub price: Uint128,
    /// Lien for one of its shards.
    pub lien: Uint128,
}

/// A page of jobs.
#[cw_serde]
#[derive(Eq)]
pub struct OpenResponse {
    pub jobs: Vec<JobResponse>,
    /// Where the next page begins (`start_before`), however few jobs this one has; none if it is the last.
    pub next: Option<JobId>,
}

/// A page of assignments.
#[cw_serde]
#[derive(Eq)]
pub struct ActiveResponse {
    pub assignments: Vec<AssignmentResponse>,
    /// Where the next page begins (`start_after`), however few assignments this one has; none if it is the last.
    pub next: Option<AssignmentId>,
}

#[cw_serde]
#[derive(Copy, Eq)]
pub struct RulingResponse {
    pub ruling: Ruling,
    /// If it waits: when that reason is gone if nothing happens meanwhile, if that is known yet.
    pub until: Option<Deadline>,
}

#[cw_serde]
#[derive(Eq)]
pub struct AssignmentResponse {
    pub id: AssignmentId,
    pub job: JobId,
    /// Owner key of the provider; it is paid.
    pub provider: String,
    /// Who took it; it alone attests, whatever becomes of its key.
    pub operator: String,
    pub first: u64,
    pub count: u64,
    /// Payment for one shard.
    pub price: Uint128,
    /// The whole lien.
    pub lien: Uint128,
    /// Until when the attestation must be there; it begins when the assignment does.
    pub attest_by: Deadline,
    /// The subject to attest to.
    pub subject: Subject,
    pub state: State,
}

impl AssignmentResponse {
    /// What the rules say about it, given its job and the verifier's answer to its operator and subject.
    pub fn case<'a>(&self, job: &JobResponse, attestation: Option<&'a AttestationResponse>) -> Case<'a> {
        Case {
            state: self.state,
            attest_by: self.attest_by,
            // That much is held for it, so that it can be written down.
            payment: self.price.saturating_mul(self.count.into()),
            rules: job.rules,
            attestation,
        }
    }
}
