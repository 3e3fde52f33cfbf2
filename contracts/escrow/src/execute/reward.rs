//! Reward: sends rewards that failed once more, for anyone.

use cosmwasm_std::{DepsMut, Response};
use tequio_contract::bounds;
use tequio_protocol::{AssignmentId, escrow::RewardRetried};

use crate::{
    core::assignment::Assignment,
    error::ContractError,
    neighbours::rewards::{self, Settled},
    state,
};

/// One that fails again stays pending.
pub fn reward(deps: DepsMut, assignments: Vec<AssignmentId>) -> Result<Response, ContractError> {
    bounds::listed("assignments", &assignments)?;
    let rewards = state::setup(deps.storage)?.rewards;
    assignments.into_iter().try_fold(Response::new(), |response, assignment| {
        state::take_pending_reward(deps.storage, assignment)?;
        let settled = state::assignment(deps.storage, assignment)?;
        let Assignment { job, provider, count: shards, .. } = settled;
        let assignments = vec![assignment];
        let reward = rewards::reward(&rewards, Settled { job, provider, assignments, shards, gas: None })?;
        Ok(response.add_submessage(reward).add_event(RewardRetried { assignment }))
    })
}
