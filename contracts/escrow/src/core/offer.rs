//! What a job must be like to be posted.

use tequio_attestation::{Header, depth};
use tequio_protocol::escrow::{JobSpec, Kind, MAX_DATA, MAX_DURATION, MAX_SHARDS, MAX_WINDOW, MIN_ATTEST_WINDOW};
use thiserror::Error;

/// Bytes that one level of the trees above a shard adds to a draw's opening: one digest in the tree of shard roots and
/// one in the tree of inputs.
const LEVEL: u64 = 64;

/// Why a job is refused.
#[derive(Error, Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    #[error("{shards} shards, not 1 to {MAX_SHARDS}")]
    Shards { shards: u64 },
    #[error("a price of 0 is for commons jobs only")]
    Price,
    #[error("{draws} draws, not 1 to {max}")]
    Draws { draws: u32, max: u32 },
    #[error("the program's work is 0")]
    Work,
    #[error("the program's delta is 0: no draw would catch anything")]
    Delta,
    #[error("opening {draws} draws may take {bytes} bytes, more than {max}")]
    OpeningBytes { draws: u32, bytes: u64, max: u64 },
    #[error("checking one draw may read {reads} elements, more than {max}")]
    Reads { reads: u32, max: u32 },
    #[error("attest window of {seconds} s outside {MIN_ATTEST_WINDOW} to {MAX_WINDOW} s")]
    AttestWindow { seconds: u64 },
    #[error("audit window of {seconds} s above {MAX_WINDOW} s")]
    AuditWindow { seconds: u64 },
    #[error("end {end} is not after now, {now}, or more than {MAX_DURATION} s later")]
    End { end: u64, now: u64 },
    #[error("at least {min_providers} providers for {shards} shards")]
    Providers { min_providers: u32, shards: u64 },
    #[error("data of {bytes} bytes, more than {MAX_DATA}")]
    Data { bytes: usize },
}

/// What the network bears.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub max_draws: u32,
    pub max_opening_bytes: u64,
    pub max_reads: u32,
}

/// Most bytes of one attestation's opening: draws × (header.opening_bytes + 64 × depth(shards)).
pub fn opening_bytes(header: &Header, draws: u32, shards: u64) -> u64 {
    let paths = LEVEL.saturating_mul(depth(shards).into());
    u64::from(header.opening_bytes).saturating_add(paths).saturating_mul(draws.into())
}

/// Checks a job that is posted at time `now` with its header. Commons jobs are checked for their poster elsewhere.
pub fn check(spec: &JobSpec, header: &Header, limits: &Limits, now: u64) -> Result<(), Refusal> {
    let (shards, draws) = (spec.shards, spec.draws);
    if !(1..=MAX_SHARDS).contains(&shards) {
        return Err(Refusal::Shards { shards });
    }
    if spec.price.is_zero() && spec.kind == Kind::Client {
        return Err(Refusal::Price);
    }
    if !(1..=limits.max_draws).contains(&draws) {
        return Err(Refusal::Draws { draws, max: limits.max_draws });
    }
    program(header, limits, draws, shards)?;
    times(spec, now)?;
    let min_providers = spec.min_providers;
    if min_providers == 0 || u64::from(min_providers) > shards {
        return Err(Refusal::Providers { min_providers, shards });
    }
    if spec.data.len() > MAX_DATA {
        return Err(Refusal::Data { bytes: spec.data.len() });
    }
    Ok(())
}

fn program(header: &Header, limits: &Limits, draws: u32, shards: u64) -> Result<(), Refusal> {
    if header.cost == 0 {
        return Err(Refusal::Work);
    }
    if header.delta == 0 {
        return Err(Refusal::Delta);
    }
    let bytes = opening_bytes(header, draws, shards);
    if bytes > limits.max_opening_bytes {
        return Err(Refusal::OpeningBytes { draws, bytes, max: limits.max_opening_bytes });
    }
    if header.reads > limits.max_reads {
        return Err(Refusal::Reads { reads: header.reads, max: limits.max_reads });
    }
    Ok(())
}

fn times(spec: &JobSpec, now: u64) -> Result<(), Refusal> {
    if !(MIN_ATTEST_WINDOW..=MAX_WINDOW).contains(&spec.attest_window) {
        return Err(Refusal::AttestWindow { seconds: spec.attest_window });
    }
    if let Some(seconds) = spec.audit_window.filter(|&seconds| seconds > MAX_WINDOW) {
        return Err(Refusal::AuditWindow { seconds });
    }
    if spec.end <= now || spec.end > now.saturating_add(MAX_DURATION) {
        return Err(Refusal::End { end: spec.end, now });
    }
    Ok(())
}
