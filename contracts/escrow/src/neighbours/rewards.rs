//! `rewards`: credits and counted work. What could hold up a payment runs on its own gas and may fail.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, QuerierWrapper, StdResult, SubMsg, WasmMsg, to_json_binary, wasm_execute};
use tequio_protocol::{
    AssignmentId, JobId,
    rewards::{ExecuteMsg, Kind, QueryMsg, TermsResponse},
};

use crate::core::job::Job;

/// What a reply needs to know of the message that failed; it travels in its payload.
#[cw_serde]
pub enum Failed {
    Reward { assignments: Vec<AssignmentId> },
    Release { job: JobId, shards: u64 },
}

/// What a shard costs and may mint.
pub fn terms(querier: QuerierWrapper, rewards: &Addr, kind: Kind, cost: u64) -> StdResult<TermsResponse> {
    querier.query_wasm_smart(rewards, &QueryMsg::Terms { kind, cost: cost.into() })
}

/// Reserves a new job's credits. Its failure fails the post.
pub fn reserve(rewards: &Addr, id: JobId, job: &Job) -> StdResult<WasmMsg> {
    let Job { kind, shards, cost, ref client, .. } = *job;
    let message = ExecuteMsg::Reserve { job: id, client: client.to_string(), kind, shards, cost: cost.into() };
    wasm_execute(rewards, &message, vec![])
}

/// Settled assignments of one job and provider, to be counted together under the number of the first: each is counted once,
/// as it is settled once.
pub struct Settled {
    pub job: JobId,
    pub provider: Addr,
    pub assignments: Vec<AssignmentId>,
    pub shards: u64,
    /// What counting them may take; nothing limits it if `None`.
    pub gas: Option<u64>,
}

/// Counts what was settled.
pub fn reward(rewards: &Addr, settled: Settled) -> StdResult<SubMsg> {
    let Settled { job, provider, assignments, shards, gas } = settled;
    let number = assignments.first().map(|first| first.0).unwrap_or_default().into();
    let message = ExecuteMsg::Reward { number, job, provider: provider.into(), shards };
    fallible(rewards, &message, &Failed::Reward { assignments }, gas)
}

/// Gives the credits of refunded shards back, within `gas` if given.
pub fn release(rewards: &Addr, job: JobId, shards: u64, gas: Option<u64>) -> StdResult<SubMsg> {
    fallible(rewards, &ExecuteMsg::Release { job, shards }, &Failed::Release { job, shards }, gas)
}

fn fallible(rewards: &Addr, message: &ExecuteMsg, failed: &Failed, gas: Option<u64>) -> StdResult<SubMsg> {
    let message = SubMsg::reply_on_error(wasm_execute(rewards, message, vec![])?, 0);
    let message = message.with_payload(to_json_binary(failed)?);
    Ok(match gas {
        Some(gas) => message.with_gas_limit(gas),
        None => message,
    })
}
