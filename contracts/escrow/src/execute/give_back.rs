//! Give back: returns an assignment early and unattested, for who works for its provider.

use cosmwasm_std::{Deps, DepsMut, Env, Response};
use tequio_contract::{door::Caller, funds};
use tequio_protocol::{
    AssignmentId,
    escrow::{Ending, GiveBack},
};

use crate::{
    books,
    ending::{self, Found},
    error::ContractError,
    state,
};

/// Once for each provider and job, for a small fee to the client.
pub fn give_back(deps: DepsMut, env: Env, caller: Caller, id: AssignmentId) -> Result<Response, ContractError> {
    let found = ending::find(deps.as_ref(), &env, id)?;
    let GiveBack { fee, .. } = allowed(deps.as_ref(), &found)?;
    state::note_give_back(deps.storage, found.assignment.job, &found.assignment.provider)?;
    funds::exactly(fee, caller.paid, &state::setup(deps.storage)?.denom)?;
    let fee = books::take_fee(deps.storage, found.assignment.job, &found.job, fee)?;
    ending::one(deps, found, Ending::GivenBack, &caller.address, fee)
}

/// What it takes now.
pub fn allowed(deps: Deps, found: &Found) -> Result<GiveBack, ContractError> {
    let Found { id, assignment, job, attestation, now } = found;
    let case = assignment.case(job, attestation.as_ref())?;
    let allowed = case.give_back(*now);
    let allowed = allowed.map_err(|reason| ContractError::Kept { assignment: *id, reason })?;
    if state::gave_back(deps.storage, assignment.job, &assignment.provider) {
        return Err(ContractError::GaveBack { job: assignment.job, provider: assignment.provider.clone() });
    }
    Ok(allowed)
}
