//! Only failures of `rewards` come back: what failed is kept, and nothing else is undone.

use cosmwasm_std::{DepsMut, Reply, Response, from_json};
use tequio_protocol::escrow::{ReleasePending, RewardPending};

use crate::error::ContractError;
use crate::neighbours::rewards::Failed;
use crate::state::{PENDING_RELEASES, PENDING_REWARDS};

pub fn reply(deps: DepsMut, reply: Reply) -> Result<Response, ContractError> {
    match from_json(&reply.payload)? {
        Failed::Reward { assignment } => {
            PENDING_REWARDS.save(deps.storage, assignment.0, &Default::default())?;
            Ok(Response::new().add_event(RewardPending { assignment }))
        }
        Failed::Release { job, shards } => {
            let before = PENDING_RELEASES.may_load(deps.storage, job.0)?.unwrap_or_default();
            let all = before.checked_add(shards).ok_or(ContractError::TooLarge)?;
            PENDING_RELEASES.save(deps.storage, job.0, &all)?;
            Ok(Response::new().add_event(ReleasePending { job, shards }))
        }
    }
}
