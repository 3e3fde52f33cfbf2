//! `reward`: anyone sends rewards that failed once more. One that fails again stays pending.

use cosmwasm_std::{DepsMut, Response};
use tequio_protocol::AssignmentId;

use crate::ending;
use crate::error::ContractError;
use crate::neighbours::rewards;
use crate::state::{self, PENDING_REWARDS, SETUP};

pub fn reward(deps: DepsMut, assignments: Vec<AssignmentId>) -> Result<Response, ContractError> {
    ending::bounded(&assignments)?;
    let rewards = SETUP.load(deps.storage)?.rewards;
    assignments.into_iter().try_fold(Response::new(), |response, id| {
        if !PENDING_REWARDS.has(deps.storage, id.0) {
            return Err(ContractError::NoReward { assignment: id });
        }
        PENDING_REWARDS.remove(deps.storage, id.0);
        let assignment = state::assignment(deps.storage, id)?;
        Ok(response.add_submessage(rewards::reward(&rewards, id, &assignment, None)?))
    })
}
