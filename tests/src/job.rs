use std::sync::Arc;

use cosmwasm_std::Uint128;
use tequio_client::data::Published;
use tequio_protocol::escrow::{JobSpec, Kind};

use crate::model::{self, Model};

/// A job to post. [`job`] gives one; `Job { draws: 64, ..job() }` another.
#[derive(Clone)]
pub struct Job {
    pub model: Arc<Model>,
    /// For each input, its elements for all shards.
    pub inputs: Vec<Vec<u8>>,
    /// Payment for one shard.
    pub price: u128,
    pub draws: u32,
    pub kind: Kind,
    pub attest_window: u32,
    pub audit_window: Option<u32>,
    /// Of a commons job.
    pub principal: Option<String>,
    /// Seconds from posting to the job's end.
    pub duration: u64,
    pub min_providers: u32,
}

/// Eight shards of [`model::layers`] at 1,000 each, 64 draws.
pub fn job() -> Job {
    shards(8)
}

/// As [`job`], with another number of shards.
pub fn shards(shards: usize) -> Job {
    let model = model::layers();
    Job::of(model.clone(), model.noise(shards))
}

impl Job {
    /// A job over `inputs` for another program.
    pub fn of(model: Arc<Model>, inputs: Vec<Vec<u8>>) -> Self {
        Self {
            model,
            inputs,
            price: 1_000,
            draws: 64,
            kind: Kind::Client,
            attest_window: 3_600,
            audit_window: None,
            principal: None,
            duration: 30 * 86_400,
            min_providers: 1,
        }
    }

    /// As it is posted at time `now`, once its data is published.
    pub fn spec(&self, published: &Published, now: u64) -> JobSpec {
        JobSpec {
            price: Uint128::new(self.price),
            draws: self.draws,
            kind: self.kind,
            attest_window: self.attest_window,
            audit_window: self.audit_window,
            principal: self.principal.clone(),
            end: now + self.duration,
            min_providers: self.min_providers,
            ..published.clone().spec(self.model.manifest())
        }
    }
}
