//! What the story's jobs are, before they are posted.

use anyhow::Result;
use cosmwasm_std::{Addr, Uint128};
use tequio_attestation::Inputs;
use tequio_client::{
    Chain, Escrow,
    data::{Store, publish},
};
use tequio_protocol::escrow::{JobSpec, Kind, MIN_COMMONS_AUDIT, QuoteResponse};

use super::{script::Script, stage::Stage};
use crate::model::Model;

/// Shards of the commons job, and how many of them a provider takes at once.
const COMMONS_SHARDS: u64 = 8;
const COMMONS_CHUNK: u64 = 2;
/// Most shards of one assignment.
const MAX_CHUNK: u64 = 512;
/// Seconds from posting to a job's end.
const DURATION: u64 = 30 * 86_400;

/// Jobs whose data is published: the client's, then the commons job if there is one.
pub struct Offer {
    pub store: Store,
    pub jobs: Vec<Offered>,
    /// What each provider bonds: twice the liens of what it takes at once.
    pub stake: Uint128,
}

pub struct Offered {
    pub poster: Addr,
    pub spec: JobSpec,
    pub quote: QuoteResponse,
    /// Shards that a provider takes at once.
    pub chunk: u64,
}

impl Offer {
    pub async fn new<C: Chain>(stage: &Stage<'_, C>, model: &Model, inputs: &Inputs, script: &Script) -> Result<Self> {
        let store = Store::memory();
        let end = stage.chain.block().await?.time + DURATION;
        let base = async |inputs: &Inputs| {
            let (program, plan) = (model.program.clone(), model.plan.to_json().into_bytes());
            let published = publish(&store, program, plan, model.manifest(), inputs).await?;
            anyhow::Ok(JobSpec { draws: script.draws, end, ..published.spec(model.manifest()) })
        };
        let (price, attest_window) = (script.price.into(), stage.pace.attest_window);
        let spec = JobSpec { price, attest_window, audit_window: stage.pace.audit_window, ..base(inputs).await? };
        let mut offered = vec![(stage.actor("client")?, spec, chunk(inputs.shards(), script.takers(stage.pace)))];
        if stage.pace.commons {
            let (governance, principal) = (stage.chain.deployment().governance.clone(), stage.actor("principal")?);
            let (kind, principal, audit_window) = (Kind::Commons, Some(principal.into()), Some(MIN_COMMONS_AUDIT));
            let spec = base(&inputs.first(COMMONS_SHARDS)).await?;
            offered.push((governance, JobSpec { kind, principal, audit_window, ..spec }, COMMONS_CHUNK));
        }
        let (mut jobs, mut stake) = (vec![], Uint128::zero());
        for (poster, spec, chunk) in offered {
            let quote = Escrow(stage.chain).quote(&spec).await?;
            stake += quote.lien * Uint128::from(2 * chunk);
            jobs.push(Offered { poster, spec, quote, chunk });
        }
        Ok(Self { store, jobs, stake })
    }
}

/// Shards of so many for each of `takers`.
fn chunk(shards: u64, takers: u64) -> u64 {
    shards.div_ceil(takers).clamp(1, MAX_CHUNK)
}
