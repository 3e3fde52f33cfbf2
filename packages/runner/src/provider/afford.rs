//! Afford: what a provider must not take, because it could not do what the job may ask of it.

use cosmwasm_std::Uint128;
use tequio_attestation::Manifest;
use tequio_protocol::{JobId, arbiter::ANSWER_BYTES, escrow::JobResponse};

/// Not even one shard of the job is done in half its time to attest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a shard of job {job} costs {cost} MACs and must be attested to in {window} s; this provider does {speed} in a second"
)]
pub struct TooSlow {
    pub job: JobId,
    pub cost: u64,
    pub window: u32,
    pub speed: u64,
}

/// With what it would take it could not answer all that may be demanded of its open ones at full pace: it would be withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("answers to demands of job {job} and of all open assignments would take {percent} % of this provider's time")]
pub struct TooBusy {
    pub job: JobId,
    pub percent: u64,
}

/// Its half of publishing all outputs on the chain would cost more than the job pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("half of publishing the outputs of a shard of job {job} costs {half}, the shard pays {pay}")]
pub struct OutputsTooDear {
    pub job: JobId,
    pub half: Uint128,
    pub pay: Uint128,
}

/// How many shards of a job run in half the time to attest.
pub fn in_time(job: &JobResponse, speed: u64) -> Result<u64, TooSlow> {
    let (cost, window) = (job.cost.u64(), job.attest_window);
    let macs = u128::from(speed) * u128::from(window / 2);
    let shards = u64::try_from(macs / u128::from(cost.max(1))).unwrap_or(u64::MAX);
    if shards == 0 { Err(TooSlow { job: job.id, cost, window, speed }) } else { Ok(shards) }
}

/// Refuses `more` assignments of a job if two queues of each of them and of each of `open` jobs could ask for more answers
/// than there is time for: of each assignment two every spacing, each of a shard that is run again, and each in half its
/// window.
pub fn answers(job: &JobResponse, more: u32, open: &[JobResponse], speed: u64) -> Result<(), TooBusy> {
    let new = load(job, speed).saturating_mul(more.into());
    let percent = open.iter().map(|job| load(job, speed)).fold(new, u64::saturating_add);
    if percent > 100 { Err(TooBusy { job: job.id, percent }) } else { Ok(()) }
}

/// Share of a provider's time that the demands of an assignment may take, in per cent, rounded up.
fn load(job: &JobResponse, speed: u64) -> u64 {
    let Some(arbiter) = job.arbitration.as_ref().filter(|_| job.terms.audit_window > 0) else { return 0 };
    let pace = |seconds: u32, answers: u128| {
        let macs = u128::from(speed).saturating_mul(seconds.into()).max(1);
        (answers * 100 * u128::from(job.cost.u64())).div_ceil(macs)
    };
    let most = pace(arbiter.spacing, 2).max(pace(arbiter.answer_window / 2, 1));
    u64::try_from(most).unwrap_or(u64::MAX)
}

/// Refuses a job whose outputs cost more to publish than it pays: a bond covers one half of that, the provider the other.
pub fn outputs(job: &JobResponse, manifest: &Manifest) -> Result<(), OutputsTooDear> {
    let Some(arbiter) = job.arbitration.as_ref().filter(|_| job.terms.audit_window > 0) else { return Ok(()) };
    let whole = arbiter.answer_gas.u128().saturating_mul(manifest.delivery_bytes().into());
    let half = Uint128::from(whole.div_ceil(2 * u128::from(ANSWER_BYTES)));
    let pay = job.price.saturating_add(job.basis.mint);
    if half > pay { Err(OutputsTooDear { job: job.id, half, pay }) } else { Ok(()) }
}
