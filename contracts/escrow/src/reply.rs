//! Only failures of `rewards` come back: what failed is kept, and nothing else is undone.

use cosmwasm_std::{DepsMut, Reply, Response, StdResult, from_json};
use tequio_protocol::escrow::{ReleasePending, RewardPending};

use crate::{error::ContractError, neighbours::rewards::Failed, state};

pub fn reply(deps: DepsMut, reply: Reply) -> Result<Response, ContractError> {
    Ok(match from_json(&reply.payload)? {
        Failed::Reward { assignments } => {
            assignments.into_iter().try_fold(Response::new(), |response, assignment| {
                state::add_pending_reward(deps.storage, assignment)?;
                StdResult::Ok(response.add_event(RewardPending { assignment }))
            })?
        }
        Failed::Release { job, shards } => {
            state::add_pending_release(deps.storage, job, shards)?;
            Response::new().add_event(ReleasePending { job, shards })
        }
    })
}
