//! What a job must be like to be posted.

use std::collections::BTreeSet;

use tequio_attestation::{Header, depth};
use tequio_contract::bounds::{some, within};
use tequio_protocol::escrow::{
    JobSpec, Kind, MAX_DATA, MAX_DURATION, MAX_SHARDS, MAX_TAKERS, MAX_WINDOW, MIN_ATTEST_WINDOW, MIN_COMMONS_AUDIT,
};

use crate::core::{error::CoreError, job::cap};

/// Bytes that one level of the trees above a shard adds to a draw's opening: one digest in the tree of shard roots and
/// one in the tree of inputs.
const LEVEL: u64 = 64;

/// What the network bears.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub max_draws: u32,
    pub max_opening_bytes: u64,
    pub max_draw_bytes: u32,
    pub max_reads: u32,
}

/// Most bytes of one draw's opening: header.opening_bytes + 64 × depth(shards).
pub fn draw_bytes(header: &Header, shards: u64) -> u64 {
    let paths = LEVEL.saturating_mul(depth(shards).into());
    u64::from(header.opening_bytes).saturating_add(paths)
}

/// Most bytes of one attestation's opening: draws × those of one.
pub fn opening_bytes(header: &Header, draws: u32, shards: u64) -> u64 {
    draw_bytes(header, shards).saturating_mul(draws.into())
}

/// Refuses a job, posted at time `now` with its header, that the network does not bear. `audit_window` is that of jobs
/// which name none.
pub fn check(spec: &JobSpec, header: &Header, limits: &Limits, audit_window: u32, now: u64) -> Result<(), CoreError> {
    within("shards", spec.shards, 1, MAX_SHARDS)?;
    let least_audit = match spec.kind {
        Kind::Client => {
            some("price", spec.price)?;
            0
        }
        // Nobody's money is at stake: who watches has time for it, and what to watch can be fetched.
        Kind::Commons => {
            some("data", spec.data.len() as u64)?;
            MIN_COMMONS_AUDIT
        }
    };
    if (spec.kind == Kind::Commons) != spec.principal.is_some() {
        return Err(CoreError::Principal { kind: spec.kind });
    }
    within("draws", spec.draws, 1, limits.max_draws.into())?;
    some("cost", header.cost)?;
    // No draw would catch anything.
    some("delta", header.delta)?;
    // An opening goes in parts, but no part is smaller than a draw.
    within("draw_bytes", draw_bytes(header, spec.shards), 0, limits.max_draw_bytes.into())?;
    let bytes = opening_bytes(header, spec.draws, spec.shards);
    within("opening_bytes", bytes, 0, limits.max_opening_bytes)?;
    within("reads", header.reads, 0, limits.max_reads.into())?;
    within("attest_window", spec.attest_window, MIN_ATTEST_WINDOW.into(), MAX_WINDOW.into())?;
    within("audit_window", spec.audit_window.unwrap_or(audit_window), least_audit.into(), MAX_WINDOW.into())?;
    within("end", spec.end, now.saturating_add(1), now.saturating_add(MAX_DURATION))?;
    within("min_providers", spec.min_providers, 1, spec.shards)?;
    within("least", spec.least, 1, cap(spec.shards, spec.min_providers))?;
    within("data", spec.data.len() as u64, 0, MAX_DATA as u64)?;
    takers(spec)
}

/// Few, each once, and enough of them to take everything.
fn takers(JobSpec { takers, min_providers, .. }: &JobSpec) -> Result<(), CoreError> {
    within("takers", takers.len() as u64, 0, MAX_TAKERS as u64)?;
    let mut named = BTreeSet::new();
    if let Some(taker) = takers.iter().find(|taker| !named.insert(*taker)) {
        return Err(CoreError::TakerTwice { taker: taker.clone() });
    }
    if !takers.is_empty() && (takers.len() as u64) < u64::from(*min_providers) {
        return Err(CoreError::FewTakers { takers: takers.len(), min_providers: *min_providers });
    }
    Ok(())
}
